import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, expectTypeOf, test } from 'vitest';
import { Problem } from '../../src/api/operator/problem.ts';
import { ApiError, createClient, type ClientOptions, type Schemas } from '../../src/client/index.ts';
import { anOperator, anOperatorApp, ANA_ID, stored, type OperatorOptions } from '../api/operator/an-operator-app.ts';
import { NO_TEMPORAL } from '../api/operator/no-temporal.ts';
import { aText, BEN, START } from '../support/events.ts';

const ana = { path: { id: ANA_ID } };

/** The listener, a client of an operator, and Ana, who has written. */
async function aClient(
  options: Partial<ClientOptions> = {},
  { app = {}, ...operator }: OperatorOptions & { readonly app?: Parameters<typeof anOperatorApp>[0] } = {},
) {
  const listener = await anOperatorApp(app);
  const token = await anOperator(listener.store, operator);
  await stored(listener.store, aText('Hello'));
  return { ...listener, token, client: createClient({ url: listener.url, token, ...options }) };
}

/** What it throws. */
async function errorOf(call: Promise<unknown>): Promise<ApiError> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ApiError);
  return error as ApiError;
}

/** A `fetch` that does what was asked and loses the first answers. */
function losing(answers: number) {
  const requests: Request[] = [];
  const fetch = async (request: Request): Promise<Response> => {
    requests.push(request);
    const answer = await globalThis.fetch(request);
    if (requests.length > answers) return answer;
    await answer.arrayBuffer();
    throw new TypeError('fetch failed');
  };
  return { fetch, requests };
}

test('a list is read page by page, as far as it is read', async () => {
  const { fetch, requests } = losing(0);
  const { client, store } = await aClient({ fetch });
  await stored(
    store,
    aText('Hi', { psid: BEN, at: START + 1000 }),
    aText('Hey', { psid: '6120459871230777', at: START + 2000 }),
  );

  const all: string[] = [];
  for await (const { id } of client.list('/conversations', { params: { query: { limit: 1 } } })) all.push(id.slice(-3));
  expect(all).toEqual(['777', '112', '045']);
  expect(requests).toHaveLength(3);

  for await (const _ of client.list('/conversations', { params: { query: { limit: 1, unread: true } } })) break;
  expect(requests).toHaveLength(4);
  // A list without pages.
  await client.POST('/conversations/{id}/notes', { params: ana, body: { text: 'calls back' } });
  const notes: string[] = [];
  for await (const { text } of client.list('/conversations/{id}/notes', { params: ana })) notes.push(text);
  expect(notes).toEqual(['calls back']);
});

test('an error has the code, the cure and the status of the api, and what the code adds', async () => {
  const { client, url } = await aClient({}, { role: 'viewer', name: 'Vic' });

  const missing = await errorOf(client.GET('/conversations/{id}', { params: { path: { id: 'messenger:1:2' } } }));
  expect(missing).toMatchObject({
    code: 'not_found',
    status: 404,
    detail: 'There is no such conversation on your Pages.',
    cure: 'Check the address and the id; /docs lists the operations.',
  });
  expect(missing.message).toBe(`${missing.detail} ${missing.cure}`);
  const invalid = await errorOf(client.GET('/conversations', { params: { query: { limit: 1000 } } }));
  expect(invalid.problem?.errors).toMatchObject([{ field: 'query.limit' }]);
  const refused = await errorOf(
    client.PUT('/conversations/{id}/tags/{tag}', { params: { path: { id: ANA_ID, tag: 'vip' } } }),
  );
  expect([refused.code, refused.status]).toEqual(['role_missing', 403]);
  const nobody = createClient({ url: `${url}/`, token: 'evt_wrong' });
  expect((await errorOf(nobody.GET('/session'))).code).toBe('not_authenticated');
});

test('a write whose answer is lost happens once; two writes are two', async () => {
  const { fetch, requests } = losing(2);
  const { client } = await aClient({ fetch });
  const add = () => client.POST('/conversations/{id}/notes', { params: ana, body: { text: 'calls back' } });

  await add();
  expect(requests).toHaveLength(3);
  expect(new Set(requests.map(({ headers }) => headers.get('idempotency-key'))).size).toBe(1);
  await add();
  // A key of one's own.
  const header = { 'idempotency-key': 'mine' };
  for (const _ of [1, 2])
    await client.DELETE('/conversations/{id}/tags/{tag}', { params: { path: { ...ana.path, tag: 'vip' }, header } });

  expect((await client.GET('/conversations/{id}/notes', { params: ana })).items).toHaveLength(2);
  expect(requests.filter(({ headers }) => headers.get('idempotency-key') === 'mine')).toHaveLength(2);
});

