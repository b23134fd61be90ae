/** Counts calls in a sliding window of `perMs`, by the real clock; `now` is epoch ms. */
export interface RateCounter {
  /** How many more calls are allowed now. */
  left(now: number): number;
  /** Counts one call. */
  count(now: number): void;
  /** How much of the limit is used, in percent; 0 without a limit. */
  percent(now: number): number;
  /** Milliseconds until another call is allowed. */
  freeInMs(now: number): number;
}

/** `limit` is read for every call, as it may grow; with `Infinity` nothing is counted. */
export function createRateCounter(limit: () => number, perMs: number): RateCounter {
  let times: number[] = [];

  function recent(now: number): number[] {
    const start = times.findIndex((time) => time > now - perMs);
    if (start !== 0) times = start < 0 ? [] : times.slice(start);
    return times;
  }

  return {
    left: (now) => (limit() === Infinity ? Infinity : limit() - recent(now).length),
    count(now) {
      if (limit() !== Infinity) recent(now).push(now);
    },
    percent: (now) => (limit() === Infinity ? 0 : Math.round((100 * recent(now).length) / Math.max(1, limit()))),
    freeInMs(now) {
      if (limit() === Infinity) return 0;
      const blocking = recent(now).at(-Math.max(1, limit()));
      return blocking === undefined ? 0 : Math.max(0, blocking + perMs - now);
    },
  };
}
