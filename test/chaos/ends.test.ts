import { expect, test } from 'vitest';
import { startCrowd } from './support/crowd.ts';
import { startKillable } from './support/killable-process.ts';
import { untilSettled } from './support/leftovers.ts';
import { aChaosStage, load, timeout } from './support/short-runs.ts';
import { botFile } from './support/stage.ts';

/** Kubernetes kills what has not ended after 30 s. */
const PATIENCE_MS = 30_000;

test('SIGTERM and Ctrl-C stop it in order, and no work is lost', { timeout }, async () => {
  const stage = await aChaosStage();
  const start = () => startKillable(['start', botFile], stage.env, stage.folder);
  const crowd = startCrowd(stage.simulator, load);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const { answeredOnce } = await crowd.report();
    const killable = start();
    await crowd.untilTalking(answeredOnce);

    const askedAt = Date.now();
    expect(await killable.stop(signal)).toBe(0);
    expect(Date.now() - askedAt).toBeLessThan(PATIENCE_MS);
    expect(await killable.descendants()).toEqual([]);
  }
  const last = start();
  await crowd.stop();
  expect(await crowd.untilAnswered(60_000)).toMatchObject({ unanswered: 0, answeredTwice: 0, outOfOrder: 0 });
  expect(await untilSettled(stage.env['DATABASE_URL'] ?? '')).toEqual({ open: 0, notSent: 0, dead: 0 });
  expect(await last.stop()).toBe(0);
});
