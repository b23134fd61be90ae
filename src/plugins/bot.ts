import { BotError } from '../domain/bot-error.ts';
import type { RefusalReason } from '../domain/error-codes.ts';
import type { Runs } from '../domain/sequence-start.ts';
import { isWebhookField } from '../messenger/inbound/webhook-fields.ts';
import type { Sayable } from '../messenger/outbound/outbound-message.ts';
import { messengerProfile, type MessengerProfile } from '../messenger/profile.ts';
import type { Broadcast } from './broadcast/index.ts';
import type { Duration } from './duration.ts';
import { optionsOf } from './options.ts';
import { plainJson } from './plain-json.ts';
import { checkDeclaredActivities } from './plugin-activities.ts';
import type { Plugin } from './plugin.ts';
import { checkSegment, type Segment } from './segment.ts';
import type { QuietHours, Sequence } from './sequence.ts';

/** What a bot file exports by default. */
export interface Bot {
  /** Offered each event in this order; the first that handles it ends the chain. */
  readonly plugins: readonly Plugin[];
  readonly sequences?: readonly Sequence[];
  /** What `everthread broadcast` can start. */
  readonly broadcasts?: readonly Broadcast[];
  /** Questions about all people the bot has met, by name: for broadcasts and `everthread contacts --segment`. */
  readonly segments?: Readonly<Record<string, Segment>>;
  /** Said when no plugin handled a message: Meta asks automated bots to answer everything (Meta, Policy, read 2026-10-06). */
  readonly fallback?: Sayable;
  /** How long the bot is silent after a person answered in the Page inbox. Default: 24 hours. */
  readonly silentAfterHuman?: Duration;
  /**
   * Between these hours of the person's day nothing is said on the bot's own initiative: sequences, broadcasts and wake-ups
   * of plugins wait for their end. Answers are given at any time. A sequence may have hours of its own.
   */
  readonly quietHours?: QuietHours;
  /** What the Page shows before anybody says anything; `everthread profile --apply` makes it so. */
  readonly profile?: MessengerProfile;
}

