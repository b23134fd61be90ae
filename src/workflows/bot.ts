/**
 * The bot this worker runs. `@bot` is no package: the bundler puts the author's file in its place.
 */
import bot from '@bot';
import type { Plugin } from '../plugins/plugin.ts';
import type { Sequence } from '../plugins/sequence.ts';

export { bot };

export const plugins: readonly Plugin[] = bot.plugins;

const sequences: ReadonlyMap<string, Sequence> = new Map(
  (bot.sequences ?? []).map((sequence) => [sequence.name, sequence]),
);

export function findSequence(name: string): Sequence | undefined {
  return sequences.get(name);
}

/** Sequences that a topic starts. */
export function sequencesStartedBy(topic: string): Sequence[] {
  return [...sequences.values()].filter(({ startOn }) =>
    typeof startOn === 'string' ? startOn === topic : startOn?.includes(topic),
  );
}
