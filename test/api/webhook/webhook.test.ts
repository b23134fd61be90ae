import { createHmac } from 'node:crypto';
import { renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { SqliteConnection } from '../../../src/store/db/sqlite-connection.ts';
import { ANA, aPolicyNotice, aText, aThreadControl, PAGE, signed, webhookBody } from '../../support/events.ts';
import { fixtureBytes, fixtureNames } from '../../support/fixtures.ts';
import { anApp, OLD_SECRET, SECRET } from '../an-app.ts';

const post = (request: object) => ({ method: 'POST', url: '/webhook', ...request }) as const;
const signedPost = (body: object | Uint8Array, secret = SECRET) => post(signed(body, secret));
const bytes = (text: string) => Buffer.from(text);
const TAKEN = { status: 200, body: 'EVENT_RECEIVED' };

type App = Awaited<ReturnType<typeof anApp>>['app'];

async function send(app: App, request: ReturnType<typeof post>) {
  const { statusCode: status, body, headers } = await app.inject(request);
  return { status, body, headers };
}

describe('a signed body', () => {
  test('is taken, and the conversation is woken', async () => {
    const { app, woken, store } = await anApp();

    expect(await send(app, signedPost(webhookBody(aText('hi'))))).toMatchObject(TAKEN);

    expect(woken).toEqual([`messenger:${PAGE}:${ANA}`]);
    expect(await store.inbox.backlog()).toEqual({ pending: 1, dead: 0 });
  });

  test('from the future counts as one of now: nothing it says lasts for ever', async () => {
    const { app, store } = await anApp();
    const inAThousandYears = Date.now() + 1000 * 365 * 86_400_000;
    const ana = `messenger:${PAGE}:${ANA}` as const;
    const first = Date.now();
    for (const item of [
      aText('Stop', { at: inAThousandYears }),
      aThreadControl('pass', '999', { at: inAThousandYears }),
      aPolicyNotice('block', { at: inAThousandYears }),
    ]) {
      expect(await send(app, signedPost(webhookBody(item)))).toMatchObject(TAKEN);
    }

    const { windowOpenedAt = 0, optedOutAt = 0, threadOwner } = (await store.contacts.find(ana)) ?? {};
    for (const moment of [windowOpenedAt, optedOutAt, threadOwner?.since ?? 0]) {
      expect(moment).toBeGreaterThanOrEqual(first);
      expect(moment).toBeLessThanOrEqual(Date.now());
    }
    const later = { at: Date.now() + 1000 };
    await send(app, signedPost(webhookBody(aText('start', later), aPolicyNotice('unblock', later))));
    expect(await store.contacts.find(ana)).not.toMatchObject({ optedOutAt: expect.anything() });
    expect(await store.circuitBreakers.listOpen()).toEqual(new Map());
  });

  test('is answered only once it is on the disk', async () => {
    const { app, url, tables } = await anApp();
    const other = await SqliteConnection.open(url.slice('file:'.length));
    await other.begin();
    let hasAnswered = false;

    const answer = send(app, signedPost(webhookBody(aText('hi')))).then((told) => {
      hasAnswered = true;
      return told;
    });
    // While somebody else is writing, nothing can be kept.
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(hasAnswered).toBe(false);
    other.rollback();

    expect(await answer).toMatchObject(TAKEN);
    expect(await tables.selectFrom('inbox').select('id').execute()).toHaveLength(1);
    other.close();
  });

  test('is refused with 503 while it cannot be kept, and taken when Meta delivers it again', async () => {
    const { app, url, lines } = await anApp();
    const folder = dirname(url.slice('file:'.length));
    renameSync(folder, `${folder}-gone`);
    const body = webhookBody(aText('my secret'));

    const refused = await send(app, signedPost(body));
    expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    expect(refused.body).toBe('the event could not be stored; deliver it again');
    expect(lines.at(-1)).toMatchObject({
      level: 50,
      error: expect.stringContaining('The store cannot write: ') as string,
    });

    renameSync(`${folder}-gone`, folder);
    expect(await send(app, signedPost(body))).toMatchObject(TAKEN);
  });

  test.each(fixtureNames())('%s.json is taken, and a second time changes nothing', async (name) => {
    const { app, tables } = await anApp();
    const everything = async () => ({
      inbox: await tables.selectFrom('inbox').selectAll().execute(),
      messages: await tables.selectFrom('messages').selectAll().execute(),
    });
    expect(await send(app, signedPost(fixtureBytes(name)))).toMatchObject(TAKEN);
    const once = await everything();

    expect(await send(app, signedPost(fixtureBytes(name)))).toMatchObject(TAKEN);

    expect(await everything()).toEqual(once);
  });
});

describe('the signature', () => {
  const body = webhookBody(aText('hi'));
  const { payload, headers } = signed(body, SECRET);
  const right = headers['x-hub-signature-256'];
  const sha1 = createHmac('sha1', SECRET).update(payload).digest('hex');

  test.each([
    ['of the first secret', SECRET],
    ['of the second, while secrets are rotated', OLD_SECRET],
  ])('%s is accepted', async (_, secret) => {
    const { app } = await anApp();

    expect(await send(app, signedPost(body, secret))).toMatchObject(TAKEN);
  });

  test.each<[string, Record<string, string | string[]>]>([
    ['missing', {}],
    ['empty', { 'x-hub-signature-256': '' }],
    ['without its name', { 'x-hub-signature-256': right.slice('sha256='.length) }],
    ['in capitals', { 'x-hub-signature-256': `sha256=${right.slice('sha256='.length).toUpperCase()}` }],
    ['cut by one', { 'x-hub-signature-256': right.slice(0, -1) }],
    ['longer by one', { 'x-hub-signature-256': `${right}0` }],
    ['wrong in the last digit', { 'x-hub-signature-256': right.slice(0, -1) + (right.endsWith('0') ? '1' : '0') }],
    ['followed by a line', { 'x-hub-signature-256': `${right} ` + 'x' }],
    ['sha1, in the old header', { 'x-hub-signature': `sha1=${sha1}` }],
    ['sha1, in the new header', { 'x-hub-signature-256': `sha1=${sha1}` }],
    ['of another secret', { 'x-hub-signature-256': signed(body, 'another').headers['x-hub-signature-256'] }],
    ['of an empty secret', { 'x-hub-signature-256': signed(body, '').headers['x-hub-signature-256'] }],
    [
      'of another body',
      { 'x-hub-signature-256': signed(webhookBody(aText('other')), SECRET).headers['x-hub-signature-256'] },
    ],
    ['there twice', { 'x-hub-signature-256': [right, right] }],
  ])('that is %s: 401, and nothing is kept', async (_, signature) => {
    const { app, store } = await anApp({ appSecrets: [SECRET, OLD_SECRET, ''] });

    const answer = await send(app, post({ payload, headers: { 'content-type': 'application/json', ...signature } }));

    expect(answer).toMatchObject({ status: 401, body: 'X-Hub-Signature-256 is missing or wrong' });
    expect(await store.inbox.countByStatus()).toEqual({});
  });

  test('covers every byte: one flipped bit and it is 401', async () => {
    const { app } = await anApp();
    for (const at of [0, 17, payload.length - 1]) {
      const flipped = Buffer.from(payload);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      expect((await send(app, post({ payload: flipped, headers }))).status).toBe(401);
    }
  });

  test('a body that was cut on its way is 401', async () => {
    const { app } = await anApp();

    expect((await send(app, post({ payload: payload.subarray(0, -1), headers }))).status).toBe(401);
  });
});

test.each([
  ['unsigned webhooks', () => post({ payload: '{}' }), 401, 'Webhook rejected: its signature'],
  ['webhooks with a wrong signature', () => signedPost({}, 'not our secret'), 401, 'Webhook rejected: its signature'],
  [
    'handshakes with a wrong token',
    () => ({ method: 'GET', url: '/webhook?hub.mode=subscribe&hub.verify_token=guess&hub.challenge=1' }) as const,
    403,
    'Webhook handshake rejected',
  ],
])('a flood of %s is logged once, and then with its count', async (_, request, status, message) => {
  const { app, lines } = await anApp();
  for (let sent = 0; sent < 200; sent += 1) expect((await app.inject(request())).statusCode).toBe(status);
  const ofFlood = () => lines.filter(({ msg }) => String(msg).startsWith(message));
  expect(ofFlood()).toHaveLength(1);

  await app.close();
  expect(ofFlood()).toMatchObject([{}, { count: 199 }]);
});

test('a body with more updates than Meta ever sends is refused whole, and others are answered meanwhile', async () => {
  const { app, store, lines } = await anApp();
  const entries = (count: number) => ({
    object: 'page',
    entry: Array.from({ length: count }, () => ({ id: PAGE, time: 1, messaging: [] })),
  });
  const [flood, other] = await Promise.all([
    send(app, signedPost(entries(80_000))),
    send(app, signedPost(webhookBody(aText('hi')))),
  ]);
  expect(flood.status).toBe(413);
  expect(other).toMatchObject(TAKEN);
  expect((await send(app, signedPost(entries(1001)))).status).toBe(413);
  const messages = Array.from({ length: 1001 }, (_, index) => aText(`number ${index}`));
  expect((await send(app, signedPost(webhookBody(...messages)))).status).toBe(413);
  expect(await store.inbox.backlog()).toEqual({ pending: 1, dead: 0 });
  expect(await send(app, signedPost(webhookBody(...messages.slice(1))))).toMatchObject(TAKEN);
  expect(lines.filter(({ updates }) => updates !== undefined).map(({ updates }) => updates)).toEqual([
    80_000, 1001, 1001,
  ]);
});

describe('whatever is sent', () => {
  const page = (entry: unknown) => ({ object: 'page', entry });

  test.each<[string, number, Uint8Array]>([
    ['an empty body', 400, bytes('')],
    ['white space', 400, bytes(' \n ')],
    ['truncated JSON', 400, bytes('{"object":"page","entry":[{"id":"1')],
    ['two documents', 400, bytes('{}{}')],
    ['invalid UTF-8', 400, Buffer.from([0x22, 0xc3, 0x28, 0x22])],
    ['a compressed body', 400, gzipSync(JSON.stringify(webhookBody(aText('hi'))))],
    ['a hundred thousand brackets', 400, bytes('['.repeat(100_000))],
    ['deep but balanced nesting', 400, bytes(`${'['.repeat(1000)}${']'.repeat(1000)}`)],
    ['a number', 404, bytes('42')],
    ['a text', 404, bytes('"page"')],
    ['null', 404, bytes('null')],
    ['true', 404, bytes('true')],
    ['an empty list', 404, bytes('[]')],
    ['an empty object', 404, bytes('{}')],
    ['another object', 404, bytes('{"object":"user","entry":[{}]}')],
    ['an object that only inherits its kind', 404, bytes('{"__proto__":{"object":"page","entry":[]}}')],
    ['a page without entries', 200, bytes(JSON.stringify(page([])))],
    ['entries that are no list', 200, bytes(JSON.stringify(page('x')))],
    ['entries of nonsense', 200, bytes(JSON.stringify(page([null, 1, 'x', [], {}])))],
    [
      'the smoke test of Meta’s own guide',
      200,
      bytes('{"object": "page", "entry": [{"messaging": [{"message": "TEST_MESSAGE"}]}]}'),
    ],
    ['a body in a list', 200, bytes(JSON.stringify([webhookBody(aText('hi'))]))],
    [
      'keys that could poison',
      200,
      bytes(
        '{"object":"page","entry":[{"id":"1","time":1791200000000,"messaging":[{"__proto__":{"x":1},"constructor":{"prototype":{"x":1}}}]}]}',
      ),
    ],
    [
      'numbers beyond all measure',
      200,
      bytes(
        '{"object":"page","entry":[{"id":"1","time":1e400,"messaging":[{"timestamp":-1e400,"message":{"mid":1e999}}]}]}',
      ),
    ],
  ])('%s, signed: %d; unsigned: 401', async (_, status, payload) => {
    const { app, store } = await anApp();

    expect(
      (await send(app, post({ payload: Buffer.from(payload), headers: { 'content-type': 'application/json' } })))
        .status,
    ).toBe(401);
    const answer = await send(app, signedPost(payload));

    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(answer.body.length).toBeLessThan(80);
    expect((await store.inbox.countByStatus())['pending'] ?? 0).toBe(payload.toString().includes('"hi"') ? 1 : 0);
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  test('a body over the limit: 413, and what is just below it is taken', async () => {
    const { app } = await anApp();
    const ofSize = (size: number) => bytes(JSON.stringify(page([])).padEnd(size));

    expect((await send(app, signedPost(ofSize(10 * 1024 * 1024)))).status).toBe(413);
    expect((await send(app, signedPost(ofSize(4 * 1024 * 1024 + 1)))).status).toBe(413);
    expect((await send(app, signedPost(ofSize(4 * 1024 * 1024)))).status).toBe(200);
  });

  test.each([
    'application/json; charset=utf-8',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    undefined,
  ])('the content type %s makes no difference: the signature counts', async (type) => {
    const { app } = await anApp();
    const { payload, headers } = signed(webhookBody(aText('hi')), SECRET);
    const signature = headers['x-hub-signature-256'];

    const answer = await send(
      app,
      post({ payload, headers: { 'x-hub-signature-256': signature, ...(type && { 'content-type': type }) } }),
    );

    expect(answer).toMatchObject(TAKEN);
  });

  test('a content type that is none is refused without being repeated', async () => {
    const { app } = await anApp();
    const { payload, headers } = signed(webhookBody(aText('hi')), SECRET);

    const answer = await send(app, post({ payload, headers: { ...headers, 'content-type': '<script>;;=' } }));

    expect([200, 415]).toContain(answer.status);
    expect(answer.body).not.toContain('script');
  });

  test.each([
    ['GET', '/webhook/<script>', 404],
    ['GET', '/%E0%A4%A', 400],
    ['GET', '/?hub.verify_token=my-secret-token', 404],
    ['PUT', '/webhook', 404],
    ['DELETE', '/webhook', 404],
    ['POST', '/webhook/', 404],
    ['POST', '/my-secret-token', 404],
  ] as const)('%s %s: %d, repeating nothing, and the log says nothing of it', async (method, url, status) => {
    const { app, lines } = await anApp();

    const answer = await app.inject({ method, url, payload: method === 'GET' ? '' : '{}' });

    expect(answer.statusCode).toBe(status);
    expect(answer.body).not.toMatch(/script|secret|%E0/);
    expect(JSON.stringify(lines)).not.toMatch(/script|secret|%E0/);
  });
});
