/** The bot that this worker runs. `@bot` is no package: the bundler resolves it to the developer's file. */

import * as file from '@bot';
import { BotError } from '../domain/bot-error.ts';
import { defineBot, type Bot } from '../plugins/bot.ts';
import type { Broadcast } from '../plugins/broadcast/index.ts';
import type { Plugin } from '../plugins/plugin.ts';
import type { Segment } from '../plugins/segment.ts';
import type { Sequence } from '../plugins/sequence.ts';

/** The default export of the bot's file, checked. */
export const bot: Bot = exportedBot(file);

/** The bot's plugins, in the order in which they are offered an event. */
export const plugins: readonly Plugin[] = bot.plugins;

const { broadcasts = [] } = bot;

const sequences: readonly Sequence[] = [...(bot.sequences ?? []), ...broadcasts.map(({ sequence }) => sequence)];

/** By name, the sequence with the highest version: new runs use that one. */
const newest: ReadonlyMap<string, Sequence> = new Map(
  sequences.toSorted((a, b) => sequenceVersion(a) - sequenceVersion(b)).map((sequence) => [sequence.name, sequence]),
);

/** The version of a sequence; 1 when it names none. */
export function sequenceVersion({ version = 1 }: Pick<Sequence, 'version'>): number {
  return version;
}

/** The sequence that a run of this version goes on with, also when there is a newer one. */
export function findSequence(name: string, version: number): Sequence | undefined {
  return sequences.find((sequence) => sequence.name === name && sequenceVersion(sequence) === version);
}

/** The sequence that a new run uses. */
export function newestSequence(name: string): Sequence | undefined {
  return newest.get(name);
}

/** A broadcast of the bot, with its segment looked up by name. */
export function findBroadcast(name: string): (Broadcast & { readonly segment: Segment }) | undefined {
  const found = broadcasts.find((broadcast) => broadcast.name === name);
  const segment = typeof found?.to === 'string' ? bot.segments?.[found.to] : found?.to;
  return found && segment && { ...found, segment };
}

/** Whether a reply can stop a run of this sequence, in any of its versions; also for a sequence that the bot has no more. */
export function mayStopOnReply(name: string): boolean {
  const versions = sequences.filter((sequence) => sequence.name === name);
  return versions.length === 0 || versions.some(({ stopOn }) => stopOn?.includes('reply'));
}

/** Sequences that a topic starts, each in its newest version. */
export function sequencesStartedBy(topic: string): Sequence[] {
  return [...newest.values()].filter(({ startOn }) =>
    typeof startOn === 'string' ? startOn === topic : startOn?.includes(topic),
  );
}

/** Checks the bot again: a file in plain JavaScript may export one without `defineBot`. */
function exportedBot(exported: { readonly default?: Bot | undefined }): Bot {
  if (typeof exported.default === 'object') return defineBot(exported.default);
  throw new BotError('bot_invalid', 'it has no bot as its default export. Write: export default defineBot({ … })');
}
