import { BotError } from '../domain/bot-error.ts';
import { isObject } from '../messenger/check/json.ts';
import type { Sayable } from '../messenger/outbound/outbound-message.ts';
import { messengerProfile, type MessengerProfile } from '../messenger/profile.ts';
import type { Broadcast } from './broadcast/index.ts';
import { checkKnownFields, checkPlugin, checkSequence, checkUnique, type FieldKinds } from './check-bot-parts.ts';
import { didYouMean } from './did-you-mean.ts';
import { msOf, type Duration } from './duration.ts';
import type { StandardSchema } from './form/field.ts';
import { MAX_BRAKE_EXCHANGES, MAX_GATHER_MS, MIN_BRAKE_EXCHANGES } from './limits.ts';
import { optionsOf } from './options.ts';
import type { Plugin } from './plugin.ts';
import { checkSegment, type Segment } from './segment.ts';
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
   * Sent when no plugin handled a message and no sequence waits for it: Meta asks automated bots to answer everything (Meta,
   * Policy, read 2026-10-06). Default: nothing is sent.
   */
  readonly fallback?: Sayable;
  /**
   * How long the bot is silent after an operator answered by hand, in the Page inbox or in a native app; at most a year.
   * Default: 24 hours.
   */
  readonly silentAfterHuman?: Duration;
  /**
   * Between these hours of the person's day the bot sends nothing on its own initiative: sequences, broadcasts and wake-ups
   * of plugins wait for their end. It still answers. A sequence may have its own. Default: none.
   */
  readonly quietHours?: QuietHours;
  /**
   * Messages that come within this time of each other are one turn, at most 20 seconds and 20 messages in all: plugins get one message with
   * all words and attachments. It delays every answer by as much, and a turn has ten events in Temporal's history in place of
   * five. `false`: every message is a turn. Default: only a file without words waits, 2 seconds, for its caption.
   */
  readonly gather?: Duration | false;
  /**
   * After so many typed messages in a row that each came within 15 seconds of an answer, the bot does not answer for 10
   * minutes, or until a tap: two bots may be answering each other. 10 to 1000, or `false` for no brake. Default: 50.
   */
  readonly brake?: number | false;
  /** What the Page shows before anybody writes: greeting, Get Started, menu. `everthread profile --apply` sets it at Meta. */
  readonly profile?: MessengerProfile;
  /**
   * Topics that come from outside the bot, by name: with a Standard Schema (zod, valibot and others) of their data, or `true`
   * for any data. Sequences may start and stop on them. Default: none.
   */
  readonly topics?: Readonly<Record<string, StandardSchema | true>>;
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

const BOT_FIELDS: FieldKinds<Bot> = {
  plugins: 'data',
  sequences: 'data',
  broadcasts: 'data',
  segments: 'data',
  fallback: 'data',
  silentAfterHuman: 'data',
  quietHours: 'data',
  gather: 'data',
  brake: 'data',
  profile: 'data',
  topics: 'data',
};

function checkBot(bot: Bot): void {
  const { plugins, sequences = [], segments = {}, fallback, silentAfterHuman, quietHours, profile } = bot;
  const check = optionsOf('defineBot');
  checkKnownFields('defineBot', 'a bot', bot, BOT_FIELDS);
  check.that(Array.isArray(plugins), 'plugins', 'a list', plugins);
  check.that(Array.isArray(sequences), 'sequences', 'a list', sequences);
  for (const [index, plugin] of plugins.entries()) checkPlugin(plugin, `plugins.${index}`);
  for (const [index, sequence] of sequences.entries()) checkSequence(sequence, `sequences.${index}`);
  checkUnique('plugin', plugins);
  checkUnique('sequence', sequences.map(nameWithVersion));
  for (const [name, segment] of Object.entries(segments)) {
    check.name('segments', name);
    checkSegment('defineBot', `segments.${name}`, segment);
  }
  checkBroadcasts(bot);
  if (fallback !== undefined) check.sayable('fallback', fallback);
  if (silentAfterHuman !== undefined) check.duration('silentAfterHuman', silentAfterHuman);
  if (quietHours !== undefined) check.hours('quietHours', quietHours);
  checkBursts(bot);
  if (profile !== undefined) messengerProfile(profile);
  checkTopics(bot);
  checkStarts(bot);
}

function checkTopics({ topics = {} }: Bot): void {
  const check = optionsOf('defineBot');
  check.that(isObject(topics), 'topics', "topics by name, such as { 'order.shipped': true }", topics);
  for (const [name, schema] of Object.entries(topics)) {
    const isSchema = schema === true || typeof schema['~standard']?.validate === 'function';
    check.that(isSchema, `topics.${name}`, 'true, or a Standard Schema of its data', schema);
  }
}

/** Sequences that plugins start by name, as the entries of a menu do. */
function checkStarts({ plugins, sequences = [], broadcasts = [] }: Bot): void {
  const known = [...sequences, ...broadcasts].map(({ name }) => name);
  for (const { name, starts = [] } of plugins) {
    for (const wrong of starts.filter((sequence) => !known.includes(sequence))) {
      throw new BotError(
        'bot_invalid',
        `Plugin "${name}" starts the sequence "${wrong}", which is not in the bot.${didYouMean(wrong, known)} Add it to \`sequences\`.`,
        { wrongName: wrong },
      );
    }
  }
}

function checkBursts({ gather = false, brake = false }: Bot): void {
  const check = optionsOf('defineBot');
  if (gather !== false) {
    check.duration('gather', gather);
    check.that(
      msOf(gather) <= MAX_GATHER_MS,
      'gather',
      'at most 20 seconds: Meta asks for an answer within 30',
      gather,
    );
  }
  if (brake === false) return;
  const isCount = Number.isInteger(brake) && brake >= MIN_BRAKE_EXCHANGES && brake <= MAX_BRAKE_EXCHANGES;
  check.that(isCount, 'brake', `a whole number from ${MIN_BRAKE_EXCHANGES} to ${MAX_BRAKE_EXCHANGES}, or false`, brake);
}

function checkBroadcasts({ sequences = [], broadcasts = [], segments = {} }: Bot): void {
  const check = optionsOf('defineBot');
  check.that(Array.isArray(broadcasts), 'broadcasts', 'a list', broadcasts);
  for (const [index, { sequence, to }] of broadcasts.entries()) {
    checkSequence(sequence, `broadcasts.${index}`);
    const isKnown = typeof to !== 'string' || Object.hasOwn(segments, to);
    check.that(
      isKnown,
      `broadcasts.${index}.to`,
      `one of the bot's segments (${Object.keys(segments).join(', ')})`,
      to,
    );
  }
  const sequenceNames = new Set(sequences.map(({ name }) => name));
  checkUnique('broadcast or sequence', [...[...sequenceNames].map((name) => ({ name })), ...broadcasts]);
}

/** A sequence may be listed in several versions. */
function nameWithVersion({ name, version = 1 }: Sequence): { readonly name: string } {
  return { name: version === 1 ? name : `${name} (version ${version})` };
}
