import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { MAX_FAILURES_PER_NAME, MAX_FAILURES_PER_PEER } from '../../../src/api/operator/access/login.ts';
import { SESSION_IDLE_MS } from '../../../src/store/operators/sessions.ts';
import { targets } from '../../store/targets.ts';
import { anOperator, anOperatorApp, logIn, PASSWORD } from './an-operator-app.ts';

const SESSION = '/api/v1/session';
const LIST = '/api/v1/conversations';

describe.each(targets)('on $name', (target) => {
  test('who logs in gets a cookie that only this site and no script can use, and is known until they log out', async () => {
    const { store, call } = await anOperatorApp({}, { target });
    await store.operators.add({ name: 'Ada L', role: 'agent', password: PASSWORD }, Date.now());

    const login = await call(SESSION, { method: 'POST', body: { name: 'ada l', password: PASSWORD } });

    expect([login.status, login.body]).toEqual([200, { name: 'Ada L', role: 'agent', pages: null }]);
    const setCookie = String(login.headers['set-cookie']);
    expect(setCookie).toMatch(/^everthread_session=[\w-]{43}; .*Path=\/; HttpOnly; SameSite=Strict$/);
    const cookie = setCookie.split(';')[0] ?? '';
    expect((await call(SESSION, { cookie })).body).toEqual(login.body);
    expect((await call(SESSION, { method: 'DELETE', cookie })).status).toBe(204);
    expect((await call(SESSION, { cookie })).status).toBe(401);
  });

  test('two api processes share sessions, tokens and what disables them', async () => {
    const { store, call, storeUrl } = await anOperatorApp({}, { target });
    const other = await anOperatorApp({}, { target, at: storeUrl });
    await store.operators.add({ name: 'Ada', role: 'agent', password: PASSWORD }, Date.now());
    const token = await store.operators.createToken('Ada', Date.now());
    const cookie = await logIn(call);
    expect((await other.call(SESSION, { cookie })).status).toBe(200);
    expect((await other.call(SESSION, { token })).status).toBe(200);

    await other.store.operators.disable('ADA', Date.now());

    expect((await call(SESSION, { cookie })).status).toBe(401);
    expect((await call(SESSION, { token })).status).toBe(401);
    await store.operators.enable('ada');
    expect((await call(SESSION, { cookie })).status).toBe(401);
    expect((await call(SESSION, { token })).status).toBe(200);
  });

  test('a session ends when it was not used for its time, and its use moves the end', async () => {
    const { store, call, tables } = await anOperatorApp({}, { target });
    await store.operators.add({ name: 'Ada', role: 'viewer', password: PASSWORD }, Date.now());
    const cookie = await logIn(call);
    const endIn = (ms: number) =>
      tables
        ?.updateTable('operator_sessions')
        .set({ expires_at: Date.now() + ms })
        .execute();
    await endIn(SESSION_IDLE_MS / 2);
    expect((await call(SESSION, { cookie })).status).toBe(200);
    const { expires_at } = await tables.selectFrom('operator_sessions').selectAll().executeTakeFirstOrThrow();
    expect(expires_at).toBeGreaterThan(Date.now() + SESSION_IDLE_MS - 60_000);

    await endIn(-1);

    expect((await call(SESSION, { cookie })).status).toBe(401);
  });

  test('a disabled operator cannot log in, and nobody can tell that from a wrong password or a wrong name', async () => {
    const { store, call } = await anOperatorApp({}, { target });
    await store.operators.add({ name: 'Ada', role: 'admin', password: PASSWORD }, Date.now());
    await store.operators.add({ name: 'robot', role: 'agent' }, Date.now());
    await store.operators.disable('Ada', Date.now());
    const attempt = (name: string, password: string) => call(SESSION, { method: 'POST', body: { name, password } });

    const answers = [
      await attempt('Ada', PASSWORD),
      await attempt('Ada', 'a wrong password'),
      await attempt('nobody of that name', PASSWORD),
      await attempt('robot', ''.padEnd(12, 'x')),
    ];

    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers[0]?.body).toMatchObject({ status: 401, code: 'login_failed' });
    expect(answers[0]?.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  });

  test('a token that is revoked, unknown or misspelt is refused and counted', async () => {
    const { store, call } = await anOperatorApp({}, { target });
    const token = await anOperator(store);
    expect((await call(LIST, { token })).status).toBe(200);
    const [listed] = await store.operators.listTokens('Ada');
    expect(token.startsWith(listed?.prefix ?? 'none')).toBe(true);
    expect(listed?.lastUsedOn).toBeGreaterThan(Date.now() - 2 * 86_400_000);

    expect(await store.operators.revokeToken('Ada', listed?.prefix ?? '')).toBe(true);

    for (const wrong of [token, `${token}x`, 'evt_', "' or 1=1 --"]) {
      expect((await call(LIST, { token: wrong })).body).toMatchObject({ status: 401, code: 'not_authenticated' });
    }
    expect((await call('/metrics')).text).toContain('everthread_operator_auth_failures_total{kind="token"} 4');
  });
});

