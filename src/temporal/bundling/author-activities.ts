/** `activities.ts` beside the bot: ordinary Node, the bot's outside half. */

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { tsImport } from 'tsx/esm/api';
import { BotError } from '../../domain/bot-error.ts';
import { findBot } from './bundle-bot.ts';
import { fileName } from './bundle-errors.ts';
import { filesBehind } from './files-behind.ts';

const NAMES = ['activities.ts', 'activities.js', 'activities.mjs'];

/** Where they may be; the first that is there counts. */
export function activityFiles(bot: string): readonly string[] {
  const folder = dirname(findBot(bot));
  return NAMES.map((name) => join(folder, name));
}

/**
 * Loads them anew, with all that they import: nothing of an earlier time is used again. `ours` are names that are taken.
 */
export async function authorsActivities(bot: string, ours: object): Promise<Record<string, never>> {
  const file = activityFiles(bot).find(existsSync);
  if (file === undefined) return {};
  const { activities } = await load(file);
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

/** Without `"type": "module"` in a package.json, Node would give what it has read before. */
function forget(file: string): void {
  const { cache } = createRequire(import.meta.url);
  const files = new Set(filesBehind(file).files);
  for (const key of Object.keys(cache)) if (files.has(key.split('?')[0] ?? '')) delete cache[key];
}

/** Lines of a stack that are in a file, by path or by URL, with what tsx adds to it. */
const PLACES = /^ +at (?:.*\()?(?:file:\/\/)?(\/[^?:()]+)(?:\?[^:]*)?(:\d+:\d+)\)?$/gm;

type Exports = { readonly activities?: Record<string, never> };

async function load(file: string): Promise<Exports> {
  forget(file);
  try {
    return (await tsImport(pathToFileURL(file).href, import.meta.url)) as Exports;
  } catch (error) {
    const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
    const theirs = new Set(filesBehind(file).files);
    const [, path, line] = [...stack.matchAll(PLACES)].find(([, candidate = '']) => theirs.has(candidate)) ?? [];
    const at = path === undefined ? '' : `\n    at ${fileName(path)}${line}`;
    throw new BotError('bot_invalid', `${fileName(file)} cannot be loaded: ${message}${at}`, { cause: error });
  }
}
