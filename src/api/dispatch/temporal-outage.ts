import { backoffMs } from '../../backoff.ts';
import type { Logger } from '../../logger.ts';
import { createFailureReporter } from '../../report-once.ts';
import type { TemporalUnavailable } from './conversation-client.ts';

const OUTAGE_BACKOFF = { minMs: 200, maxMs: 5000 };

/** Whether Temporal can be reached, and the backoff while it cannot. */
export interface TemporalOutage {
  isOngoing(): boolean;
  /** True until the next try is due. */
  isBackingOff(): boolean;
  /** Temporal was unavailable: starts a backoff, unless one is running. */
  begin(error: TemporalUnavailable): void;
  /** Temporal answered. */
  end(): void;
}

/** `retry` is called after each backoff. */
export function createTemporalOutage(log: Logger, retry: () => void): TemporalOutage {
  const reporter = createFailureReporter({ log });
  let failures = 0;
  let retryAt = 0;
  return {
    isOngoing: () => failures > 0,
    isBackingOff: () => Date.now() < retryAt,
    begin(error) {
      // Calls that fail together count as one failure.
      if (Date.now() < retryAt) return;
      reporter.failed({
        level: 'warn',
        fields: { error: String(error) },
        message: 'Temporal is unavailable; events wait in the inbox',
      });
      failures += 1;
      const waitMs = backoffMs(OUTAGE_BACKOFF, failures);
      retryAt = Date.now() + waitMs;
      setTimeout(retry, waitMs + 1).unref();
    },
    end() {
      reporter.recovered({}, 'Temporal is available again');
      failures = 0;
      retryAt = 0;
    },
  };
}