test('neither the token, the session nor the password is in the store', async () => {
  const { store, call, tables } = await anOperatorApp();
  await store.operators.add({ name: 'Ada', role: 'admin', password: PASSWORD }, Date.now());
  const token = await store.operators.createToken('Ada', Date.now());
  const session = (await logIn(call)).split('=')[1] ?? '';

  const rows = await Promise.all(
    (['operators', 'operator_tokens', 'operator_sessions'] as const).map((table) =>
      tables.selectFrom(table).selectAll().execute(),
    ),
  );

  const text = JSON.stringify(rows);
  expect(text).toContain('scrypt:15:8:3:');
  for (const secret of [PASSWORD, token, session]) expect(text).not.toContain(secret);
});

test('guessing a password stops after some failures, from this address for every name, until the time is over', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const { store, call } = await anOperatorApp();
  await store.operators.add({ name: 'Ada', role: 'admin', password: PASSWORD }, Date.now());
  await store.operators.add({ name: 'Ben', role: 'admin', password: PASSWORD }, Date.now());
  const token = await store.operators.createToken('Ada', Date.now());
  const attempt = (name: string, password: string) => call(SESSION, { method: 'POST', body: { name, password } });
  for (let n = 0; n < MAX_FAILURES_PER_NAME; n += 1)
    expect((await attempt('ADA', `guess number ${n}`)).status).toBe(401);

  const refused = await attempt('Ada', PASSWORD);

  expect(refused.body).toMatchObject({ status: 429, code: 'too_many_attempts' });
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(500);
  // The neighbour, and who has a token, are answered.
  expect((await attempt('Ben', PASSWORD)).status).toBe(200);
  expect((await call(LIST, { token })).status).toBe(200);
  const others = MAX_FAILURES_PER_PEER - MAX_FAILURES_PER_NAME;
  for (let n = 0; n < others; n += 1) expect((await attempt(`nobody ${n}`, PASSWORD)).status).toBe(401);
  expect((await attempt('Ben', PASSWORD)).status).toBe(429);
  expect((await call('/metrics')).text).toContain(
    `everthread_operator_auth_failures_total{kind="login"} ${MAX_FAILURES_PER_PEER + 2}`,
  );

  vi.setSystemTime(Date.now() + 10 * 60_000 + 1);

  expect((await attempt('Ada', PASSWORD)).status).toBe(200);
});

test('attempts at the same time count before their work is done', async () => {
  const { store, call } = await anOperatorApp();
  await store.operators.add({ name: 'Ada', role: 'admin', password: PASSWORD }, Date.now());

  const answers = await Promise.all(
    Array.from({ length: MAX_FAILURES_PER_NAME + 5 }, (_, n) =>
      call(SESSION, { method: 'POST', body: { name: 'Ada', password: `guess number ${n}` } }),
    ),
  );

  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 401)).toHaveLength(MAX_FAILURES_PER_NAME);
  expect(statuses.filter((status) => status === 429)).toHaveLength(5);
});

describe('a page of another origin', () => {
  const cases: [string, Record<string, string>, string][] = [
    ['with its origin', { origin: 'https://evil.example' }, 'foreign_origin'],
    ['without an origin that it names', { origin: 'null' }, 'foreign_origin'],
    ['of another port of this machine', { origin: 'http://127.0.0.1:3000' }, 'foreign_origin'],
    ['of the same site', { 'sec-fetch-site': 'same-site' }, 'foreign_origin'],
    ['with a form', { 'content-type': 'text/plain' }, 'media_type_unsupported'],
    [
      'with a form that says JSON in its name',
      { 'content-type': 'text/plain; application/json' },
      'media_type_unsupported',
    ],
  ];
  test.each(cases)('%s cannot end the session of a browser', async (_title, headers, code) => {
    const { store, call } = await anOperatorApp();
    await store.operators.add({ name: 'Ada', role: 'agent', password: PASSWORD }, Date.now());
    const cookie = await logIn(call);

    expect((await call(SESSION, { method: 'DELETE', cookie, headers })).body).toMatchObject({ code });
    expect((await call(SESSION, { cookie })).status).toBe(200);
    const login = await call(SESSION, { method: 'POST', body: { name: 'Ada', password: PASSWORD }, headers });
    expect(login.body).toMatchObject({ code });
  });

  test('the own origin may, also behind a proxy with a name of its own', async () => {
    const { store, call, url } = await anOperatorApp({ origin: 'https://desk.example.com' });
    await store.operators.add({ name: 'Ada', role: 'agent', password: PASSWORD }, Date.now());
    for (const origin of [url, 'https://desk.example.com']) {
      const cookie = await logIn(call);
      const headers = { origin, 'sec-fetch-site': 'same-origin' };
      expect((await call(SESSION, { method: 'DELETE', cookie, headers })).status).toBe(204);
    }
  });
});

