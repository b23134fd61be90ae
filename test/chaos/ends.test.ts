import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { startCrowd, type Crowd } from './support/crowd.ts';
import { startKillable, type KillableProcess } from './support/killable-process.ts';
import { NOTHING_LEFT, untilSettled } from './support/leftovers.ts';
import { aChaosStage, timeout } from './support/short-runs.ts';
import { botFile, writeBot } from './support/stage.ts';

/** Kubernetes kills what has not ended after 30 s. */
const PATIENCE_MS = 30_000;

test(
  'a worker that is killed is started again, SIGTERM and Ctrl-C stop all of it in order, and no work is lost',
  { timeout },
  async () => {
    const stage = await aChaosStage();
    const start = () => startKillable(['start', botFile], { ...stage.env, LOG_LEVEL: 'info' }, stage.folder);
    // What counts is where in its work the worker is met, and not how much of it there is.
    const crowd = startCrowd(stage.simulator, { people: 4, messagesPerSecond: 4 });
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const { answeredOnce } = await crowd.report();
      const killable = start();
      await crowd.untilTalking(answeredOnce);
      if (signal === 'SIGTERM') {
        // Where processors are short, the api comes first: Meta waits for its answer.
        expect(getPriority(killable.pid)).toBe(getPriority());
        expect(getPriority(killable.workerPid())).toBeGreaterThan(getPriority());
        await killWorker(killable, crowd);
      }

      const askedAt = Date.now();
      expect(await killable.stop(signal)).toBe(0);
      expect(Date.now() - askedAt).toBeLessThan(PATIENCE_MS);
      expect(await killable.descendants()).toEqual([]);
    }
    const last = start();
    await crowd.stop();
    expect(await crowd.untilAnswered(60_000)).toMatchObject({ unanswered: 0, answeredTwice: 0, outOfOrder: 0 });
    expect(await untilSettled(stage.env['DATABASE_URL'] ?? '')).toEqual(NOTHING_LEFT);
    expect(await last.stop()).toBe(0);
  },
);

/** Webhooks are acknowledged before the next worker is ready. */
async function killWorker(killable: KillableProcess, crowd: Crowd): Promise<void> {
  process.kill(killable.workerPid(), 'SIGKILL');
  await killable.untilPrinted("The worker's process ended");
  const { acknowledged } = await crowd.report();
  await vi.waitUntil(async () => (await crowd.report()).acknowledged > acknowledged, { timeout: 10_000 });
  expect(killable.output().split('The worker is ready')).toHaveLength(2);
  await killable.untilPrinted('The worker is ready', 2);
}

test('a bot that cannot be bundled ends the start, with its file and line', { timeout }, async () => {
  const stage = await aChaosStage();
  const bot = join(stage.folder, 'bot.ts');
  writeFileSync(bot, 'export default { plugins: [] };\nthrow new Error("No stock.");\n');

  const killable = startKillable(['start', bot], stage.env, stage.folder);

  expect(await killable.ended()).toBe(1);
  expect(killable.output()).toMatch(/No stock\.[^]*bot\.ts:2/);
  expect(await killable.descendants()).toEqual([]);
});

test(
  'a SIGTERM to all of its processes at once ends them, whatever activities hold open, and starts no worker again',
  { timeout },
  async () => {
    const stage = await aChaosStage();
    const bot = writeBot(stage.folder, 'setInterval(() => {}, 60_000);');
    const killable = startKillable(['start', bot], { ...stage.env, LOG_LEVEL: 'info' }, stage.folder);
    await killable.untilPrinted('Accepting webhooks');
    await killable.untilPrinted('The worker is ready');
    // A webhook that is still arriving: the api waits for it, and ends long after the worker.
    const webhook = connect(Number(stage.env['PORT']), '127.0.0.1');
    webhook.write('POST /webhook HTTP/1.1\r\nHost: bot\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n');
    await once(webhook, 'data');

    const stopped = killable.stopAll();
    expect(await killable.descendants()).toEqual([]);
    webhook.destroy();

    expect(await stopped).toBe(0);
    expect(killable.output()).not.toContain('started again');
  },
);

test('a second Ctrl-C ends a worker that is stuck, and messages of its own code harm nobody', { timeout }, async () => {
  const stage = await aChaosStage();
  const bot = writeBot(stage.folder, "process.send?.(null);\nconsole.log('It is stuck');\nfor (;;);");
  const killable = startKillable(['start', bot], { ...stage.env, LOG_LEVEL: 'info' }, stage.folder);
  await killable.untilPrinted('Accepting webhooks');
  await killable.untilPrinted('It is stuck');

  void killable.stop('SIGINT');
  await killable.untilPrinted('Stopping');
  const stopped = killable.stop('SIGINT');

  const left = await killable.descendants();
  for (const pid of left) process.kill(pid, 'SIGKILL');
  expect(left).toEqual([]);
  expect(await stopped).toBe(130);
});
