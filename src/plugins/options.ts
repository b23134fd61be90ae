/** Checks of what bot files hand over, when they are loaded: a bot may be plain JavaScript, or half written. */

import { BotError } from '../domain/bot-error.ts';
import type { Sayable } from '../messenger/outbound/outbound-message.ts';
import { outboundMessage } from '../messenger/outbound/sayable.ts';
import { type Hours, isHours } from '../policy/quiet-hours.ts';
import { msOf, type Duration } from './duration.ts';

/** Names in kebab-case are keys of states and parts of workflow ids. */
const NAME = /^[a-z][a-z0-9-]{0,39}$/;
/** `seq.sleep('3 years')` is a slip: no window of Meta's is open then. */
const MAX_MS = 366 * 86_400_000;

/** Checks options, all in one phrase: whose, which, what was expected, what was given. */
export interface OptionChecks {
  pattern(option: string, value: unknown): void;
  sayable(option: string, value: unknown): void;
  duration(option: string, value: unknown): void;
  hours(option: string, value: unknown): void;
  topics(option: string, value: unknown): void;
  name(option: string, value: unknown): void;
  /** Anything else: throws unless it holds. */
  that(holds: boolean, option: string, expected: string, value: unknown): void;
}

/**
 * Checks of a plugin's options, made when the bot is loaded: a slip then stops the deploy, with the bot's file and line,
 * and not a talk. `whose` is the builder's name as the author wrote it: `leadCapture`.
 *
 * ```ts
 * export function greeter({ on, after = '1 hour' }: { on: RegExp; after?: Duration }): Plugin {
 *   const check = optionsOf('greeter');
 *   check.pattern('on', on);
 *   check.duration('after', after);
 *   return definePlugin({ … });
 * }
 * ```
 * @throws BotError `bot_invalid`: `greeter: "on" must be a pattern such as /price/i, not "price".`
 */
export function optionsOf(whose: string): OptionChecks {
  function that(holds: boolean, option: string, expected: string, value: unknown): void {
    if (!holds) throw new BotError('bot_invalid', `${whose}: "${option}" must be ${expected}, not ${shown(value)}.`);
  }
  return {
    that,
    pattern: (option, value) => that(isPattern(value), option, 'a pattern such as /price/i', value),
    duration: (option, value) => that(isDuration(value), option, "a time such as '2 hours', at most a year", value),
    hours: (option, value) => {
      const expected = "{ from: '21:00', to: '08:00' }, perhaps with a timeZone such as 'Europe/Lisbon'";
      that(typeof value === 'object' && value !== null && isHours(value as Hours), option, expected, value);
    },
    topics: (option, value) => {
      const names: unknown[] = Array.isArray(value) ? value : [value];
      that(names.length > 0 && names.every(isFilled), option, 'the name of a topic, or a list of names', value);
    },
    name: (option, value) => {
      const isName = typeof value === 'string' && NAME.test(value) && !(value in {});
      that(isName, option, 'a name in kebab-case of at most 40 characters, such as "lead-capture"', value);
    },
    sayable: (option, value) => {
      try {
        outboundMessage(value as Sayable);
      } catch (error) {
        const reason = error instanceof BotError ? error.message : String(error);
        throw new BotError('bot_invalid', `${whose}: "${option}" cannot be said. ${reason}`, { cause: error });
      }
    },
  };
}

function isFilled(value: unknown): boolean {
  return typeof value === 'string' && value.length > 0;
}

/** The sandbox has a `RegExp` of its own, so `instanceof` says nothing. */
function isPattern(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object RegExp]';
}

function isDuration(value: unknown): boolean {
  try {
    const ms = msOf(value as Duration);
    return ms > 0 && ms <= MAX_MS;
  } catch {
    return false;
  }
}

const MAX_SHOWN_CHARS = 60;

function shown(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  const text = isPattern(value) ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > MAX_SHOWN_CHARS ? `${text.slice(0, MAX_SHOWN_CHARS)}…` : text;
}