test('a foreign name that resolves to this machine is refused before anybody is asked who they are', async () => {
  const { call, store } = await anOperatorApp({ origin: 'https://desk.example.com' });
  const token = await anOperator(store);
  for (const path of [LIST, '/metrics', '/docs/json', '/docs/', '/nothing']) {
    expect((await call(path, { token, headers: { host: 'evil.example:3001' } })).body).toMatchObject({
      code: 'foreign_host',
    });
  }
  expect((await call(LIST, { token, headers: { host: 'localhost:3001' } })).status).toBe(200);
  expect((await call(LIST, { token, headers: { host: 'desk.example.com' } })).status).toBe(200);
});

test('a cookie is sent over TLS alone, unless the browser is on this machine', async () => {
  const { call, store } = await anOperatorApp({ origin: 'https://desk.example.com' });
  await store.operators.add({ name: 'Ada', role: 'agent', password: PASSWORD }, Date.now());
  const headers = { host: 'desk.example.com', origin: 'https://desk.example.com' };

  const login = await call(SESSION, { method: 'POST', body: { name: 'Ada', password: PASSWORD }, headers });

  expect(String(login.headers['set-cookie'])).toContain('; Secure;');
});

describe('metrics', () => {
  test('are there for this machine, and for who proves to be an operator', async () => {
    const { call, store } = await anOperatorApp();
    const token = await anOperator(store, { role: 'viewer' });
    const forwarded = { 'x-forwarded-for': '203.0.113.7' };

    expect((await call('/metrics')).text).toContain('everthread_inbox_events');
    for (const name of ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip', 'x-forwarded-host'])
      expect((await call('/metrics', { headers: { [name]: 'x' } })).status).toBe(401);
    expect((await call('/metrics', { headers: forwarded, token })).status).toBe(200);
  });
});

describe('a trusted proxy', () => {
  const proxy = { header: 'x-auth-request-user', secret: 'a secret of the proxy of this test' };
  const named = (name: string, secret = proxy.secret) => ({
    'x-auth-request-user': name,
    'x-everthread-proxy-secret': secret,
  });

  test('names the operator, if it proves who it is and the operator is one', async () => {
    const { call, store } = await anOperatorApp({ proxy });
    await anOperator(store, { name: 'Ada' });
    await anOperator(store, { name: 'Ben' });
    await store.operators.disable('Ben', Date.now());

    expect((await call(SESSION, { headers: named('ada') })).body).toMatchObject({ name: 'Ada' });
    const refused: Record<string, string>[] = [
      named('Ada', `${proxy.secret}x`),
      named('Ben'),
      named('nobody'),
      { 'x-auth-request-user': 'Ada' },
      { 'x-everthread-proxy-secret': proxy.secret },
    ];
    for (const headers of refused) expect((await call(SESSION, { headers })).status).toBe(401);
    expect((await call('/metrics')).text).toContain('{kind="proxy"} 1');
  });

  test('is no way around the check of the origin, also with a password that the browser adds for it', async () => {
    const { call, store } = await anOperatorApp({ proxy });
    await anOperator(store, { name: 'Ada' });
    const headers = { ...named('Ada'), authorization: 'Basic YTpi' };
    expect((await call(SESSION, { headers })).status).toBe(200);
    const foreign = { ...headers, origin: 'https://evil.example' };
    expect((await call(SESSION, { method: 'DELETE', headers: foreign })).body).toMatchObject({
      code: 'foreign_origin',
    });
  });

  test('without its settings nobody is logged in by a header', async () => {
    const { call, store } = await anOperatorApp();
    await anOperator(store, { name: 'Ada' });
    expect((await call(SESSION, { headers: named('Ada') })).status).toBe(401);
  });
});

test('closing the listener ends connections that are idle, and those that never end their request', async () => {
  const { app, url, call } = await anOperatorApp();
  await call('/metrics');
  const port = Number(new URL(url).port);
  const sockets = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
  for (const socket of sockets) {
    socket.on('error', () => {});
    await once(socket, 'connect');
  }
  sockets[1]?.write('POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{');
  // The end may be a reset.
  const ended = sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve)));

  await app.close();

  await Promise.all(ended);
  await expect(call('/metrics')).rejects.toThrow(/ECONNREFUSED|other side closed/);
});
