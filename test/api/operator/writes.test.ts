import { renameSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Problem } from '../../../src/api/operator/problem.ts';
import { MAX_REQUEST_MS } from '../../../src/store/operators/operator-log.ts';
import { targets } from '../../store/targets.ts';
import { aText } from '../../support/events.ts';
import { ANA_ID, anOperator, anOperatorApp, logIn, PASSWORD, stored } from './an-operator-app.ts';
import { NO_TEMPORAL } from './no-temporal.ts';

const PATH = `/api/v1/conversations/${ANA_ID}`;
const keyed = (key: string) => ({ 'idempotency-key': key });

describe.each(targets)('on $name', (target) => {
  test('a write that is sent twice with one key happens once, and is answered the same', async () => {
    const { store, call } = await anOperatorApp({}, { target });
    const token = await anOperator(store);
    const ben = await anOperator(store, { name: 'Ben' });
    await stored(store, aText('Hello'));
    const add = (text: string, headers: Record<string, string>, as = token) =>
      call(`${PATH}/notes`, { method: 'POST', token: as, body: { text }, headers });

    const first = await add('calls back', keyed('k-1'));
    const again = await add('calls back', keyed('k-1'));

    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.text).toBe(first.text);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect((await add('something else', keyed('k-1'))).body).toMatchObject({
      status: 422,
      code: 'idempotency_key_reused',
    });
    // The key is the operator's own; without a key every request happens.
    expect((await add('calls back', keyed('k-1'), ben)).status).toBe(201);
    await add('calls back', {});
    expect((await call(`${PATH}/notes`, { token })).body.items).toHaveLength(3);
    expect((await add('x', keyed('ümlaut'.repeat(1)))).status).toBe(400);
    expect((await add('x', keyed('k'.repeat(256)))).body.errors[0].field).toBe('header.idempotency-key');
  });

  test('two of the same at once: one happens, the other waits or gets its answer; a lost process frees the key', async () => {
    const { store, call, tables } = await anOperatorApp({}, { target });
    const token = await anOperator(store);
    await stored(store, aText('Hello'));
    const add = () => call(`${PATH}/notes`, { method: 'POST', token, body: { text: 'once' }, headers: keyed('k') });

    const answers = await Promise.all([add(), add(), add(), add()]);

    for (const { status } of answers) expect([201, 409]).toContain(status);
    expect((await call(`${PATH}/notes`, { token })).body.items).toHaveLength(1);

    // As a process leaves it that was killed between the reservation and the answer.
    await tables.updateTable('operator_requests').set({ status: null, body: null }).execute();
    const during = await add();
    expect(during.body).toMatchObject({ status: 409, code: 'request_in_progress' });
    expect(during.headers['retry-after']).toBe('1');
    await tables
      .updateTable('operator_requests')
      .set({ started_at: Date.now() - MAX_REQUEST_MS - 1 })
      .execute();
    expect((await add()).status).toBe(201);
  });

  test('every write is in the log before it happens, with who, what and how, and without a text', async () => {
    const { store, call, tables } = await anOperatorApp({}, { target });
    await store.operators.add({ name: 'Ada', role: 'admin', password: PASSWORD }, Date.now());
    const token = await store.operators.createToken('Ada', Date.now());
    const cookie = await logIn(call);
    await stored(store, aText('Hello'));

    await call(`${PATH}/notes`, { method: 'POST', cookie, body: { text: 'a secret thought' } });
    await call(`${PATH}/tags/vip`, { method: 'PUT', token });
    await call(`${PATH}/opt-out`, { method: 'POST', token, headers: { 'x-everthread-interface': 'cli' } });
    await call(`${PATH}x/opt-out`, { method: 'POST', token });

    const { body } = await call('/api/v1/operator-log', { token });
    const lines = (body.items as Record<string, unknown>[]).map(({ id: _id, at: _at, ...line }) => line);
    expect(lines).toEqual([
      { operator: 'Ada', interface: 'api', action: 'optOut', conversation: null, status: 404 },
      { operator: 'Ada', interface: 'cli', action: 'optOut', conversation: ANA_ID, status: 204 },
      { operator: 'Ada', interface: 'api', action: 'addTag', conversation: ANA_ID, status: 200 },
      { operator: 'Ada', interface: 'desk', action: 'addNote', conversation: ANA_ID, status: 201 },
    ]);
    expect(JSON.stringify(await tables.selectFrom('operator_log').selectAll().execute())).not.toContain('secret');
    const page = await call('/api/v1/operator-log?limit=3', { token });
    const next = await call(`/api/v1/operator-log?limit=3&cursor=${page.body.nextCursor}`, { token });
    expect([page.body.items.length, next.body.items.length, next.body.nextCursor]).toEqual([3, 1, null]);
  });

  test('notes, tags, opt-out and seen change what they name', async () => {
    const { store, call, told } = await anOperatorApp({}, { target });
    const token = await anOperator(store);
    await stored(store, aText('Hello', { at: Date.now() - 1000 }));
    const post = (path: string, body?: unknown) => call(`${PATH}${path}`, { method: 'POST', token, body });

    const note = await post('/notes', { text: '  likes <b>tea</b> \u0000 ' });
    expect(note.body).toMatchObject({ operator: 'Ada', text: expect.stringContaining('likes <b>tea</b>') });
    expect((await call(PATH, { token })).body.notes).toEqual([note.body]);
    const remove = () => call(`${PATH}/notes/${note.body.id}`, { method: 'DELETE', token });
    expect([(await remove()).status, (await remove()).status]).toEqual([204, 404]);

    const tag = (method: 'PUT' | 'DELETE', name: string) =>
      call(`${PATH}/tags/${encodeURIComponent(name)}`, { method, token });
    expect((await tag('PUT', 'vip/50 %')).body).toEqual({ tags: ['vip/50 %'] });
    expect((await tag('PUT', 'vip/50 %')).body).toEqual({ tags: ['vip/50 %'] });
    expect((await tag('DELETE', 'vip/50 %')).body).toEqual({ tags: [] });
    expect(told[0]).toEqual({ conversation: ANA_ID, change: { add: ['vip/50 %'], remove: [] } });
    for (let n = 0; n < 20; n += 1) await tag('PUT', `tag ${n}`);
    expect((await tag('PUT', 'one more')).body).toMatchObject({ status: 409, code: 'tag_limit_reached' });
    expect((await tag('PUT', 'x'.repeat(51))).status).toBe(400);

    expect((await post('/opt-out')).status).toBe(204);
    expect((await call(PATH, { token })).body.contact.optedOutAt).not.toBeNull();
    expect((await post('/opt-in')).status).toBe(204);
    expect((await call(PATH, { token })).body.contact.optedOutAt).toBeNull();

    expect((await call(PATH, { token })).body.unread).toBe(true);
    expect((await post('/seen', { until: new Date(Date.now() - 5000).toISOString() })).status).toBe(204);
    expect((await call(PATH, { token })).body.unread).toBe(true);
    await post('/seen', { until: '2090-01-01T00:00:00.000Z' });
    expect((await call(PATH, { token })).body.unread).toBe(false);
    await stored(store, aText('Hello?', { at: Date.now() + 1000 }));
    expect((await call(PATH, { token })).body.unread).toBe(true);
  });
});

