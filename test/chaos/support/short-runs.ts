/** Settings of the short chaos runs in the test suite; `npm run chaos` does the long ones (docs/chaos.md). */

import { inject, onTestFinished } from 'vitest';
import { endAllKillables } from './killable-process.ts';
import { NOTHING_LEFT } from './leftovers.ts';
import { startChaosStage, type ChaosStage } from './stage.ts';

/** The crowd of a short run. */
export const load = { people: 8, messagesPerSecond: 10 };
/** Test timeout, in ms. */
export const timeout = 240_000;
/** The part of a report that shows that every message was answered once, in order. */
export const everyMessageOnce = { unanswered: 0, answeredTwice: 0, outOfOrder: 0, ...NOTHING_LEFT };

/** A stage for this test. No process survives the test, even if it fails. */
export async function aChaosStage(): Promise<ChaosStage> {
  const stage = await startChaosStage(inject('temporalCli'));
  onTestFinished(async () => {
    await endAllKillables();
    await stage.close();
  });
  return stage;
}
