import { DAY_MINUTES, firstZone, isZone, MINUTE_MS, minuteOfDay, minutesOfClock } from './zones.ts';

/** `21:00` to `08:00`: the hours of a person's day in which nothing is sent on the business's own initiative. */
export interface Hours {
  /** A time of the day, `21:00`. */
  readonly from: string;
  /** A time of the day, `08:00`; `24:00` is midnight. */
  readonly to: string;
  /** An IANA name, or an offset from UTC such as `+05:45`. Default: the person's own, else UTC. */
  readonly timeZone?: string;
}

/** Whether these are two times of the day and, if there is one, a time zone that exists. */
export function isHours({ from, to, timeZone }: Hours): boolean {
  const areClocks = minutesOfClock(from) !== undefined && minutesOfClock(to) !== undefined;
  return areClocks && (timeZone === undefined || isZone(timeZone));
}

/**
 * When the quiet hours that hold at `now` end, epoch ms; `undefined` when it is not quiet.
 * `timeZone` is an IANA name or an offset such as `+05:45`; a missing or unknown one counts as UTC. From a time to the same time is never quiet.
 */
export function endOfQuietHours(now: number, { from, to }: Hours, timeZone = 'UTC'): number | undefined {
  const zone = firstZone(timeZone);
  const start = clockMinutes(from);
  const end = clockMinutes(to);
  const length = distance(start, end);
  if (distance(start, minuteOfDay(now, zone)) >= length) return undefined;
  // Daylight saving time may begin or end before that: correct by the difference.
  const startOfMinute = now - (now % MINUTE_MS);
  const endsAt = startOfMinute + distance(minuteOfDay(now, zone), end) * MINUTE_MS;
  const corrected = endsAt + signedDistance(minuteOfDay(endsAt, zone), end) * MINUTE_MS;
  // The clocks may skip the time at which it ends.
  return minuteOfDay(corrected, zone) === end ? corrected : endsAt;
}

/** Minutes from one time of the day forward to another. */
function distance(from: number, to: number): number {
  return (to - from + DAY_MINUTES) % DAY_MINUTES;
}

/** Minutes the shorter way round the clock; negative when that is backward. */
function signedDistance(from: number, to: number): number {
  const forward = distance(from, to);
  return forward > DAY_MINUTES / 2 ? forward - DAY_MINUTES : forward;
}

function clockMinutes(clock: string): number {
  const minutes = minutesOfClock(clock);
  if (minutes === undefined) throw new Error(`The quiet hours name "${clock}". Write a time of the day as "21:00".`);
  return minutes % DAY_MINUTES;
}
