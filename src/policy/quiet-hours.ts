const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;

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
  return minutesOf(from) !== undefined && minutesOf(to) !== undefined && (timeZone === undefined || isZone(timeZone));
}

/**
 * When the quiet hours that hold at `now` end, epoch ms; `undefined` when it is not quiet.
 * `timeZone` is an IANA name or an offset such as `+05:45`; a missing or unknown one counts as UTC. From a time to the same time is never quiet.
 */
export function endOfQuietHours(now: number, { from, to }: Hours, timeZone = 'UTC'): number | undefined {
  const zone = isZone(timeZone) ? timeZone : 'UTC';
  const start = clockMinutes(from);
  const end = clockMinutes(to);
  const length = distance(start, end);
  if (distance(start, minuteOfDay(now, zone)) >= length) return undefined;
  // Daylight saving time may begin or end before that: correct by the difference.
  const startOfMinute = now - (now % MINUTE_MS);
  const endsAt = startOfMinute + distance(minuteOfDay(now, zone), end) * MINUTE_MS;
  return endsAt + signedDistance(minuteOfDay(endsAt, zone), end) * MINUTE_MS;
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
  const minutes = minutesOf(clock);
  if (minutes === undefined) throw new Error(`The quiet hours name "${clock}". Write a time of the day as "21:00".`);
  return minutes;
}

function minutesOf(clock: string): number | undefined {
  const match = /^(?:([01]?\d|2[0-3]):([0-5]\d)|24:00)$/.exec(clock);
  return match ? Number(match[1] ?? 0) * 60 + Number(match[2] ?? 0) : undefined;
}

/** The minutes of an offset such as `+05:45` or `-02:30`. Node.js takes offsets for time zones from version 22 on only. */
function offsetMinutes(timeZone: string): number | undefined {
  const [, sign, hours, minutes] = /^([+-])(0\d|1[0-4]):([0-5]\d)$/.exec(timeZone) ?? [];
  if (sign === undefined) return undefined;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

function minuteOfDay(now: number, timeZone: string): number {
  const offset = offsetMinutes(timeZone);
  if (offset !== undefined) return (((Math.floor(now / MINUTE_MS) + offset) % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES;
  const text = new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone,
  }).format(now);
  return clockMinutes(text);
}

function isZone(timeZone: string): boolean {
  if (offsetMinutes(timeZone) !== undefined) return true;
  try {
    return Boolean(new Intl.DateTimeFormat('en-GB', { timeZone }));
  } catch {
    return false;
  }
}
