/**
 * Checks of a bot's plugins and sequences when it is loaded: a bot may be plain JavaScript, and `everthread dev` compiles
 * without checking types. Each throws a `BotError` with the code `bot_invalid`.
 */

import { BotError } from '../domain/bot-error.ts';
import { REFUSAL_REASONS, type RefusalReason } from '../domain/error-codes.ts';
import type { Runs } from '../domain/sequence-start.ts';
import { isObject } from '../messenger/check/json.ts';
import { isWebhookField } from '../messenger/inbound/webhook-fields.ts';
import { didYouMean } from './did-you-mean.ts';
import { isNonEmptyText, optionsOf } from './options.ts';
import { copyPlainJson } from './plain-json.ts';
import { checkDeclaredActivities } from './plugin-activities.ts';
import type { Plugin } from './plugin.ts';
import type { Sequence } from './sequence.ts';

/** Every field of a type, and whether it is a function: the compiler holds such a table to its type. */
export type FieldKinds<Type> = {
  readonly [Field in keyof Type]-?: Required<Type>[Field] extends (...args: never) => unknown ? 'function' : 'data';
};

const PLUGIN_FIELDS: FieldKinds<Plugin> = {
  name: 'data',
  version: 'data',
  state: 'data',
  migrate: 'function',
  progress: 'function',
  fields: 'data',
  beforeWindowCloses: 'data',
  activities: 'data',
  emits: 'data',
  hears: 'data',
  starts: 'data',
  wordsToTry: 'data',
  observe: 'function',
  onMessage: 'function',
  onPostback: 'function',
  onEvent: 'function',
  afterMessage: 'function',
  onWake: 'function',
  onTopic: 'function',
  onWindowClosing: 'function',
  onHandoff: 'function',
};

const SEQUENCE_FIELDS: FieldKinds<Sequence> = {
  name: 'data',
  version: 'data',
  startOn: 'data',
  stopOn: 'data',
  runs: 'data',
  endOn: 'data',
  quietHours: 'data',
  activities: 'data',
  run: 'function',
};

const RUNS = Object.keys({ one_at_a_time: true, restart: true, once: true } satisfies Record<Runs, true>);

/** Names of everthread's own workflow types: Temporal would start those in place of a sequence. */
const RESERVED_NAMES: readonly string[] = ['conversation', 'broadcast'];

/** Checks one plugin; `place` says where it is in the bot: `plugins.0`. */
export function checkPlugin(plugin: Plugin, place: string): void {
  optionsOf('defineBot').that(isObject(plugin), place, 'a plugin', plugin);
  optionsOf(`The plugin at ${place}`).name('name', plugin.name);
  const owner = `Plugin "${plugin.name}"`;
  const check = optionsOf(owner);
  checkKnownFields(owner, 'a plugin', plugin, PLUGIN_FIELDS);
  const { version = 1, state = {}, fields = [] } = plugin;
  check.that(Number.isInteger(version) && version > 0, 'version', 'a whole number from 1', version);
  check.that(isObject(state) || Array.isArray(state), 'state', 'an object of plain JSON', state);
  const { beforeWindowCloses } = plugin;
  if (beforeWindowCloses !== undefined) check.duration('beforeWindowCloses', beforeWindowCloses);
  const areFields = Array.isArray(fields) && fields.every(isWebhookField);
  check.that(areFields, 'fields', "a list of Meta's webhook fields, such as ['messaging_feedback']", fields);
  copyPlainJson(state, `${owner}: "state"`);
  for (const part of ['emits', 'hears', 'starts'] as const) {
    const names: unknown = plugin[part] ?? [];
    check.that(Array.isArray(names) && names.every(isNonEmptyText), part, 'a list of names', names);
  }
  checkOwnActivities(owner, plugin);
}

/** Checks one sequence; `place` says where it is in the bot: `sequences.0`. */
export function checkSequence(sequence: Sequence, place: string): void {
  optionsOf('defineBot').that(isObject(sequence), place, 'a sequence', sequence);
  optionsOf(`The sequence at ${place}`).name('name', sequence.name);
  const { name, version = 1, startOn, stopOn, endOn = [], runs = 'one_at_a_time', quietHours } = sequence;
  const owner = `Sequence "${name}"`;
  const check = optionsOf(owner);
  checkKnownFields(owner, 'a sequence', sequence, SEQUENCE_FIELDS);
  check.that(typeof sequence.run === 'function', 'run', 'a function', typeof sequence.run);
  check.that(!RESERVED_NAMES.includes(name), 'name', 'another word', name);
  if (startOn !== undefined) check.topics('startOn', startOn);
  if (stopOn !== undefined && stopOn.length > 0) check.topics('stopOn', stopOn);
  if (quietHours !== undefined) check.hours('quietHours', quietHours);
  check.that(Number.isInteger(version) && version > 0, 'version', 'a whole number from 1', version);
  check.that(RUNS.includes(runs), 'runs', `one of ${RUNS.join(', ')}`, runs);
  const areReasons = Array.isArray(endOn) && endOn.every((reason: RefusalReason) => REFUSAL_REASONS.includes(reason));
  check.that(areReasons, 'endOn', `a list of ${REFUSAL_REASONS.join(', ')}`, endOn);
  checkOwnActivities(owner, sequence);
}

function checkOwnActivities(owner: string, { activities }: Pick<Plugin, 'activities'>): void {
  if (activities === undefined) return;
  checkDeclaredActivities(`${owner}: activities`, isObject(activities) ? activities.options : undefined);
}

/** Refuses unknown fields, such as `sequence` or `onMesage`, which would do nothing, and hooks that are no functions. */
export function checkKnownFields<Type extends object>(
  owner: string,
  what: string,
  value: Type,
  kinds: FieldKinds<Type>,
): void {
  const unknown = Object.keys(value).find((field) => !Object.hasOwn(kinds, field));
  if (unknown !== undefined) {
    const known = Object.keys(kinds).join(', ');
    const guess = didYouMean(unknown, Object.keys(kinds));
    throw new BotError('bot_invalid', `${owner}: "${unknown}" is no part of ${what}.${guess} There are: ${known}.`, {
      wrongName: unknown,
    });
  }
  const check = optionsOf(owner);
  for (const [field, kind] of Object.entries(kinds)) {
    const given: unknown = value[field as keyof Type];
    check.that(kind === 'data' || given === undefined || typeof given === 'function', field, 'a function', given);
  }
}

/** Refuses two of one name. */
export function checkUnique(what: string, named: readonly { readonly name: string }[]): void {
  const names = named.map(({ name }) => name);
  const duplicate = names.find((name, index) => names.indexOf(name) !== index);
  if (duplicate === undefined) return;
  throw new BotError('bot_invalid', `Two ${what}s are called "${duplicate}". Give one of them another name.`);
}
