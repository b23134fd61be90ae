import fs, { statSync } from 'node:fs';
import { sql } from 'kysely';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { openStoreDatabase } from '../../../src/store/db/database.ts';
import { groupCommit } from '../../../src/store/db/group-commit.ts';
import type { NewSend } from '../../../src/store/ledger/index.ts';
import { aGate } from '../../api/dispatch/recording-client.ts';
import { ANA, aText, PAGE, START, webhookBody } from '../../support/events.ts';
import { allow } from '../../support/verdicts.ts';
import { anEmptyStore, aStoreAt, delivered, targets, type Target } from '../targets.ts';

const [SQLITE, POSTGRES] = targets as [Target, Target];
const ANAS = `messenger:${PAGE}:${ANA}` as const;
const NOW = START + 400;
const by = (owner: string) => ({ owner, now: NOW, expiresAt: NOW + 30_000 });
const aLetter = () => delivered(webhookBody(aText('hi')));

const SEND: NewSend = {
  sendId: `${ANAS}/i7/0`,
  conversation: ANAS,
  author: 'bot',
  purpose: 'reply',
  guarantee: 'at-least-once',
  message: { text: 'Hello' },
};

type Callback = (error: NodeJS.ErrnoException | null) => void;

/** Every flush of the write-ahead log; those that begin while the gate is closed end when it opens. */
function watchFlushes(gate = { opened: Promise.resolve() }) {
  const { fdatasync } = fs;
  const flush = vi.spyOn(fs, 'fdatasync').mockImplementation((descriptor: number, callback: Callback) => {
    void gate.opened.then(() => fdatasync(descriptor, callback));
  });
  onTestFinished(() => flush.mockRestore());
  return flush;
}

/** Whether a promise has settled once everything else that was due has happened. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const note = () => {
    settled = true;
  };
  promise.then(note, note);
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
  return settled;
}

describe('on SQLite', () => {
  test('what must survive a power cut resolves after the flush, and everything that waits shares one', async () => {
    const { store } = await anEmptyStore(SQLITE);
    await store.ledger.open(SEND, allow, NOW);
    const gate = aGate();
    const flush = watchFlushes(gate);

    const first = store.inbox.record(aLetter(), NOW);
    await vi.waitUntil(() => flush.mock.calls.length === 1);
    const others = [
      store.inbox.record(aLetter(), NOW),
      store.inbox.lease([ANAS], by('a')),
      store.ledger.open({ ...SEND, sendId: `${ANAS}/i7/1` }, allow, NOW),
      store.leads.save({ leadId: 'l', conversation: ANAS, form: 'f', fields: {}, at: NOW }),
    ];
    // The lazy ones do not wait.
    await store.ledger.confirm(SEND, 'm_Sent', NOW);
    await store.rateLimitSlots.take(PAGE, 'messages', 1, { intervalMs: 1, burstMs: 1 }, NOW);
    await store.inbox.release(ANAS, 'a');
    expect(await Promise.all([first, ...others].map(isSettled))).toEqual([false, false, false, false, false]);

    gate.open();
    await Promise.all([first, ...others]);
    // The first one, and the next, which began after the other commits.
    expect(flush).toHaveBeenCalledTimes(2);
  });

  test('another process delivers no event that could still be lost', async () => {
    const { store, url } = await anEmptyStore(SQLITE);
    const other = await aStoreAt(url);
    await store.inbox.record(aLetter(), NOW);
    const gate = aGate();
    const flush = watchFlushes(gate);

    const recorded = store.inbox.record(aLetter(), NOW);
    await vi.waitUntil(() => flush.mock.calls.length === 1);
    const leased = other.inbox.lease([ANAS], by('b'));
    expect(await isSettled(leased)).toBe(false);

    gate.open();
    expect((await leased)[0]?.items).toHaveLength(2);
    await recorded;
  });

  test('lazy work is flushed soon, and at the latest when the store closes', async () => {
    const { store } = await anEmptyStore(SQLITE);
    await store.ledger.open(SEND, allow, NOW);
    const flush = watchFlushes();

    await store.ledger.confirm(SEND, 'm_Sent', NOW);
    expect(flush).not.toHaveBeenCalled();
    await vi.waitUntil(() => flush.mock.calls.length === 1);

    await store.inbox.release(ANAS, 'a');
    await store.close();
    expect(flush.mock.calls.length).toBeGreaterThanOrEqual(2);
  });

  test('a failed flush is never tried again: the connection closes, and the next writes the log to the database', async () => {
    const { store, url } = await anEmptyStore(SQLITE);
    const log = `${url.slice('file:'.length)}-wal`;
    await store.inbox.record(aLetter(), NOW);
    const flush = watchFlushes();
    flush.mockImplementationOnce((_: number, callback: Callback) => {
      setImmediate(() => callback(Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' })));
    });
    const [letter, next] = [aLetter(), aLetter()];

    const lost = store.inbox.record(letter, NOW);
    const alsoLost = lost.catch(() => store.inbox.lease([ANAS], by('a')));
    await expect(lost).rejects.toMatchObject({ code: 'store_unavailable', message: expect.stringContaining('disk') });
    const [failed] = flush.mock.calls;
    expect(statSync(log).size).toBeGreaterThan(0);
    await alsoLost;

    // Meta delivers it again. It is in the database, which was flushed when the log was written to it.
    expect(await store.inbox.record(letter, NOW)).toEqual({ waiting: [], leased: [] });
    expect((await store.inbox.record(next, NOW)).waiting).toEqual([ANAS]);
    expect(flush.mock.calls.slice(1).map(([descriptor]) => fs.fstatSync(descriptor).ino)).toEqual(
      flush.mock.calls.slice(1).map(() => statSync(log).ino),
    );
    expect(failed).toBeDefined();
  });
});

test('on PostgreSQL lazy work commits without waiting for the disk, and a group with durable work waits', async () => {
  const database = await openStoreDatabase(await POSTGRES.emptyTables());
  onTestFinished(() => database.close());
  const write = groupCommit({ ...database, maxTransactions: 1 });
  const setting = (durability: 'durable' | 'lazy') =>
    write(
      ['x'],
      async (trx) => {
        const { rows } = await sql<{ value: string }>`select current_setting('synchronous_commit') as value`.execute(
          trx,
        );
        return rows[0]?.value;
      },
      { durability },
    );

  expect(await setting('lazy')).toBe('off');
  expect(await setting('durable')).toBe('on');
  expect(await Promise.all([setting('lazy'), setting('durable')])).toEqual(['on', 'on']);
});
