/**
 * Bundles a bot in a process of its own: the compiler keeps this process's event loop free, and its memory goes back to the
 * system when it is done.
 */

import { fork } from 'node:child_process';
import { type ConsoleOutput, logOutput } from '../../console-output.ts';
import { deserializeError, type SerializedError } from '../../domain/serialized-error.ts';
import type { Logger } from '../../logger.ts';
import { ownScript } from '../server/processes.ts';
import type { BotBundle } from './bundle-bot.ts';

/** What the child sends: warnings and output of the bot while it works, then one result. */
export type BundlingMessage =
  | { readonly kind: 'warning'; readonly text: string }
  | { readonly kind: 'output'; readonly output: ConsoleOutput }
  | { readonly kind: 'bundle'; readonly bundle: BotBundle }
  | ({ readonly kind: 'error' } & SerializedError);

/** Like `bundleBot`. The child ends with this process. */
export async function bundleInChild(botFile: string, log: Logger): Promise<BotBundle> {
  const { file, nodeArgs } = ownScript('bundle-in-child-entry', import.meta.url);
  const child = fork(file, [botFile], {
    execArgv: [...nodeArgs],
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return new Promise((resolve, reject) => {
    child.on('message', (message: BundlingMessage) => {
      if (message.kind === 'warning') log.warn({}, message.text);
      if (message.kind === 'output') logOutput(log, message.output);
      if (message.kind === 'bundle') resolve(message.bundle);
      if (message.kind === 'error') reject(deserializeError(message));
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      reject(
        new Error(`The process that bundles ${botFile} ended without a result (${signal ?? `exit code ${code}`}).`),
      );
    });
  });
}
