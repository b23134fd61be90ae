/** Exponential backoff: the wait before another try. */
export interface Backoff {
  /** The wait after the first failure, ms. */
  readonly minMs: number;
  /** No wait is longer, ms. */
  readonly maxMs: number;
  /** How much longer each wait is than the one before. Default: 2. */
  readonly factor?: number;
  /** The share of a wait that is random, 0 to 1, so that many waits do not end together. Default: 0.25. */
  readonly jitter?: number;
}

/** The wait after so many failures in a row, in whole milliseconds; jitter only shortens it. */
export function backoffMs({ minMs, maxMs, factor = 2, jitter = 0.25 }: Backoff, failures: number): number {
  const fullMs = Math.min(maxMs, minMs * factor ** Math.min(Math.max(failures, 1) - 1, 20));
  return Math.round(fullMs * (1 - jitter * Math.random()));
}
