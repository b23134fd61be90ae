import type { Duration } from '@temporalio/common';
import { BotError } from '../messenger/bot-error.ts';
import type { Sayable } from '../messenger/outbound-message.ts';
import type { Plugin } from './plugin.ts';
import type { Sequence } from './sequence.ts';

/** What a bot file exports by default. */
export interface Bot {
  /** Offered each event in this order; the first that handles it ends the chain. */
  readonly plugins: readonly Plugin[];
  readonly sequences?: readonly Sequence[];
  /** Said when no plugin handled a message: Meta asks automated bots to answer everything (Meta, Policy, read 2026-10-06). */
  readonly fallback?: Sayable;
  /** How long the bot is silent after a person answered in the Page inbox. Default: 24 hours. */
  readonly silentAfterHuman?: Duration;
}

const NAME = /^[a-z][a-z0-9-]{0,39}$/;

/** Checks a bot and gives it back. Throws a `BotError` that names what is wrong. */
export function defineBot(bot: Bot): Bot {
  checkNames('plugin', bot.plugins);
  checkNames('sequence', bot.sequences ?? []);
  return bot;
}

function checkNames(what: string, things: readonly { readonly name: string }[]): void {
  const seen = new Set<string>();
  for (const { name } of things) {
    if (!NAME.test(name)) {
      throw new BotError(
        'bot_invalid',
        `The ${what} name "${name}" cannot be used. Write it in kebab-case, at most 40 characters: "lead-capture".`,
      );
    }
    if (seen.has(name)) {
      throw new BotError('bot_invalid', `Two ${what}s are called "${name}". Give one of them another name.`);
    }
    seen.add(name);
  }
}
