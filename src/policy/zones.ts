/** Clocks of time zones. A zone is an IANA name, or an offset from UTC such as `+05:45`. */

/** A minute in ms. */
export const MINUTE_MS = 60_000;
/** Minutes of a day. */
export const DAY_MINUTES = 24 * 60;

/** Whether there is a zone of that name. */
export function isZone(timeZone: string): boolean {
  if (offsetOf(timeZone) !== undefined) return true;
  try {
    return Boolean(new Intl.DateTimeFormat('en-GB', { timeZone }));
  } catch {
    return false;
  }
}

/** The first of these zones that there is, else UTC. */
export function firstZone(...timeZones: readonly (string | undefined)[]): string {
  return timeZones.find((timeZone) => timeZone !== undefined && isZone(timeZone)) ?? 'UTC';
}

/** How many minutes the zone's clocks are ahead of UTC at `at`, epoch ms. */
export function minutesAhead(at: number, timeZone: string): number {
  const offset = offsetOf(timeZone);
  if (offset !== undefined) return offset;
  const parts = new Intl.DateTimeFormat('en-GB', {
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    hourCycle: 'h23',
    calendar: 'gregory',
    numberingSystem: 'latn',
    timeZone,
  }).formatToParts(at);
  const part = (type: string) => Number(parts.find((candidate) => candidate.type === type)?.value);
  const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'));
  return local / MINUTE_MS - Math.floor(at / MINUTE_MS);
}

/** The minute of the zone's day, 0 to 1439. */
export function minuteOfDay(at: number, timeZone: string): number {
  const minute = (Math.floor(at / MINUTE_MS) + minutesAhead(at, timeZone)) % DAY_MINUTES;
  return (minute + DAY_MINUTES) % DAY_MINUTES;
}

/** The minutes since midnight of `08:00`, 1440 for `24:00`; `undefined` for a text that is no time of the day. */
export function minutesOfClock(clock: string): number | undefined {
  const match = /^(?:([01]?\d|2[0-3]):([0-5]\d)|24:00)$/.exec(clock);
  if (!match) return undefined;
  return match[1] === undefined ? DAY_MINUTES : Number(match[1]) * 60 + Number(match[2]);
}

/** The minutes of an offset such as `+05:45` or `-02:30`. Node.js takes offsets for time zones from version 22 on only. */
function offsetOf(timeZone: string): number | undefined {
  const [, sign, hours, minutes] = /^([+-])(0\d|1[0-4]):([0-5]\d)$/.exec(timeZone) ?? [];
  if (sign === undefined) return undefined;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}
