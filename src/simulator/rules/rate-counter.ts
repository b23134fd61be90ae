/** Counts what happened within the last `perMs`, by the real clock. */
export interface RateCounter {
  /** How many more fit now. */
  left(now: number): number;
  count(now: number): void;
  /** How full it is, in percent; 0 where nothing is limited. */
  percent(now: number): number;
  /** When something fits again, as time from now. */
  freeInMs(now: number): number;
}

/** `limit` is asked for each time, as it may grow; `Infinity` counts nothing. */
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
      const inTheWay = recent(now).at(-Math.max(1, limit()));
      return inTheWay === undefined ? 0 : Math.max(0, inTheWay + perMs - now);
    },
  };
}