test('Temporal that cannot be reached: the tag is stored, the answer says to repeat, and the key is free for it', async () => {
  let isAway = true;
  const workflows = {
    ...NO_TEMPORAL,
    async tagsChanged() {
      if (isAway) throw new Problem('temporal_unavailable', { retryAfterS: 1 });
    },
  };
  const { store, call } = await anOperatorApp({ workflows });
  const token = await anOperator(store);
  await stored(store, aText('Hello'));
  const put = () => call(`${PATH}/tags/vip`, { method: 'PUT', token, headers: keyed('k') });

  expect((await put()).body).toMatchObject({ status: 503, code: 'temporal_unavailable' });
  expect((await store.contacts.find(ANA_ID))?.tags).toEqual(['vip']);
  isAway = false;

  expect((await put()).body).toEqual({ tags: ['vip'] });
});

test('what cannot be read as a request is told in words, and a failure of ours without internals', async () => {
  const { store, call, lines } = await anOperatorApp();
  const token = await anOperator(store);
  await stored(store, aText('Hello'));
  const post = (body: string, headers = {}) => call(`${PATH}/notes`, { method: 'POST', token, body, headers });

  expect((await post('{"text":')).body).toMatchObject({
    status: 400,
    code: 'request_invalid',
    detail: 'request: The body is no JSON.',
  });
  expect((await post('{"text":"x","__proto__":{"a":1}}')).status).toBe(400);
  const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
  for (const levels of [101, 2000, 100_000])
    expect((await post(deep(levels))).body).toMatchObject({
      status: 400,
      detail: expect.stringContaining('nested more than 100 levels deep'),
    });
  expect((await post(deep(100))).body.detail).not.toContain('nested');
  expect((await post('[]')).body.errors[0].field).toBe('body');
  expect((await post('')).status).toBe(400);
  expect((await post('{"text":7}')).body.errors[0].field).toBe('body.text');
  expect((await post(JSON.stringify({ text: 'x'.repeat(2001) }))).body.errors[0].field).toBe('body.text');
  expect((await post(`"${'x'.repeat(300_000)}"`)).body).toMatchObject({ status: 413, code: 'body_too_large' });
  expect((await post('text=x', { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(415);
  expect((await call('/api/v1/conversations/%E0%A4%A', { token })).body).toMatchObject({ status: 400 });
  expect((await call('/api/v2/conversations', { token })).body).toMatchObject({ status: 404, code: 'not_found' });
  expect((await call('/api/v1/conversations', { token, method: 'PATCH' })).status).toBe(404);

  const broken = await anOperatorApp({
    store: {
      ...store,
      conversations: { ...store.conversations, list: () => Promise.reject(new Error('select "secret"')) },
    },
  });
  const failed = await broken.call('/api/v1/conversations', { token });
  expect(failed.body).toMatchObject({ status: 500, code: 'internal_error', title: 'The api failed.' });
  expect(failed.text + JSON.stringify([...lines, ...broken.lines])).not.toContain('secret');
});

test('a store whose file is gone answers reads and writes with 503, and goes on when it is back', async () => {
  const { store, call, storeUrl } = await anOperatorApp();
  const token = await anOperator(store);
  await stored(store, aText('Hello'));
  const file = storeUrl.slice('file:'.length);
  const addNote = () => call(`${PATH}/notes`, { method: 'POST', token, body: { text: 'calls back' } });
  renameSync(file, `${file}.away`);

  const refused = await addNote();
  const read = await call(PATH, { token });

  for (const answer of [refused, read]) {
    expect([answer.status, answer.body.code]).toEqual([503, 'store_unavailable']);
    expect(answer.headers['retry-after']).toBe('1');
  }
  renameSync(`${file}.away`, file);
  expect((await addNote()).status).toBe(201);
});
