/** How long to wait before trying again: longer each time, and never the same for many at once. */
export interface Backoff {
  readonly minMs: number;
  readonly maxMs: number;
}

/** In whole milliseconds. */
export function backoffMs({ minMs: shortestMs, maxMs: longestMs }: Backoff, failures: number): number {
  const full = Math.min(longestMs, shortestMs * 2 ** Math.min(Math.max(failures, 1) - 1, 20));
  return Math.round(full * (0.75 + Math.random() / 4));
}
