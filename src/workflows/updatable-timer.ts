import { CancellationScope, condition, isCancellation, sleep } from '@temporalio/workflow';

/**
 * One durable timer for everything a workflow waits for. It is replaced only when it would fire too late: firing early
 * costs one check, replacing a timer two events in the history.
 */
export interface UpdatableTimer {
  /** Resolves when `isAwake` holds or at `at` (epoch ms); it may resolve early, so check again. */
  wait(isAwake: () => boolean, at: number | undefined, summary: string): Promise<void>;
}

/** Temporal refuses longer timers. */
const MAX_TIMER_MS = 300 * 86_400_000;

/** Creates the timer of a workflow whose clock is `now`. */
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