test('an answer that may change soon is asked for again, and given when the time is over', async () => {
  let failures = 2;
  const workflows = {
    ...NO_TEMPORAL,
    tagsChanged: async () => {
      if (failures-- > 0) throw new Problem('temporal_unavailable', { retryAfterS: 1 });
    },
  };
  const { client, token, url } = await aClient({}, { app: { workflows } });
  const params = { path: { id: ANA_ID, tag: 'vip' } };

  expect(await client.PUT('/conversations/{id}/tags/{tag}', { params })).toEqual({ tags: ['vip'] });
  expect(failures).toBe(-1);
  failures = 1;
  const hasty = createClient({ url, token, retryForMs: 0 });
  const error = await errorOf(hasty.DELETE('/conversations/{id}/tags/{tag}', { params }));
  expect([error.code, error.status]).toEqual(['temporal_unavailable', 503]);
});

test('no api, a slow one and a login page before it are told apart, and the caller can end it', async () => {
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers.authorization);
    if (request.url?.includes('/leads')) return;
    if (request.url?.includes('/numbers')) response.end('<html>');
    else if (request.url?.includes('/funnels')) {
      // A process that is killed while it answers.
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
      response.write('{ "items":', () => response.destroy());
    } else response.writeHead(302, { location: '/login' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const options = { url, token: 'evt_secret', retryForMs: 0 };
  const client = createClient(options);

  const login = await errorOf(client.GET('/session'));
  expect(login).toMatchObject({ code: 'api_answer_unreadable', status: 302 });
  expect(login.message).not.toContain('evt_secret');
  expect(asked).toEqual(['Bearer evt_secret']);
  const query = { from: '2026-10-01', to: '2026-10-02' };
  expect((await errorOf(client.GET('/numbers', { params: { query } }))).code).toBe('api_answer_unreadable');
  const slow = await errorOf(createClient({ ...options, timeoutMs: 100 }).GET('/leads'));
  expect(slow.message).toContain(`The operator API at ${url} cannot be reached (no answer within 100 ms).`);
  expect((await errorOf(client.GET('/funnels'))).code).toBe('api_not_reachable');
  const ending = new AbortController();
  const patient = createClient({ ...options, retryForMs: 60_000 }).GET('/leads', { signal: ending.signal });
  ending.abort(new Error('enough'));
  await expect(patient).rejects.toThrow('enough');

  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  const away = await errorOf(client.GET('/session'));
  expect([away.code, away.status]).toEqual(['api_not_reachable', undefined]);
  expect(away.message).toContain('ECONNREFUSED');
  expect(() => createClient({ url: 'localhost:3001' })).toThrow('"localhost:3001" is no address of an operator API.');
});

test('what does not fit the document does not compile', () => {
  const call = async ({ GET, POST, PUT, list }: ReturnType<typeof createClient>) => {
    expectTypeOf(await GET('/conversations/{id}', { params: ana })).toEqualTypeOf<Schemas['Conversation']>();
    expectTypeOf(await POST('/conversations/{id}/opt-out', { params: ana })).toEqualTypeOf<undefined>();
    for await (const lead of list('/leads')) expectTypeOf(lead.form).toEqualTypeOf<string>();
    // @ts-expect-error -- no such path
    await GET('/conversation');
    // @ts-expect-error -- a path of another method
    await PUT('/conversations');
    // @ts-expect-error -- no such state
    await GET('/conversations', { params: { query: { state: 'asleep' } } });
    // @ts-expect-error -- a message needs its body
    await POST('/conversations/{id}/messages', { params: ana });
    // @ts-expect-error -- a message has no such field
    await POST('/conversations/{id}/messages', { params: ana, body: { txt: 'Hello' } });
    // @ts-expect-error -- an answer is data
    await GET('/leads', { parseAs: 'stream' });
    // @ts-expect-error -- it is no list
    list('/session');
  };
  expect(call).toBeTypeOf('function');
});
