/** Tells destinations of people who have waited for an operator longer than a set time. */

import type { Clock } from '../domain/clock.ts';
import type { Logger } from '../logger.ts';
import { createFailureReporter } from '../report-once.ts';
import type { Store } from '../store/index.ts';

/** What the watch reads, and after how long without an operator it tells. */
export interface UnansweredWatchOptions {
  readonly store: Pick<Store, 'destinations' | 'unansweredWaits'>;
  /** People wait by their own clocks. */
  readonly clock: Clock;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly unansweredAfterMs: number;
}

const POLL_MS = 1000;
const WAITS_PER_LOOK = 100;

/** Looks every second, in each api process: the store lets one of them tell. */
export function startUnansweredWatch({ store, clock, log, unansweredAfterMs }: UnansweredWatchOptions) {
  const { destinations, unansweredWaits } = store;
  const failures = createFailureReporter({ log });
  let looking: Promise<void> | undefined;

  async function look(): Promise<void> {
    if (!(await destinations.isWanted('handoff.unanswered'))) return;
    for (const wait of await unansweredWaits.list(WAITS_PER_LOOK)) {
      const at = clock.now(wait.conversation);
      if (at - wait.since >= unansweredAfterMs) await unansweredWaits.tell(wait, { now: Date.now(), at });
    }
    failures.recovered({}, 'People who wait can be read again');
  }

  const timer = setInterval(() => {
    looking ??= look()
      .catch((error: unknown) =>
        failures.failed({ fields: { error: String(error) }, message: 'People who wait cannot be read' }),
      )
      .finally(() => {
        looking = undefined;
      });
  }, POLL_MS);
  timer.unref();

  return {
    /** Resolves when a look that is running is over. */
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}
