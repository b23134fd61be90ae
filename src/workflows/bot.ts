/**
 * The bot this worker runs. `@bot` is no package: the bundler puts the author's file in its place.
 */

import * as file from '@bot';
import { BotError } from '../domain/bot-error.ts';
import { defineBot, type Bot } from '../plugins/bot.ts';
import type { Broadcast } from '../plugins/broadcast/index.ts';
import type { Plugin } from '../plugins/plugin.ts';
import type { Segment } from '../plugins/segment.ts';
import type { Sequence } from '../plugins/sequence.ts';

export const bot: Bot = exportedBot(file);

export const plugins: readonly Plugin[] = bot.plugins;

const { broadcasts = [] } = bot;

const sequences: readonly Sequence[] = [...(bot.sequences ?? []), ...broadcasts.map(({ sequence }) => sequence)];

/** By name, the one with the highest version: the one that starts. */
const newest: ReadonlyMap<string, Sequence> = new Map(
  sequences.toSorted((a, b) => versionOf(a) - versionOf(b)).map((sequence) => [sequence.name, sequence]),
);

export function versionOf({ version = 1 }: Pick<Sequence, 'version'>): number {
  return version;
}

/** The code of a run that goes on. */
export function findSequence(name: string, version: number): Sequence | undefined {
  return sequences.find((sequence) => sequence.name === name && versionOf(sequence) === version);
}

export function newestSequence(name: string): Sequence | undefined {
  return newest.get(name);
}

export function findBroadcast(name: string): (Broadcast & { readonly segment: Segment }) | undefined {
  const found = broadcasts.find((broadcast) => broadcast.name === name);
  const segment = typeof found?.to === 'string' ? bot.segments?.[found.to] : found?.to;
  return found && segment && { ...found, segment };
}

/** Sequences that a topic starts. */
export function sequencesStartedBy(topic: string): Sequence[] {
  return [...newest.values()].filter(({ startOn }) =>
    typeof startOn === 'string' ? startOn === topic : startOn?.includes(topic),
  );
}

/** Checked once more: whoever writes plain JavaScript may have left `defineBot` out. */
function exportedBot(exported: { readonly default?: Bot | undefined }): Bot {
  if (typeof exported.default === 'object') return defineBot(exported.default);
  throw new BotError('bot_invalid', 'it has no bot as its default export. Write: export default defineBot({ … })');
}
