/** The codec server of Temporal's UI, and search where words are encrypted. */

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createPayloadCodec } from '../../../src/encryption/payload-codec.ts';
import { openStore } from '../../../src/store/index.ts';
import { ANA, PAGE } from '../../support/events.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { anOperator, anOperatorApp, logIn, PASSWORD } from './an-operator-app.ts';

const UI = 'https://temporal.example';
const KEYS = [{ id: '2026-11', bytes: randomBytes(32) }];
const PLAIN = { payloads: [{ metadata: { encoding: base64('json/plain') }, data: base64('"a rare word"') }] };

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

async function aCodecServer() {
  const app = await anOperatorApp({ codec: { payloadCodec: createPayloadCodec(KEYS), temporalUi: UI } });
  const token = await anOperator(app.store, { role: 'admin' });
  const code = (action: 'encode' | 'decode', body: unknown, others: object = { token }) =>
    app.call(`/codec/${action}`, { method: 'POST', body, ...others });
  return { ...app, token, code };
}

test('payloads come back as they were, and only the encrypted ones need a key', async () => {
  const { code } = await aCodecServer();
  const encoded = await code('encode', PLAIN);
  expect(encoded.status).toBe(200);
  expect(encoded.body.payloads[0].metadata).toEqual({
    encoding: base64('binary/encrypted'),
    'encryption-key-id': base64('2026-11'),
  });
  expect(Buffer.from(encoded.body.payloads[0].data, 'base64').toString('latin1')).not.toContain('rare');
  expect((await code('decode', { payloads: [...encoded.body.payloads, ...PLAIN.payloads] })).body).toEqual({
    payloads: [...PLAIN.payloads, ...PLAIN.payloads],
  });

  const [payload] = encoded.body.payloads;
  const of = (key: string) => ({
    payloads: [{ ...payload, metadata: { ...payload.metadata, 'encryption-key-id': base64(key) } }],
  });
  expect((await code('decode', of('lost'))).body).toMatchObject({
    code: 'encryption_key_missing',
    detail: expect.stringContaining('needs the key "lost"'),
  });
  const tampered = { payloads: [{ ...payload, data: base64('x'.repeat(60)) }] };
  expect((await code('decode', tampered)).body).toMatchObject({ status: 409, code: 'encryption_unreadable' });
  for (const wrong of [
    {},
    { payloads: {} },
    { payloads: [{ data: '§' }] },
    { payloads: [{ metadata: { encoding: 1 } }] },
  ])
    expect((await code('decode', wrong)).body).toMatchObject({ status: 400, code: 'request_invalid' });
});

test('only administrators of all Pages may, by token, or by session from the page of Temporal alone', async () => {
  const { store, call, code, token } = await aCodecServer();
  expect((await code('decode', PLAIN, {})).status).toBe(401);
  const agent = await anOperator(store, { name: 'Ben', role: 'agent' });
  const onePage = await anOperator(store, { name: 'Cid', role: 'admin', pages: [PAGE] });
  for (const other of [agent, onePage])
    expect((await code('decode', PLAIN, { token: other })).body).toMatchObject({ status: 403, code: 'role_missing' });

  await store.operators.add({ name: 'Dora', role: 'admin', password: PASSWORD }, Date.now());
  const cookie = await logIn(call, 'Dora');
  const from = (origin: string, site = 'same-site') => ({ cookie, headers: { origin, 'sec-fetch-site': site } });
  const asked = await code('decode', PLAIN, from(UI));
  expect(asked).toMatchObject({ status: 200, body: PLAIN });
  expect(asked.headers).toMatchObject({
    'access-control-allow-origin': UI,
    'access-control-allow-credentials': 'true',
    vary: 'Origin',
  });
  // The page can read why it failed.
  expect((await code('decode', PLAIN, { headers: { origin: UI } })).headers).toMatchObject({
    'access-control-allow-origin': UI,
  });
  for (const origin of ['https://evil.example', 'null', `${UI}.evil.example`]) {
    const refused = await code('decode', PLAIN, from(origin));
    expect(refused.body).toMatchObject({ code: 'foreign_origin' });
    expect(refused.headers).not.toHaveProperty('access-control-allow-origin');
    expect((await code('decode', PLAIN, { token, headers: { origin } })).headers).not.toHaveProperty(
      'access-control-allow-origin',
    );
  }
  // What the page of Temporal may read of the codec, it may not write elsewhere.
  const write = await call('/api/v1/saved-replies', { method: 'POST', body: { name: 'a', text: 'b' }, ...from(UI) });
  expect(write.body).toMatchObject({ code: 'foreign_origin' });
});

test('the preflight of a browser is answered for the page of Temporal alone', async () => {
  const { url } = await aCodecServer();
  const preflight = (origin: string) =>
    fetch(`${url}/codec/decode`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-namespace' },
    });
  const allowed = await preflight(UI);
  expect([allowed.status, allowed.headers.get('access-control-allow-headers')]).toEqual([
    204,
    'authorization, content-type, x-namespace',
  ]);
  const refused = await preflight('https://evil.example');
  expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([403, null]);
});

test('without encryption there is no codec', async () => {
  const { call } = await anOperatorApp();
  expect((await call('/codec/decode', { method: 'POST', body: PLAIN })).status).toBe(404);
});

test('a search for words in an encrypted store is refused with the cure, and one for an id is not', async () => {
  const encrypted = await openStore(`file:${join(temporaryFolder(), 'store.db')}`, { keys: KEYS });
  onTestFinished(() => encrypted.close());
  const { call } = await anOperatorApp({ store: encrypted });
  const token = await anOperator(encrypted, { role: 'viewer' });
  const search = (words: string) => call(`/api/v1/conversations?search=${encodeURIComponent(words)}`, { token });
  expect((await search('Ana')).body).toMatchObject({
    status: 409,
    code: 'search_encrypted',
    cure: 'Search for a whole conversation id or the id of a person, or list by tag, Page and state.',
  });
  expect((await search(ANA)).status).toBe(200);
  expect((await search(`messenger:${PAGE}:${ANA}`)).status).toBe(200);
});
