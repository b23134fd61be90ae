/** How long to wait before trying again: exponential, with up to a quarter of jitter. */
export interface Backoff {
  /** After the first failure. */
  readonly minMs: number;
  readonly maxMs: number;
  /** How much longer each wait is than the one before. Default: 2. */
  readonly factor?: number;
}

/** The wait after so many failures in a row, in whole milliseconds. */
export function backoffMs({ minMs, maxMs, factor = 2 }: Backoff, failures: number): number {
  const full = Math.min(maxMs, minMs * factor ** Math.min(Math.max(failures, 1) - 1, 20));
  return Math.round(full * (0.75 + Math.random() / 4));
}
