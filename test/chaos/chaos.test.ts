import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { createDatabase } from '../support/postgres.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startCrowd } from './crowd.ts';
import { killDev } from './dev-kills.ts';
import { fillDisk } from './full-disk.ts';
import { killAtRandom } from './kills.ts';
import { untilSettled } from './leftovers.ts';
import { killOneOfMany } from './many.ts';
import { stopTemporal } from './outage.ts';
import { botFile, setStage, type Stage } from './stage.ts';
import { endAllVictims, startVictim } from './victim.ts';

/** Short runs of what `npm run chaos` does at length (docs/chaos.md). */
const load = { people: 8, messagesPerSecond: 10 };
const timeout = 240_000;
const everyMessageOnce = { unanswered: 0, answeredTwice: 0, outOfOrder: 0, open: 0, notSent: 0, dead: 0 };

let stage: Stage;
beforeEach(async () => {
  stage = await setStage(inject('temporalCli'));
});
afterEach(async () => {
  await endAllVictims();
  await stage.close();
});

test('killed again and again, everything acknowledged is answered, nothing twice, in order', { timeout }, async () => {
  const report = await killAtRandom(stage, { ...load, kills: 4, longestLifeMs: 6000, troubleEveryMs: 2000 });
  expect(report).toMatchObject({ ...everyMessageOnce, exitCode: 0 });
  expect(report.acknowledged).toBe(report.messages);
  expect(report.messages).toBeGreaterThan(0);
});

test('while Temporal is away webhooks are taken; afterwards all are answered in order', { timeout }, async () => {
  const report = await stopTemporal(stage, { ...load, awayMs: 5000 });
  expect(report).toMatchObject({ ...everyMessageOnce, exitCode: 0 });
  expect(report.acked).toBeGreaterThan(20);
});

test('of several processes on one PostgreSQL any may be killed', { timeout }, async () => {
  const database = await createDatabase();
  const report = await killOneOfMany(stage, database.url, { ...load, kills: 3, longestLifeMs: 5000 });
  expect(report).toMatchObject(everyMessageOnce);
  await database.drop();
});

test('dev is killed as a whole, Temporal left behind, and goes on with everything', { timeout }, async () => {
  const folder = temporaryFolder();
  const report = await killDev({ ...load, kills: 2, longestLifeMs: 4000, folder, temporalCli: inject('temporalCli') });
  expect(report).toMatchObject({ ...everyMessageOnce, exitCode: 0, leftBehind: 0 });
  expect(report.messages).toBeGreaterThan(0);
});

// Who cannot set a limit on another process has no full disk to show.
const canLimit = spawnSync('prlimit', ['--version']).status === 0;

test.runIf(canLimit)('a full disk: 503 with the reason, and on by itself, with everything', { timeout }, async () => {
  const report = await fillDisk(stage, { ...load, fullMs: 4000 });
  expect(report).toMatchObject({ ...everyMessageOnce, exitCode: 0 });
  expect(report.refused).toBeGreaterThan(0);
  expect(report.reasons.join('\n')).toContain('The store cannot write: the disk');
});

test.each(['SIGTERM', 'SIGINT'] as const)('%s stops it in order, and what is under way is not lost', async (signal) => {
  const first = startVictim(['start', botFile], stage.env, stage.folder);
  const crowd = startCrowd(stage.simulator, load);
  await crowd.untilTalking();

  const askedAt = Date.now();
  expect(await first.stop(signal)).toBe(0);
  expect(Date.now() - askedAt).toBeLessThan(15_000);
  expect(first.offspring()).toEqual([]);

  const second = startVictim(['start', botFile], stage.env, stage.folder);
  await crowd.stop();
  expect(await crowd.untilAnswered(60_000)).toMatchObject({ unanswered: 0, answeredTwice: 0, outOfOrder: 0 });
  expect(await untilSettled(stage.env['DATABASE_URL'] ?? '')).toEqual({ open: 0, notSent: 0, dead: 0 });
  expect(await second.stop(signal)).toBe(0);
});
