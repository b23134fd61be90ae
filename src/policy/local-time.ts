/** Times by the clock on a person's wall: every day at nine, on Mondays at nine, on the next working day at nine. */

import { DAY_MINUTES, firstZone, isZone, MINUTE_MS, minutesAhead, minutesOfClock } from './zones.ts';

/** A day of the week. */
export type Weekday = 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday';

/** A time by the person's clock: `{ at: '09:00' }`, `{ weekday: 'monday', at: '09:00' }`. */
export interface LocalTime {
  /** `09:00`, from 00:00 to 23:59. */
  readonly at: string;
  /** A day, several, or `working day`: Monday to Friday, also on a public holiday. Default: any day. */
  readonly weekday?: Weekday | 'working day' | readonly Weekday[];
  /** For people whose time zone is not known; an IANA name such as `Europe/Lisbon`. Default: that of the quiet hours, else UTC. */
  readonly timeZone?: string;
}

/** As `Date` counts them. */
const WEEKDAYS: readonly Weekday[] = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const WORKING_DAYS: readonly Weekday[] = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'];
/** A time that is due once a week is found in 8 days, unless its day is left out, as Samoa did with a Friday. */
const MAX_DAYS = 15;
const QUARTER_MINUTES = 15;
const DAY_MS = DAY_MINUTES * MINUTE_MS;

/** Whether this is a time of the day, with days that there are and, if there is one, a time zone that exists. */
export function isLocalTime({ at, weekday = WEEKDAYS, timeZone }: LocalTime): boolean {
  const days = weekdaysOf(weekday);
  const areDays = Array.isArray(days) && days.length > 0 && days.every((day: Weekday) => WEEKDAYS.includes(day));
  return (
    typeof at === 'string' && minuteOf(at) !== undefined && areDays && (timeZone === undefined || isZone(timeZone))
  );
}

/**
 * The first such time after `now`, epoch ms, in the first of the zones that is known. A time that the clocks skip is as much
 * later as they skip; of a time that comes twice it is the first.
 */
export function nextLocalTime(
  now: number,
  { at, weekday = WEEKDAYS }: LocalTime,
  ...timeZones: readonly (string | undefined)[]
): number {
  const zone = firstZone(...timeZones);
  const minute = minuteOf(at) ?? 0;
  const days = weekdaysOf(weekday);
  const local = now + minutesAhead(now, zone) * MINUTE_MS;
  const today = local - (((local % DAY_MS) + DAY_MS) % DAY_MS);
  for (let day = 0; day < MAX_DAYS; day += 1) {
    const midnight = today + day * DAY_MS;
    if (!days.some((name) => WEEKDAYS.indexOf(name) === new Date(midnight).getUTCDay())) continue;
    const found = toUtc(midnight + minute * MINUTE_MS, zone);
    if (found > now) return found;
  }
  throw new Error(`There is no such time: ${at}.`);
}

/** The date that the clocks of the first known zone show: `2026-11-30`. */
export function localDate(at: number, ...timeZones: readonly (string | undefined)[]): string {
  return new Date(at + minutesAhead(at, firstZone(...timeZones)) * MINUTE_MS).toISOString().slice(0, 10);
}

/** Whether it is a quarter of an hour: `20:00`, `20:15`. */
export function isQuarter({ at }: LocalTime): boolean {
  const minute = minuteOf(at);
  return minute !== undefined && minute % QUARTER_MINUTES === 0;
}

/** A local time in words: `09:00`, `09:00 of monday, friday`. */
export function describeLocalTime({ at, weekday }: LocalTime): string {
  if (weekday === undefined) return at;
  return `${at} of ${weekday === 'working day' ? 'a working day' : weekdaysOf(weekday).join(', ')}`;
}

/** When the zone's clocks show this time, which is given as if it were in UTC. */
function toUtc(local: number, zone: string): number {
  // The clocks change at most once within two days, so these are the offsets before and after a change.
  const before = local - minutesAhead(local - DAY_MS, zone) * MINUTE_MS;
  const after = local - minutesAhead(local + DAY_MS, zone) * MINUTE_MS;
  const shown = [before, after].filter((utc) => utc + minutesAhead(utc, zone) * MINUTE_MS === local);
  return shown.length === 0 ? before : Math.min(...shown);
}

function minuteOf(at: string): number | undefined {
  const minute = minutesOfClock(at);
  return minute === DAY_MINUTES ? undefined : minute;
}

function weekdaysOf(weekday: Weekday | 'working day' | readonly Weekday[]): readonly Weekday[] {
  if (weekday === 'working day') return WORKING_DAYS;
  return typeof weekday === 'string' ? [weekday] : weekday;
}
