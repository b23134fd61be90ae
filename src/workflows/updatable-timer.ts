import { CancellationScope, condition, isCancellation, sleep } from '@temporalio/workflow';

/** The time of a workflow, epoch ms. `aheadMs` is 0 except where the time machine moved the person's clock. */
export function createNow(aheadMs = 0): () => number {
  return () => Date.now() + aheadMs;
}

/** A timer that is moved only when it would fire too late: an early one costs a look, a moved one two events. */
export interface UpdatableTimer {
  /** Resolves when `isAwake` holds or the moment has come; it may resolve early, so look again. */
  wait(isAwake: () => boolean, at: number | undefined, summary: string): Promise<void>;
}

/** The engine takes no timer of any length. */
const MAX_TIMER_MS = 300 * 86_400_000;

export function createUpdatableTimer(now: () => number): UpdatableTimer {
  let armed: { readonly at: number; readonly scope: CancellationScope } | undefined;

  function arm(at: number, summary: string): void {
    const scope = new CancellationScope();
    const mine = { at, scope };
    armed = mine;
    scope
      .run(() => sleep(Math.min(MAX_TIMER_MS, Math.max(1, at - now())), { summary }))
      .then(() => {
        if (armed === mine) armed = undefined;
      })
      .catch((error: unknown) => {
        if (!isCancellation(error)) throw error;
      });
  }

  return {
    async wait(isAwake, at, summary) {
      if (at !== undefined && (armed === undefined || at < armed.at)) {
        armed?.scope.cancel();
        arm(at, summary);
      }
      const waitingFor = armed;
      await condition(() => isAwake() || armed !== waitingFor);
    },
  };
}
