/** Whether a SQLite file is damaged: SQLite notices by itself only what it happens to read. */

import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { isDamage } from './store-error.ts';

/**
 * Reads the whole file, in a thread of its own, so that this process goes on meanwhile. Other processes may use the file.
 *
 * @throws an error with SQLite's code when it is damaged, or cannot be read.
 */
export async function checkSqliteFile(path: string): Promise<void> {
  const thread = new Worker(new URL('file-check-thread.mjs', import.meta.url), { workerData: { path }, execArgv: [] });
  const [answer] = (await once(thread, 'message')) as [{ readonly code?: string }];
  await thread.terminate();
  if (answer.code !== undefined) throw Object.assign(new Error('The file is damaged'), { code: answer.code });
}

/** A check of a large file reads much: its share of the time is one in so many. */
const REST_FACTOR = 200;
const MIN_REST_MS = 10_000;
/** A caller waits so long for a check that runs, and gets its result at the next call. */
const MAX_WAIT_MS = 500;

/** Creates a function that begins a check when one is due, and calls `onDamage` when a check has found damage. */
export function createFileChecks(path: string, onDamage: (error: unknown) => void): () => Promise<void> {
  let running: Promise<void> | undefined;
  let dueAt = 0;

  async function check(): Promise<void> {
    const startedAt = performance.now();
    try {
      await checkSqliteFile(path);
    } catch (error) {
      // A file that is locked or cannot be opened is reported where it is used.
      if (isDamage(error)) onDamage(error);
    }
    dueAt = performance.now() + Math.max(MIN_REST_MS, REST_FACTOR * (performance.now() - startedAt));
    running = undefined;
  }

  return async () => {
    if (performance.now() >= dueAt) running ??= check();
    if (running) await Promise.race([running, delay(MAX_WAIT_MS, undefined, { ref: false })]);
  };
}
