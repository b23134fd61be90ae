/** Removes what is older than it may be, in small steps with rests between them: webhooks come first. */

import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../logger.ts';
import { createFailureReporter } from '../report-once.ts';
import type { Retention, RetentionKind, RetentionPeriods, RetentionPlace } from '../store/retention.ts';

/** What retention works on. */
export interface RetentionOptions {
  readonly retention: Retention;
  /** For how long each kind of data is kept. */
  readonly periods: RetentionPeriods;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
}

/** Retention that goes on until it is stopped. */
export interface RunningRetention {
  /** Resolves when the step that is running is done. */
  stop(): Promise<void>;
}

const EVERY_MS = 6 * 3_600_000;
const RETRY_MS = 60_000;
/** A step that takes long is followed by a long rest. */
const REST_FACTOR = 10;
const MIN_REST_MS = 20;

/** Removes what is too old now, and again every six hours. Several processes may do so at once. */
export function startRetention({ retention, periods, log }: RetentionOptions): RunningRetention {
  const stopped = new AbortController();
  const { signal } = stopped;
  const failures = createFailureReporter({ log });
  const kinds = Object.entries(periods) as [RetentionKind, number | undefined][];

  async function removeOld(kind: RetentionKind, periodMs: number): Promise<void> {
    const before = Date.now() - periodMs;
    let place: RetentionPlace | undefined = { rule: 0 };
    while (place && !signal.aborted) {
      const startedAt = performance.now();
      place = await retention.step(kind, before, place);
      await rest(Math.max(MIN_REST_MS, REST_FACTOR * (performance.now() - startedAt)));
    }
  }

  async function removeAll(): Promise<void> {
    for (const [kind, periodMs] of kinds) if (periodMs !== undefined) await removeOld(kind, periodMs);
  }

  async function work(): Promise<void> {
    while (!signal.aborted) {
      try {
        await removeAll();
        failures.recovered({}, 'Old data are removed again');
        await rest(EVERY_MS);
      } catch (error) {
        const { name } = error as Error;
        failures.failed({ fields: { error: name }, message: 'Old data are not removed: the store cannot be used' });
        await rest(RETRY_MS);
      }
    }
  }

  const rest = (ms: number) => delay(ms, undefined, { signal, ref: false }).catch(() => {});
  const working = work();
  return {
    async stop() {
      stopped.abort();
      await working;
    },
  };
}