/**
 * Checks a bot and gives it back.
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
  const { plugins, sequences = [], segments = {}, fallback, silentAfterHuman, quietHours, profile } = bot;
  const check = optionsOf('defineBot');
  mustBeKnown('defineBot', 'a bot', bot, BOT);
  check.that(Array.isArray(plugins), 'plugins', 'a list', plugins);
  check.that(Array.isArray(sequences), 'sequences', 'a list', sequences);
  for (const [index, plugin] of plugins.entries()) checkPlugin(plugin, `plugins.${index}`);
  for (const [index, sequence] of sequences.entries()) checkSequence(sequence, `sequences.${index}`);
  mustDiffer('plugin', plugins);
  mustDiffer('sequence', sequences.map(nameWithVersion));
  for (const [name, segment] of Object.entries(segments)) {
    check.name('segments', name);
    checkSegment('defineBot', `segments.${name}`, segment);
  }
  checkBroadcasts(bot);
  if (fallback !== undefined) check.sayable('fallback', fallback);
  if (silentAfterHuman !== undefined) check.duration('silentAfterHuman', silentAfterHuman);
  if (quietHours !== undefined) check.hours('quietHours', quietHours);
  if (profile !== undefined) messengerProfile(profile);
  return bot;
}

const BOT: Parts<Bot> = {
  plugins: true,
  sequences: true,
  broadcasts: true,
  segments: true,
  fallback: true,
  silentAfterHuman: true,
  quietHours: true,
  profile: true,
};

const HOOKS = [
  'observe',
  'onMessage',
  'onPostback',
  'onEvent',
  'afterMessage',
  'onWake',
  'onTopic',
  'onHandoff',
  'onWindowClosing',
  'migrate',
  'progress',
] as const satisfies readonly (keyof Plugin)[];

const PLUGIN: Parts<Plugin> = {
  name: true,
  version: true,
  state: true,
  migrate: true,
  progress: true,
  fields: true,
  beforeWindowCloses: true,
  activities: true,
  observe: true,
  onMessage: true,
  onPostback: true,
  onEvent: true,
  afterMessage: true,
  onWake: true,
  onTopic: true,
  onWindowClosing: true,
  onHandoff: true,
};

function checkPlugin(plugin: Plugin, place: string): void {
  optionsOf('defineBot').that(isObject(plugin), place, 'a plugin', plugin);
  optionsOf(`The plugin at ${place}`).name('name', plugin.name);
  const check = optionsOf(`Plugin "${plugin.name}"`);
  mustBeKnown(`Plugin "${plugin.name}"`, 'a plugin', plugin, PLUGIN);
  for (const hook of HOOKS) {
    check.that(plugin[hook] === undefined || typeof plugin[hook] === 'function', hook, 'a function', plugin[hook]);
  }
  const { version = 1, state = {}, fields = [] } = plugin;
  check.that(Number.isInteger(version) && version > 0, 'version', 'a whole number from 1', version);
  check.that(isObject(state), 'state', 'an object of plain JSON', state);
  const { beforeWindowCloses } = plugin;
  if (beforeWindowCloses !== undefined) check.duration('beforeWindowCloses', beforeWindowCloses);
  const areFields = Array.isArray(fields) && fields.every(isWebhookField);
  check.that(areFields, 'fields', "a list of Meta's webhook fields, such as ['messaging_feedback']", fields);
  plainJson(state, `Plugin "${plugin.name}": "state"`);
  checkActivities(plugin, `Plugin "${plugin.name}"`);
}

const SEQUENCE: Parts<Sequence> = {
  name: true,
  version: true,
  startOn: true,
  stopOn: true,
  runs: true,
  endOn: true,
  quietHours: true,
  activities: true,
  run: true,
};

const RUNS: readonly Runs[] = ['one_at_a_time', 'restart', 'once'];
const REFUSALS = Object.keys({
  never_wrote: true,
  window_closed: true,
  window_uncertain: true,
  person_unavailable: true,
  opted_out: true,
} satisfies Record<RefusalReason, true>);

function checkSequence(sequence: Sequence, place: string): void {
  optionsOf('defineBot').that(isObject(sequence), place, 'a sequence', sequence);
  optionsOf(`The sequence at ${place}`).name('name', sequence.name);
  const { name, version = 1, startOn, stopOn, endOn = [], runs = 'one_at_a_time', quietHours } = sequence;
  const check = optionsOf(`Sequence "${name}"`);
  mustBeKnown(`Sequence "${name}"`, 'a sequence', sequence, SEQUENCE);
  check.that(typeof sequence.run === 'function', 'run', 'a function', typeof sequence.run);
  // Temporal would start everthread's own workflow in its place.
  check.that(name !== 'conversation' && name !== 'broadcast', 'name', 'another word', name);
  if (startOn !== undefined) check.topics('startOn', startOn);
  if (stopOn !== undefined && stopOn.length > 0) check.topics('stopOn', stopOn);
  if (quietHours !== undefined) check.hours('quietHours', quietHours);
  check.that(Number.isInteger(version) && version > 0, 'version', 'a whole number from 1', version);
  check.that(RUNS.includes(runs), 'runs', `one of ${RUNS.join(', ')}`, runs);
  const areReasons = Array.isArray(endOn) && endOn.every((reason: string) => REFUSALS.includes(reason));
  check.that(areReasons, 'endOn', `a list of ${REFUSALS.join(', ')}`, endOn);
  checkActivities(sequence, `Sequence "${name}"`);
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
  mustDiffer('broadcast or sequence', [...[...sequenceNames].map((name) => ({ name })), ...broadcasts]);
}

function checkActivities({ activities }: Pick<Plugin, 'activities'>, whose: string): void {
  if (activities === undefined) return;
  optionsOf(whose).that(isObject(activities), 'activities', 'what `outside` gives', activities);
  checkDeclaredActivities(`${whose}: activities`, activities.options);
}

type Parts<Thing> = Readonly<Record<keyof Thing, true>>;

/** A slip, such as `sequence` or `onMesage`, would do nothing and say nothing: `everthread dev` compiles without types. */
function mustBeKnown<Thing extends object>(whose: string, what: string, thing: Thing, parts: Parts<Thing>): void {
  const unknown = Object.keys(thing).find((part) => !Object.hasOwn(parts, part));
  if (unknown === undefined) return;
  const known = Object.keys(parts).join(', ');
  throw new BotError('bot_invalid', `${whose}: "${unknown}" is no part of ${what}. There are: ${known}.`);
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** One name may stand there in several versions. */
function nameWithVersion({ name, version = 1 }: Sequence): { readonly name: string } {
  return { name: version === 1 ? name : `${name} (version ${version})` };
}

function mustDiffer(what: string, things: readonly { readonly name: string }[]): void {
  const names = things.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new BotError('bot_invalid', `Two ${what}s are called "${twice}". Give one of them another name.`);
}
