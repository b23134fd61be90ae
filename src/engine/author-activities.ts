/** `activities.ts` beside the bot: ordinary Node, the bot's outside half. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { tsImport } from 'tsx/esm/api';
import { BotError } from '../messenger/bot-error.ts';
import { findBot } from './bundle-bot.ts';
import { fileName } from './bundle-errors.ts';

const NAMES = ['activities.ts', 'activities.js', 'activities.mjs'];

/** Where they may be; the first that is there counts. */
export function activityFiles(bot: string): readonly string[] {
  const folder = dirname(findBot(bot));
  return NAMES.map((name) => join(folder, name));
}

/**
 * Loads them anew, with all that they import: nothing of an earlier time is used again. `ours` are names that are taken.
 * `onFile` hears of every file that is read on the way.
 */
export async function authorsActivities(
  bot: string,
  ours: object,
  onFile: (path: string) => void = () => {},
): Promise<Record<string, never>> {
  const file = activityFiles(bot).find(existsSync);
  if (file === undefined) return {};
  onFile(file);
  const { activities } = await load(file, onFile);
  if (activities === undefined) {
    throw new BotError(
      'bot_invalid',
      `${file} exports no \`activities\`. Write: export const activities = { async … };`,
    );
  }
  const taken = Object.keys(activities).filter((name) => name in ours);
  if (taken.length === 0) return activities;
  throw new BotError(
    'bot_invalid',
    `${file} names an activity ${taken.join(', ')}, which everthread has itself. Rename it.`,
  );
}

type Exports = { readonly activities?: Record<string, never> };

async function load(file: string, onFile: (path: string) => void): Promise<Exports> {
  const onImport = (url: string) => url.startsWith('file:') && onFile(fileURLToPath(new URL(url)));
  try {
    return (await tsImport(pathToFileURL(file).href, { parentURL: import.meta.url, onImport })) as Exports;
  } catch (error) {
    const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
    const place = /\((file:\/\/[^)?]+)[^)]*?(:\d+:\d+)\)|at (file:\/\/[^?\s]+)\S*?(:\d+:\d+)/.exec(stack);
    const [url, line] = place ? [place[1] ?? place[3], place[2] ?? place[4]] : [];
    const at = url === undefined ? '' : `\n    at ${fileName(fileURLToPath(url))}${line}`;
    throw new BotError('bot_invalid', `${fileName(file)} cannot be loaded: ${message}${at}`, { cause: error });
  }
}
