/**
 * Bundles a bot in a process of its own: the compiler keeps this process's event loop free, and its memory goes back to the
 * system when it is done. A bot that has not changed is taken from the user's cache.
 */

import { fork } from 'node:child_process';
import { join } from 'node:path';
import { logOutput } from '../../console-output.ts';
import { deserializeError, type SerializedError } from '../../domain/serialized-error.ts';
import type { Logger } from '../../logger.ts';
import { userCacheFolder } from '../cli/user-cache.ts';
import { ownScript } from '../server/processes.ts';
import type { BotBundle, BundlingOptions } from './bundle-bot.ts';
import { type BundlingNote, type NotedBundle, reuseBundle } from './bundle-cache.ts';
import { findBot } from './find-bot.ts';

/** What the child sends: notes while it works, then one result. */
export type BundlingMessage =
  | BundlingNote
  | { readonly kind: 'bundle'; readonly bundle: BotBundle }
  | ({ readonly kind: 'error' } & SerializedError);

/** How the child bundles. */
export type ChildBundlingOptions = Pick<BundlingOptions, 'hidesFailures'>;

/** Where bundles are kept: below the user's cache folder. */
export function bundleFolderIn(env: NodeJS.ProcessEnv): string {
  return join(userCacheFolder(env), 'bundles');
}

/** Like `bundleBot`, with a cache in `cacheFolder`. The child ends with this process. */
export async function bundleInChild(
  botFile: string,
  log: Logger,
  cacheFolder: string,
  options: ChildBundlingOptions = {},
): Promise<BotBundle> {
  const bot = findBot(botFile);
  let wasBuilt = false;
  const build = () => {
    wasBuilt = true;
    return buildInChild(bot, options, (note) => tell(note, log));
  };
  const { bundle, notes } = await reuseBundle(bot, cacheFolder, build, options);
  if (!wasBuilt) for (const note of notes) tell(note, log);
  return bundle;
}

function tell(note: BundlingNote, log: Logger): void {
  if (note.kind === 'warning') log.warn({}, note.text);
  else logOutput(log, note.output);
}

function buildInChild(
  bot: string,
  options: ChildBundlingOptions,
  onNote: (note: BundlingNote) => void,
): Promise<NotedBundle> {
  const { file, nodeArgs } = ownScript('bundle-in-child-entry', import.meta.url);
  const child = fork(file, [bot, JSON.stringify(options)], {
    execArgv: [...nodeArgs],
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const notes: BundlingNote[] = [];
  return new Promise((resolve, reject) => {
    child.on('message', (message: BundlingMessage) => {
      if (message.kind === 'bundle') return resolve({ bundle: message.bundle, notes });
      if (message.kind === 'error') return reject(deserializeError(message));
      notes.push(message);
      onNote(message);
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      reject(new Error(`The process that bundles ${bot} ended without a result (${signal ?? `exit code ${code}`}).`));
    });
  });
}
