/** The time of a workflow, and the hours in which it stays quiet. */

import type { ContactCard } from '../domain/contact.ts';
import { nextLocalTime, type LocalTime } from '../policy/local-time.ts';
import { endOfQuietHours, type Hours } from '../policy/quiet-hours.ts';
import { bot } from './bot.ts';

/** A workflow's clock, epoch ms. `aheadMs` is 0 except where the time machine moved the person's clock. */
export function createNow(aheadMs = 0): () => number {
  return () => Date.now() + aheadMs;
}

/** A time as people read it in Temporal's UI, in UTC: `2026-10-06 21:30`. */
export function formatUtcMinute(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}

/**
 * When the quiet hours end that hold for this person now, epoch ms; `undefined` outside them. `hours` are those of a
 * sequence; without them the bot's hold.
 */
export function quietUntil(
  now: number,
  contact: ContactCard,
  hours: Hours | undefined = bot().quietHours,
): number | undefined {
  return hours && endOfQuietHours(now, hours, contact.timeZone ?? hours.timeZone);
}

/** The next such time by this person's clock, epoch ms. `hours` as in {@link quietUntil}: their time zone is the last resort. */
export function nextTimeOf(
  now: number,
  time: LocalTime,
  contact: ContactCard,
  hours: Hours | undefined = bot().quietHours,
): number {
  return nextLocalTime(now, time, contact.timeZone, time.timeZone, hours?.timeZone);
}
