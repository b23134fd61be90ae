/** `activities.ts` beside the bot: ordinary Node, the bot's outside half. */

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { tsImport } from 'tsx/esm/api';
import { BotError } from '../../domain/bot-error.ts';
import { findBot } from './bundle-bot.ts';
import { displayPath } from './bundle-diagnostics.ts';
import { findDependencyFiles } from './dependency-files.ts';

const FILE_NAMES = ['activities.ts', 'activities.js', 'activities.mjs'];

/** Where they may be; the first that is there counts. */
export function activityFileCandidates(bot: string): readonly string[] {
  const folder = dirname(findBot(bot));
  return FILE_NAMES.map((name) => join(folder, name));
}

/**
 * Loads them anew, with all that they import: nothing of an earlier time is used again. `ours` are names that are taken.
 */
export async function loadActivities(bot: string, ours: object): Promise<Record<string, never>> {
  const file = activityFileCandidates(bot).find(existsSync);
  if (file === undefined) return {};
  const { activities } = await importAnew(file);
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
function clearRequireCache(file: string): void {
  const { cache } = createRequire(import.meta.url);
  const files = new Set(findDependencyFiles(file).files);
  for (const key of Object.keys(cache)) if (files.has(key.split('?')[0] ?? '')) delete cache[key];
}

/** Lines of a stack that are in a file, by path or by URL, with what tsx adds to it. */
const STACK_FRAMES = /^ +at (?:.*\()?(?:file:\/\/)?(\/[^?:()]+)(?:\?[^:]*)?(:\d+:\d+)\)?$/gm;

type Exports = { readonly activities?: Record<string, never> };

async function importAnew(file: string): Promise<Exports> {
  clearRequireCache(file);
  try {
    return (await tsImport(pathToFileURL(file).href, import.meta.url)) as Exports;
  } catch (error) {
    const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
    const theirs = new Set(findDependencyFiles(file).files);
    const [, path, line] = [...stack.matchAll(STACK_FRAMES)].find(([, candidate = '']) => theirs.has(candidate)) ?? [];
    const at = path === undefined ? '' : `\n    at ${displayPath(path)}${line}`;
    throw new BotError('bot_invalid', `${displayPath(file)} cannot be loaded: ${message}${at}`, { cause: error });
  }
}
