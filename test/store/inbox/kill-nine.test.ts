import { describe, expect, test } from 'vitest';
import { ANA, PAGE } from '../../support/events.ts';
import { startRecording } from '../recording-child.ts';
import { aStoreAt, targets, theTablesAt } from '../targets.ts';

const ANAS = `messenger:${PAGE}:${ANA}` as const;

async function midsIn(url: string): Promise<{ pending: Set<string>; lines: Set<string> }> {
  const tables = await theTablesAt(url);
  const rows = await tables.selectFrom('inbox').select(['event_json', 'status']).execute();
  const lines = await tables.selectFrom('messages').select('mid').execute();
  return {
    pending: new Set(
      rows.flatMap((row) => (row.status === 'pending' ? [(JSON.parse(row.event_json) as { mid: string }).mid] : [])),
    ),
    lines: new Set(lines.map(({ mid }) => mid)),
  };
}

describe.each(targets)('kill -9 while recording events on $name', (target) => {
  test('everything that was confirmed is there, whole, and the next process goes on', async () => {
    const url = await target.emptyDatabase();
    const confirmed: string[] = [];
    for (const enough of [60, 25]) {
      const child = startRecording(url);
      await child.untilLine(() => child.recorded.length >= enough);
      await child.kill();
      expect(child.lost).toEqual([]);
      confirmed.push(...child.recorded);
    }

    const { pending, lines } = await midsIn(url);

    expect(confirmed.filter((mid) => !pending.has(mid))).toEqual([]);
    // Unconfirmed events may be there too; but an event is there with its line, or not at all.
    expect(lines).toEqual(pending);
    const store = await aStoreAt(url);
    expect(await store.contacts.find(ANAS)).toMatchObject({ windowOpenedAt: expect.any(Number) as number });
  });

  test('two processes write at the same time, and none of them loses anything', async () => {
    const url = await target.emptyDatabase();
    const children = [startRecording(url), startRecording(url)];

    await Promise.all(children.map((child) => child.untilLine(() => child.recorded.length >= 80)));
    await Promise.all(children.map((child) => child.kill()));

    expect(children.flatMap(({ lost }) => lost)).toEqual([]);
    const { pending } = await midsIn(url);
    expect(children.flatMap(({ recorded }) => recorded).filter((mid) => !pending.has(mid))).toEqual([]);
  });
});
