import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { fromEventId, toEventId } from '../../../src/api/operator/live/event-id.ts';
import { KEPT_CHANGES } from '../../../src/store/changes/index.ts';
import { storedInPlain } from '../../../src/store/encryption/encrypted.ts';
import type { Store } from '../../../src/store/index.ts';
import { aText } from '../../support/events.ts';
import { ANA_ID, anOperator, anOperatorApp, stored } from './an-operator-app.ts';
import { heard, listening, openStreams, untilOpen } from './live-client.ts';

const STORE_ID = '1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed';

test('clients that vanish are forgotten, and nobody may hold too many streams', async () => {
  const { store, url, call } = await anOperatorApp({ live: { maxStreams: 3, maxStreamsPerOperator: 2 } });
  const token = await anOperator(store);
  const ben = await anOperator(store, { name: 'Ben' });
  const [first, second] = [await listening(url, token), await listening(url, token)];

  const refused = await call('/api/v1/live', { token });
  expect(refused.body).toMatchObject({ status: 429, code: 'too_many_streams', detail: 'You have 2 streams open.' });
  expect(refused.headers['retry-after']).toBe('2');
  await listening(url, ben);
  expect((await call('/api/v1/live', { token: ben })).body).toMatchObject({ status: 503, code: 'streams_exhausted' });

  const head = await fetch(`${url}/api/v1/live`, { method: 'HEAD', headers: { authorization: `Bearer ${ben}` } });
  expect(head.status).toBe(404);

  first.cut();
  await untilOpen(call, 2);
  second.cut();
  await untilOpen(call, 1);
  await listening(url, token);
});

test('a client that is gone before it is answered is forgotten', async () => {
  const { store, storeUrl } = await anOperatorApp();
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const newestIds: Store['changes']['newestIds'] = async (limit) => {
    await released;
    return store.changes.newestIds(limit);
  };
  const slow = { ...store, changes: { ...store.changes, newestIds } };
  const { url, call } = await anOperatorApp({ store: slow }, { at: storeUrl });
  const abort = new AbortController();
  const headers = { authorization: `Bearer ${await anOperator(store)}` };
  const answer = fetch(`${url}/api/v1/live`, { headers, signal: abort.signal });
  await untilOpen(call, 1);

  abort.abort();
  await expect(answer).rejects.toThrow('aborted');
  release();

  await untilOpen(call, 0);
});

test('the id of an event names every change that was heard, however many are missing', () => {
  const missing = [3, 7, 8, 9, 20];
  const id = toEventId(STORE_ID, { newest: 21, missing });
  expect(id).toBe('1b9d6bcd-21.3.7-9.20');
  expect(fromEventId(STORE_ID, id)).toEqual({ newest: 21, missing });
  expect(fromEventId(STORE_ID, toEventId(STORE_ID, { newest: 21, missing: [] }))).toEqual({ newest: 21, missing: [] });
  // Too many to name: what comes after the first one is heard again.
  const scattered = Array.from({ length: 200 }, (_, n) => 100 + 2 * n);
  expect(toEventId(STORE_ID, { newest: 1000, missing: scattered })).toBe('1b9d6bcd-99');
  for (const wrong of ['21.', '21.3-', '21.3-9-12', '-21', '21.1-1000.2000', '1e3', '21.3..4', ' 21'])
    expect(fromEventId(STORE_ID, `1b9d6bcd-${wrong}`), wrong).toBeUndefined();
});

test('a client that never reads is cut, and others go on', async () => {
  const { store, url, call, tables } = await anOperatorApp();
  const token = await anOperator(store);
  await stored(store, aText('Hello'));
  const reader = await listening(url, token);
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).pause();
  onTestFinished(() => void socket.destroy());
  socket.write(`GET /api/v1/live HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${token}\r\n\r\n`);
  await untilOpen(call, 2);

  const text = 'x'.repeat(100_000);
  for (let round = 0; (await openStreams(call)) === '2'; round += 1) {
    expect(round, 'rounds of 400 kB that were not read').toBeLessThan(100);
    const notes = [1, 2, 3, 4].map((n) => ({
      note_id: `${round}-${n}`,
      conversation: ANA_ID,
      operator: 'Ada',
      text: storedInPlain(text),
      at: n,
    }));
    await tables.insertInto('notes').values(notes).execute();
    expect(await heard(reader, 1)).toMatchObject([['notes', { conversation: ANA_ID }]]);
  }

  expect(await openStreams(call)).toBe('1');
  await stored(store, aText('Hello again'));
  expect(await heard(reader, 1)).toMatchObject([['conversation', { id: ANA_ID }]]);
});

test('a listener that closes ends its streams at once', async () => {
  const { app, store, url } = await anOperatorApp();
  const streams = [
    await listening(url, await anOperator(store)),
    await listening(url, await anOperator(store, { name: 'Ben' })),
  ];

  const startedAt = Date.now();
  await app.close();

  for (const stream of streams) expect(await stream.next()).toBeUndefined();
  expect(Date.now() - startedAt).toBeLessThan(2000);
});

test('the log forgets its old part, and keeps the newest', async () => {
  const { store, tables } = await anOperatorApp();
  const rows = Array.from({ length: 5000 }, () => ({ kind: 'receipts', conversation: ANA_ID }) as const);
  for (let round = 0; round < 5; round += 1) await tables.insertInto('changes').values(rows).execute();

  await store.changes.prune();

  const { left, oldest, newest } = await tables
    .selectFrom('changes')
    .select((eb) => [eb.fn.countAll<number>().as('left'), eb.fn.min('id').as('oldest'), eb.fn.max('id').as('newest')])
    .executeTakeFirstOrThrow();
  expect([left, oldest, newest]).toEqual([KEPT_CHANGES, 25_000 - KEPT_CHANGES + 1, 25_000]);
});
