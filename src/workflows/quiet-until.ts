import type { ContactCard } from '../domain/contact-card.ts';
import { endOfQuietHours, type Hours } from '../policy/quiet-hours.ts';
import { bot } from './bot.ts';

/**
 * Until when nothing is said on our own initiative, epoch ms; `undefined` when it is not quiet for this person. `hours` are
 * a sequence's own; without them those of the bot hold.
 */
export function quietUntil(now: number, contact: ContactCard, hours: Hours | undefined = bot.quietHours) {
  return hours && endOfQuietHours(now, hours, contact.timeZone ?? hours.timeZone);
}
