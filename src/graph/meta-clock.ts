/**
 * Below this difference, in ms, Meta's clock and ours count as one: a `Date` header has whole seconds, and the answer
 * travels.
 */
const MIN_CLOCK_DIFFERENCE_MS = 2000;

/** How far Meta's clock is ahead of ours by the `Date` header of its answer, ms; 0 when they agree or it has none. */
export function readClockAheadMs(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  now: number = Date.now(),
): number {
  const { date } = headers;
  const aheadMs = typeof date === 'string' ? Date.parse(date) - now : 0;
  return Math.abs(aheadMs) >= MIN_CLOCK_DIFFERENCE_MS ? aheadMs : 0;
}
