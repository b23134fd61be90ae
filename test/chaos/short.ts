/** Short runs of what `npm run chaos` does at length (docs/chaos.md), each in a test file of its own. */

import { inject, onTestFinished } from 'vitest';
import { setStage, type Stage } from './stage.ts';
import { endAllVictims } from './victim.ts';

export const load = { people: 8, messagesPerSecond: 10 };
export const timeout = 240_000;
export const everyMessageOnce = { unanswered: 0, answeredTwice: 0, outOfOrder: 0, open: 0, notSent: 0, dead: 0 };

/** A stage for this test; whatever becomes of the test, no process stays behind. */
export async function aStage(): Promise<Stage> {
  const stage = await setStage(inject('temporalCli'));
  onTestFinished(async () => {
    await endAllVictims();
    await stage.close();
  });
  return stage;
}
