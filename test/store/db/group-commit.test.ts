import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { openStoreDatabase } from '../../../src/store/db/database.ts';
import { groupCommit } from '../../../src/store/db/group-commit.ts';
import { storedInPlain } from '../../../src/store/encryption/encrypted.ts';
import { aText, START, webhookBody } from '../../support/events.ts';
import { anEmptyStore, delivered, targets, type Target } from '../targets.ts';

const NOW = START + 400;
const SQLITE = targets[0] as Target;
const POSTGRES = targets[1] as Target;

/** Counts commits on disk: SQLite marks the page that ends a transaction in its write-ahead log. */
function commitsInLog(url: string): number {
  const log = readFileSync(`${url.slice('file:'.length)}-wal`);
  const frame = 24 + log.readUInt32BE(8);
  const salt = log.subarray(16, 24);
  let commits = 0;
  for (let at = 32; at + frame <= log.length; at += frame) {
    const isOfThisRun = log.subarray(at + 8, at + 16).equals(salt);
    if (isOfThisRun && log.readUInt32BE(at + 4) > 0) commits += 1;
  }
  return commits;
}

const texts = (count: number) =>
  Array.from({ length: count }, (_, index) => delivered(webhookBody(aText(`text ${index}`))));

describe('group commit', () => {
  test('on SQLite 200 events that arrive together reach the disk in one commit, one by one in as many as there are', async () => {
    const { store, url } = await anEmptyStore(SQLITE);
    const before = commitsInLog(url);

    await Promise.all(texts(200).map((body) => store.inbox.record(body, NOW)));
    const together = commitsInLog(url) - before;
    for (const body of texts(40)) await store.inbox.record(body, NOW);

    expect(together).toBe(1);
    expect(commitsInLog(url) - before - together).toBe(40);
  });

  test('on PostgreSQL 200 events that arrive together share a few transactions', async () => {
    const { store, tables } = await anEmptyStore(POSTGRES);

    await Promise.all(texts(200).map((body) => store.inbox.record(body, NOW)));

    const { rows } = await sql<{
      writers: number;
    }>`select count(distinct xmin::text)::int as writers from inbox`.execute(tables);
    expect(rows[0]?.writers).toBeLessThanOrEqual(5);
  });

  test('a write resolves after the commit, not after the statement', async () => {
    const { url, tables } = await anEmptyStore(POSTGRES);
    const database = await openStoreDatabase(url);
    const write = groupCommit(database);

    const seen = await Promise.all(
      [2, 3, 4].map(async (at) => {
        await write(['x'], async (trx) => {
          await trx.insertInto('pulse').values({ id: at, at }).execute();
        });
        return tables.selectFrom('pulse').select('id').where('id', '=', at).executeTakeFirst();
      }),
    );

    await database.db.destroy();
    expect(seen).toEqual([{ id: 2 }, { id: 3 }, { id: 4 }]);
  });

  test.each(targets)('on $name only the work at fault fails, however much of it there is', async (target) => {
    const url = await target.emptyDatabase();
    const database = await openStoreDatabase(url);
    const write = groupCommit(database);
    const isBad = (index: number) => index % 10 === 3;

    const outcomes = await Promise.allSettled(
      Array.from({ length: 100 }, (_, index) =>
        write([`topic ${index}`], async (trx) => {
          await trx
            .insertInto('snapshots')
            .values({ conversation: `c${index}`, state_json: storedInPlain('{}'), saved_at: 1 })
            .execute();
          if (isBad(index)) throw new Error('at fault');
        }),
      ),
    );

    const kept = await database.db.selectFrom('snapshots').select('conversation').execute();
    await database.db.destroy();
    expect(outcomes.map(({ status }) => status === 'rejected')).toEqual(outcomes.map((_, index) => isBad(index)));
    expect(kept.map(({ conversation }) => conversation).toSorted()).toEqual(
      outcomes.flatMap((_, index) => (isBad(index) ? [] : [`c${index}`])).toSorted(),
    );
  });

  test.each(targets)('on $name an error contains nothing of the data', async (target) => {
    const { store } = await anEmptyStore(target);
    const [one] = delivered(webhookBody(aText('my secret')));

    const failure = store.inbox.record(
      [{ raw: one!.raw, event: { ...one!.event, at: 'my secret' as never, pageId: null as never } }],
      NOW,
    );

    await expect(failure).rejects.toMatchObject({ code: 'store_refused' });
    await expect(failure).rejects.not.toThrow(/secret/);
  });
});
