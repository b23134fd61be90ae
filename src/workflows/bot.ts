/**
 * The bot this worker runs. `@bot` is no package: the bundler puts the author's file in its place.
 */
import * as file from '@bot';
import { BotError } from '../messenger/bot-error.ts';
import { defineBot, type Bot } from '../plugins/bot.ts';
import type { Plugin } from '../plugins/plugin.ts';
import type { Sequence } from '../plugins/sequence.ts';

export const bot: Bot = exportedBot(file);

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

/** Checked once more: whoever writes plain JavaScript may have left `defineBot` out. */
function exportedBot(exported: { readonly default?: Bot | undefined }): Bot {
  if (typeof exported.default === 'object') return defineBot(exported.default);
  throw new BotError('bot_invalid', 'it has no bot as its default export. Write: export default defineBot({ … })');
}
