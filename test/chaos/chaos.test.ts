import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { createDatabase } from '../support/postgres.ts';
import { killAtRandom } from './kills.ts';
import { killOneOfMany } from './many.ts';
import { stopTemporal } from './outage.ts';
import { setStage, type Stage } from './stage.ts';

/** Short runs of what `npm run chaos` does at length (docs/chaos.md). */
const load = { people: 8, messagesPerSecond: 10 };
const everyMessageOnce = { unanswered: 0, answeredTwice: 0, outOfOrder: 0 };

let stage: Stage;
beforeEach(async () => {
  stage = await setStage(inject('temporalCli'));
});
afterEach(() => stage.close());

test(
  'killed again and again, everything acknowledged is answered, nothing twice, in order',
  { timeout: 180_000 },
  async () => {
    const report = await killAtRandom(stage, { ...load, kills: 3, longestLifeMs: 6000 });
    expect(report).toMatchObject({ ...everyMessageOnce, exitCode: 0 });
    expect(report.messages).toBeGreaterThan(0);
  },
);

test(
  'while Temporal is away webhooks are taken; afterwards all are answered in order',
  { timeout: 180_000 },
  async () => {
    const report = await stopTemporal(stage, { ...load, awayMs: 5000 });
    expect(report).toMatchObject({ ...everyMessageOnce, exitCode: 0 });
    expect(report.acked).toBeGreaterThan(20);
  },
);

test('of several processes on one PostgreSQL any may be killed', { timeout: 180_000 }, async () => {
  const database = await createDatabase();
  const report = await killOneOfMany(stage, database.url, { ...load, kills: 3, longestLifeMs: 5000 });
  expect(report).toMatchObject(everyMessageOnce);
  await database.drop();
});
