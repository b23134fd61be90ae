/** Meta's data-deletion callback: who may ask, what is matched, and what the page says. */

import { createHmac } from 'node:crypto';
import { renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { ANA, PAGE } from '../support/events.ts';
import { anApp, OLD_SECRET, SECRET } from './an-app.ts';

const ANAS = `messenger:${PAGE}:${ANA}` as const;
const USER = '218471';

/** What Meta would send; `payload` is changed by the tests. */
function signedRequest(payload: object, { secret = SECRET, sign = true } = {}): string {
  const encoded = Buffer.from(JSON.stringify(payload)).toString('base64url');
  const signature = createHmac('sha256', secret).update(encoded).digest('base64url');
  return `${sign ? signature : signature.replace(/^../, 'xx')}.${encoded}`;
}

const aPayload = (more: object = {}) => ({
  algorithm: 'HMAC-SHA256',
  issued_at: 1_791_200_000,
  expires: 1_791_300_000,
  user_id: USER,
  ...more,
});

async function anAppToAsk() {
  const parts = await anApp({ publicUrl: 'https://bot.shop.example' });
  const ask = (signed_request: string) =>
    parts.app.inject({
      method: 'POST',
      url: '/data-deletion',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ signed_request }).toString(),
    });
  const page = async (address: string) => {
    const { statusCode, body, headers } = await parts.app.inject(address);
    return { statusCode, title: /<title>(.*)<\/title>/.exec(body)?.[1], headers };
  };
  return { ...parts, ask, page };
}

test('a person whom the bot has linked is erased; the answer has a code and the address of its page', async () => {
  const { store, ask, page } = await anAppToAsk();
  await store.externalIds.link(ANAS, [{ system: 'facebook', id: USER }], 1);

  const answer = await ask(signedRequest(aPayload()));

  expect(answer.statusCode).toBe(200);
  const { url, confirmation_code: code } = answer.json<{ url: string; confirmation_code: string }>();
  expect(url).toBe(`https://bot.shop.example/data-deletion/${code}`);
  expect(code).toMatch(/^[\w-]{22}$/);
  expect(await store.erasures.ofCode(code)).toMatchObject([{ conversation: ANAS, stage: 'requested' }]);
  expect(await page(`/data-deletion/${code}`)).toMatchObject({ statusCode: 200, title: 'Your data are being deleted' });

  // Again, also with the secret that is being rotated out: the same request.
  expect((await ask(signedRequest(aPayload(), { secret: OLD_SECRET }))).json()).toEqual({
    url,
    confirmation_code: code,
  });
  expect(await store.erasures.ofCode(code)).toHaveLength(1);

  const [erasure] = await store.erasures.ofCode(code);
  const lease = { erasureId: erasure?.erasureId ?? '', owner: 'a', signal: new AbortController().signal };
  await store.erasures.lease('a', 1, 2);
  await store.erasures.finish(lease, 1_791_200_000_000);
  const { title, headers } = await page(`/data-deletion/${code}`);
  expect(title).toBe('Your data were deleted');
  expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
});

test('an id that nobody is linked to erases nobody, not even the person with this number as PSID', async () => {
  const { store, ask, page, tables } = await anAppToAsk();
  await store.contacts.changeTags(ANAS, { add: ['vip'], remove: [] });
  const { confirmation_code: code } = (await ask(signedRequest(aPayload({ user_id: ANA })))).json<{
    confirmation_code: string;
  }>();
  expect(await page(`/data-deletion/${code}`)).toMatchObject({ statusCode: 200, title: 'No data were found' });
  expect(JSON.stringify(await tables.selectFrom('erasures').selectAll().execute())).not.toContain(ANA);
  expect(await store.contacts.find(ANAS)).toBeDefined();
});

test.each<[string, string, number, string]>([
  [
    'with a wrong signature',
    signedRequest(aPayload(), { sign: false }),
    401,
    'the signature of signed_request is wrong',
  ],
  [
    'signed with another secret',
    signedRequest(aPayload(), { secret: 'a guess' }),
    401,
    'the signature of signed_request is wrong',
  ],
  [
    'of another algorithm',
    signedRequest(aPayload({ algorithm: 'none' })),
    400,
    'signed_request is not what Meta sends',
  ],
  ['without a person', signedRequest({ algorithm: 'HMAC-SHA256' }), 400, 'signed_request is not what Meta sends'],
  ['that is no signed request', 'garbage', 400, 'signed_request is not what Meta sends'],
  ['that is empty', '', 400, 'signed_request is missing: send it as a form'],
])('a request %s is refused, and erases nobody', async (_, text, status, sentence) => {
  const { store, ask, tables } = await anAppToAsk();
  await store.externalIds.link(ANAS, [{ system: 'facebook', id: USER }], 1);
  const { statusCode, body } = await ask(text);
  expect({ statusCode, body }).toEqual({ statusCode: status, body: sentence });
  expect(await tables.selectFrom('erasures').selectAll().execute()).toEqual([]);
});

test('a request gets 503 while the store cannot write, and is taken when it is sent again', async () => {
  const { store, ask, url, lines } = await anAppToAsk();
  await store.externalIds.link(ANAS, [{ system: 'facebook', id: USER }], 1);
  const folder = dirname(url.slice('file:'.length));
  renameSync(folder, `${folder}-gone`);
  const request = signedRequest(aPayload());

  const refused = await ask(request);
  expect(refused).toMatchObject({ statusCode: 503, body: 'the request could not be stored; send it again' });
  expect(refused.headers).toHaveProperty('retry-after');
  expect(JSON.stringify(lines)).toContain('A data deletion was not recorded: the store cannot write');
  expect(JSON.stringify(lines)).not.toContain(USER);

  renameSync(`${folder}-gone`, folder);
  const { confirmation_code: code } = (await ask(request)).json<{ confirmation_code: string }>();
  expect(await store.erasures.ofCode(code)).toMatchObject([{ conversation: ANAS }]);
});

test('a code that nobody got has a page that says so', async () => {
  const { page } = await anAppToAsk();
  for (const code of ['A'.repeat(22), "'or 1=1", '..%2f..'])
    expect(await page(`/data-deletion/${code}`)).toMatchObject({ statusCode: 404, title: 'No such request' });
});
