import { expect, test } from 'vitest';
import { createDatabase } from '../support/postgres/index.ts';
import { loseAnswers, TAKEN_UNHEARD } from './runs/ambiguity.ts';
import { isBroken, tally, type SendFate, type Guarantee } from './support/ambiguity-tally.ts';
import { aChaosStage, timeout } from './support/short-runs.ts';

const FATES: readonly Omit<SendFate, 'guarantee'>[] = [
  { seen: 1, status: 'sent' },
  { seen: 2, status: 'sent' },
  { seen: 2, status: 'unknown' },
  { seen: 1, status: 'unknown' },
  { seen: 0, status: 'unknown' },
  { seen: 0, status: 'sent' },
  { seen: 0 },
  { seen: 1 },
  { seen: 1, status: 'doubtful' },
  { seen: 0, status: 'failed' },
];

test('every outcome of a send is counted once', () => {
  const fates = FATES.map((fate) => ({ ...fate, guarantee: 'at-most-once' as const }));
  expect(tally(fates)).toEqual({ once: 1, twice: 2, lost: 2, unknownSeen: 1, unknownUnseen: 1, other: 3 });
});

const kept = (guarantee: Guarantee, echoes: boolean) =>
  FATES.filter((fate) => !isBroken({ ...fate, guarantee }, echoes));

test('with echoes no message is doubled or lost, and only an unseen at-most-once send may be unknown', () => {
  expect(kept('at-least-once', true)).toEqual([{ seen: 1, status: 'sent' }]);
  expect(kept('at-most-once', true)).toEqual([
    { seen: 1, status: 'sent' },
    { seen: 0, status: 'unknown' },
  ]);
});

test('without echoes an at-least-once send may double and an at-most-once send may be unknown', () => {
  expect(kept('at-least-once', false).map(({ seen }) => seen)).toEqual([1, 2]);
  expect(kept('at-most-once', false)).toEqual([
    { seen: 1, status: 'sent' },
    { seen: 1, status: 'unknown' },
    { seen: 0, status: 'unknown' },
  ]);
});

test('with lost answers and killed workers, echoes confirm every send', { timeout }, async () => {
  const database = await createDatabase();
  const sends = TAKEN_UNHEARD.length;
  const { broken, atLeastOnce, atMostOnce } = await loseAnswers(await aChaosStage(), database.url, {
    sends,
    echoes: true,
    messagesPerSecond: 12,
    firstCalls: TAKEN_UNHEARD,
    // When most is settled, and the calls that Meta takes too late still hang.
    lives: [[2500, 3500]],
  });
  expect(broken).toEqual([]);
  expect(atLeastOnce.once).toBe(sends);
  expect(atMostOnce.once + atMostOnce.unknownUnseen).toBe(sends);
  await database.drop();
});
