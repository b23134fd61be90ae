/** Checks of the options in a bot's file, when it is loaded: a bot may be plain JavaScript, or half written. */

import { BotError } from '../domain/bot-error.ts';
import type { Sayable } from '../messenger/outbound/outbound-message.ts';
import { outboundMessage } from '../messenger/outbound/sayable.ts';
import { isLocalTime, type LocalTime } from '../policy/local-time.ts';
import { type Hours, isHours } from '../policy/quiet-hours.ts';
import { didYouMean } from './did-you-mean.ts';
import { msOf, type Duration } from './duration.ts';

/** Names are keys of states and parts of workflow ids. */
const NAME = /^[a-z][a-z0-9-]{0,39}$/;
/** A longer time is a mistake: no window of Meta's is open that long. */
const MAX_DURATION_MS = 366 * 86_400_000;

/** Checks of one builder's options. Each throws unless the value is right, and names the option, what was expected and what was given. */
export interface OptionChecks {
  /**
   * No options but these, each listed as `true`: `check.known(options, { on: true, after: true })`. `place` is where they are
   * if they are part of another option: `steps.0`.
   */
  known<Options extends object>(options: Options, known: Readonly<Record<keyof Options, true>>, place?: string): void;
  /** A regular expression. */
  pattern(option: string, value: unknown): void;
  /** A message that can be sent: a text, or what a message builder returns. */
  sayable(option: string, value: unknown): void;
  /** A time such as `'2 hours'`, or ms as a number; more than 0, at most a year. */
  duration(option: string, value: unknown): void;
  /** Quiet hours: `{ from: '21:00', to: '08:00' }`, with a `timeZone` if any. */
  hours(option: string, value: unknown): void;
  /** A time by the person's clock: `{ at: '09:00' }`, with a `weekday` and a `timeZone` if any. */
  localTime(option: string, value: unknown): void;
  /** The name of a topic, or a list with at least one. */
  topics(option: string, value: unknown): void;
  /** A name in kebab-case of at most 40 characters. */
  name(option: string, value: unknown): void;
  /** Anything else: `holds` says whether it is right, `expected` what the error message asks for. */
  that(holds: boolean, option: string, expected: string, value: unknown): void;
}

/**
 * Creates checks for a plugin's options, to run when the bot is loaded: a mistake then stops the deploy, with the bot's file
 * and line, and not a conversation. `owner` is the builder's name as the developer writes it: `leadCapture`.
 *
 * ```ts
 * export function greeter(options: { on: RegExp; after?: Duration }): Plugin {
 *   const { on, after = '1 hour' } = options;
 *   const check = optionsOf('greeter');
 *   check.known(options, { on: true, after: true });
 *   check.pattern('on', on);
 *   check.duration('after', after);
 *   return definePlugin({ … });
 * }
 * ```
 * @throws BotError `bot_invalid`: `greeter: "on" must be a pattern such as /price/i, not "price".`
 */
export function optionsOf(owner: string): OptionChecks {
  function that(holds: boolean, option: string, expected: string, value: unknown): void {
    if (!holds)
      throw new BotError('bot_invalid', `${owner}: "${option}" must be ${expected}, not ${describeValue(value)}.`);
  }
  function known(options: object, names: object, place?: string): void {
    const isRecord = typeof options === 'object' && options !== null && !Array.isArray(options);
    that(isRecord, place ?? 'options', 'an object with options', options);
    const all = Object.keys(names);
    const wrong = Object.keys(options).find((name) => !Object.hasOwn(names, name));
    if (wrong === undefined) return;
    const where = place === undefined ? '' : ` of "${place}"`;
    throw new BotError(
      'bot_invalid',
      `${owner}: "${wrong}" is no option${where}.${didYouMean(wrong, all)} There are: ${all.join(', ')}.`,
      { wrongName: wrong },
    );
  }

  return {
    that,
    known,
    pattern: (option, value) => that(isPattern(value), option, 'a pattern such as /price/i', value),
    duration: (option, value) => that(isDuration(value), option, "a time such as '2 hours', at most a year", value),
    hours: (option, value) => {
      const expected = "{ from: '21:00', to: '08:00' }, perhaps with a timeZone such as 'Europe/Lisbon'";
      that(typeof value === 'object' && value !== null && isHours(value as Hours), option, expected, value);
      known(value as Hours, { from: true, to: true, timeZone: true } satisfies Record<keyof Hours, true>, option);
    },
    localTime: (option, value) => {
      const expected =
        "{ at: '09:00' }, perhaps with a weekday ('monday', a list, or 'working day') and a timeZone such as 'Europe/Lisbon'";
      known(value as LocalTime, { at: true, weekday: true, timeZone: true }, option);
      that(isLocalTime(value as LocalTime), option, expected, value);
    },
    topics: (option, value) => {
      const names: unknown[] = Array.isArray(value) ? value : [value];
      that(names.length > 0 && names.every(isNonEmptyText), option, 'the name of a topic, or a list of names', value);
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
        throw new BotError('bot_invalid', `${owner}: "${option}" cannot be said. ${reason}`, { cause: error });
      }
    },
  };
}

/** Whether a value is a text with at least one character. */
export function isNonEmptyText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0;
}

/** Temporal's sandbox has its own `RegExp`, so `instanceof` does not work. */
function isPattern(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object RegExp]';
}

function isDuration(value: unknown): boolean {
  try {
    const ms = msOf(value as Duration);
    return ms > 0 && ms <= MAX_DURATION_MS;
  } catch {
    return false;
  }
}

const MAX_VALUE_CHARS = 60;

function describeValue(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  const text = isPattern(value) ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > MAX_VALUE_CHARS ? `${text.slice(0, MAX_VALUE_CHARS)}…` : text;
}
