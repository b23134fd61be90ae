/** Loads `activities.ts` beside the bot: the bot's activities, which run in ordinary Node. */

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { tsImport } from 'tsx/esm/api';
import { BotError } from '../../domain/bot-error.ts';
import { displayPath } from './bundle-diagnostics.ts';
import { findDependencyFiles } from './dependency-files.ts';
import { findBot } from './find-bot.ts';

const FILE_NAMES = ['activities.ts', 'activities.js', 'activities.mjs'];

/** Paths where the file may be; the first that exists counts. */
export function activityFileCandidates(bot: string): readonly string[] {
  const folder = dirname(findBot(bot));
  return FILE_NAMES.map((name) => join(folder, name));
}

/** Loads the activities and their imports without any module cache; `ours` has the names that are taken. */
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

/** Without `"type": "module"` in package.json, Node would return cached modules. */
function clearRequireCache(file: string): void {
  const { cache } = createRequire(import.meta.url);
  const files = new Set(findDependencyFiles(file).files);
  for (const key of Object.keys(cache)) if (files.has(key.split('?')[0] ?? '')) delete cache[key];
}

/** Stack frames in files, by path or by URL, with tsx's suffix. */
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
