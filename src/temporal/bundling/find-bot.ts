import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { BotError } from '../../domain/bot-error.ts';

/** The bot's path as the developer gave it, made absolute; throws when there is none. */
export function findBot(file: string): string {
  const path = resolve(file);
  if (existsSync(path)) return path;
  throw new BotError(
    'bot_missing',
    `There is no bot at ${path}. Write one (see README.md), or name another file: everthread dev path/to/bot.ts, or BOT.`,
  );
}
