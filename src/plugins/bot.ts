import type { Sayable } from '../messenger/outbound/outbound-message.ts';
import type { MessengerProfile } from '../messenger/profile.ts';
import type { Broadcast } from './broadcast/index.ts';
import { checkBot } from './check-bot.ts';
import type { Duration } from './duration.ts';
import type { Plugin } from './plugin.ts';
import type { Segment } from './segment.ts';
import type { QuietHours, Sequence } from './sequence.ts';

/** A bot: what its file exports by default. */
export interface Bot {
  /** Offered each event in this order; the first that handles it ends the chain. */
  readonly plugins: readonly Plugin[];
  /** Sequences that topics or plugins can start. */
  readonly sequences?: readonly Sequence[];
  /** Broadcasts that `everthread broadcast` can start. */
  readonly broadcasts?: readonly Broadcast[];
  /** Groups of people, by name, for broadcasts and `everthread contacts --segment`. */
  readonly segments?: Readonly<Record<string, Segment>>;
  /**
   * Sent when no plugin handled a message: Meta asks automated bots to answer everything (Meta, Policy, read 2026-10-06).
   * Default: nothing is sent.
   */
  readonly fallback?: Sayable;
  /** How long the bot is silent after an operator answered in the Page inbox, at most a year. Default: 24 hours. */
  readonly silentAfterHuman?: Duration;
  /**
   * Between these hours of the person's day the bot sends nothing on its own initiative: sequences, broadcasts and wake-ups
   * of plugins wait for their end. It still answers. A sequence may have its own. Default: none.
   */
  readonly quietHours?: QuietHours;
  /** What the Page shows before anybody writes: greeting, Get Started, menu. `everthread profile --apply` sets it at Meta. */
  readonly profile?: MessengerProfile;
}

/**
 * Checks a bot and returns it.
 *
 * ```ts
 * export default defineBot({
 *   plugins: [handoff({ on: /human|person/i }), faq([{ match: /open|hours/i, answer: 'We are open 9 to 5.' }])],
 *   sequences: [springOffer],
 *   fallback: 'Sorry, I did not get that. Write "human" to reach a person.',
 * });
 * ```
 * @throws BotError `bot_invalid`, with the name of the plugin or sequence and the option that is wrong.
 */
export function defineBot(bot: Bot): Bot {
  checkBot(bot);
  return bot;
}
