/**
 * Looks after the workflow threads of a worker: a workflow in whose activations workers die, or are stuck, is quarantined
 * (docs/decisions/018-quarantine.md).
 */

import { rmSync } from 'node:fs';
import { basename } from 'node:path';
import type { Logger } from '../../logger.ts';
import type { ThreadGuard, WatchedThread } from './index.ts';
import { createMarkFile, markId, openMarkFolder, readLeftMarks } from './mark-files.ts';
import { readMark, type Activation } from './marks.mjs';

/** Where strikes are recorded: the store's `Quarantine`. */
export interface StrikeRecords {
  strike(
    strike: Activation & {
      readonly build: string;
      readonly mark: string;
      readonly reason: 'process_died' | 'stuck';
      readonly at: number;
    },
  ): Promise<{ readonly strikes: number; readonly isNew: boolean; readonly isQuarantined: boolean }>;
  list(): Promise<readonly { readonly workflowId: string; readonly build: string }[]>;
  keepOnly(build: string): Promise<void>;
}

/** What a guard needs. */
export interface GuardOptions {
  readonly records: StrikeRecords;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Identifies the bot's bundle: another one may have been mended. */
  readonly build: string;
  /** Whether workers with other builds run beside this one, whose strikes stay then. Default: no. */
  readonly hasOtherBuilds?: boolean;
  /** Names the store, so that marks that are left behind come to it. Default: marks do not survive the process. */
  readonly store?: string | undefined;
  /**
   * Whether a stuck activation ends the process, which is then started again. If not, it fails after 8 seconds; what cannot
   * be interrupted goes on. Default: no.
   */
  readonly endsStuckProcess?: boolean;
}

/** A guard that is at work. */
export interface Guard extends ThreadGuard {
  /** Ends the watch, and removes the files of threads that have ended their activations. */
  stop(): void;
}

const LOOK_EVERY_MS = 1000;
/** An activation that is seen so often, a second apart, is stuck. */
const MAX_LOOKS = 6;
/** Temporal gives a workflow task 10 seconds: other workers know of a quarantine before it is tried again. */
const READ_EVERY_LOOKS = 3;
/** How long a stuck process waits for its strike to be recorded, and its log to be written. */
const MAX_LAST_WORDS_MS = 3000;

let threads = 0;

/** Records the strikes of workers that died, and reads which workflows are quarantined. */
export async function startGuard(options: GuardOptions): Promise<Guard> {
  const { records, log, build, hasOtherBuilds = false, store, endsStuckProcess = false } = options;
  const watched = new Map<WatchedThread, { sequence: number; looks: number }>();
  const folder = openFolder(store, log);
  let quarantined: readonly string[] = [];
  let looks = 0;
  let isEnding = false;

  if (!hasOtherBuilds) await records.keepOnly(build);
  await recordLeftMarks();
  await readQuarantine();
  const looking = setInterval(look, LOOK_EVERY_MS).unref();

  async function strike(activation: Activation, mark: string, reason: 'process_died' | 'stuck'): Promise<void> {
    const { workflowId, runId, task } = activation;
    const at = Date.now();
    const { strikes, isNew, isQuarantined } = await records.strike({
      workflowId,
      runId,
      task,
      build,
      mark,
      reason,
      at,
    });
    if (!isNew) return;
    const fields = { workflowId, strikes, reason };
    if (isQuarantined)
      log.error(
        fields,
        'A workflow is quarantined until another build of the bot, or `everthread dead retry`: it ended the worker, or stopped it',
      );
    else
      log.warn(fields, 'A worker died, or was stuck, in the code of this workflow; once more, and it is quarantined');
  }

  async function recordLeftMarks(): Promise<void> {
    if (folder === undefined) return;
    const left = readLeftMarks(folder);
    for (const { mark, build: ofMark, ...activation } of left.marks) {
      if (ofMark === build) await strike(activation, mark, 'process_died');
    }
    left.remove();
  }

  async function readQuarantine(): Promise<void> {
    const before = quarantined.join('\n');
    quarantined = (await records.list()).filter((one) => one.build === build).map(({ workflowId }) => workflowId);
    if (quarantined.join('\n') === before) return;
    for (const thread of watched.keys()) thread.setQuarantined(quarantined);
  }

  function look(): void {
    looks += 1;
    // While the store cannot be read, what was read last goes on.
    if (looks % READ_EVERY_LOOKS === 0) void readQuarantine().catch(() => {});
    for (const [thread, last] of watched) {
      const activation = readMark(thread.memory);
      if (!activation || activation.sequence !== last.sequence)
        watched.set(thread, { sequence: activation?.sequence ?? 0, looks: 1 });
      else if ((last.looks += 1) > MAX_LOOKS && endsStuckProcess && !isEnding) {
        isEnding = true;
        void endProcess(thread, activation);
      }
    }
  }

  async function endProcess(thread: WatchedThread, activation: Activation & { readonly sequence: number }) {
    const { workflowId } = activation;
    log.error(
      { workflowId },
      'The code of this workflow has been running for more than 5 seconds; the worker is ended',
    );
    // Not `process.exit`: it waits for threads, and this one does not end.
    const kill = () => process.kill(process.pid, 'SIGKILL');
    setTimeout(kill, MAX_LAST_WORDS_MS);
    await strike(activation, markId(nameOf(thread), activation.sequence), 'stuck').catch(() => {});
    setTimeout(kill, MAX_LAST_WORDS_MS / 10);
  }

  return {
    hasTimeout: !endsStuckProcess,
    quarantined: () => quarantined,
    createMarkFile() {
      threads += 1;
      if (folder === undefined) return undefined;
      try {
        return createMarkFile(folder, threads, build);
      } catch (error) {
        log.warn({ error: String(error) }, 'A worker that dies now leaves no mark of the workflow that it died in');
        return undefined;
      }
    },
    watch(thread) {
      watched.set(thread, { sequence: 0, looks: 0 });
      thread.onTimeout((activation) => {
        const mark = `${nameOf(thread)}.timeout.${Date.now()}`;
        strike(activation, mark, 'stuck').then(readQuarantine, (error: unknown) =>
          log.warn({ error: String(error), workflowId: activation.workflowId }, 'A strike could not be recorded'),
        );
      });
    },
    stop() {
      clearInterval(looking);
      for (const { memory, markFile } of watched.keys())
        if (markFile !== undefined && readMark(memory) === undefined) rmSync(markFile, { force: true });
    },
  };
}

function nameOf({ markFile }: WatchedThread): string {
  return markFile === undefined ? `${process.pid}` : basename(markFile);
}

function openFolder(store: string | undefined, log: GuardOptions['log']): string | undefined {
  if (store === undefined) return undefined;
  try {
    return openMarkFolder(store);
  } catch (error) {
    log.warn({ error: String(error) }, 'Workers that die leave no mark of the workflow that they died in');
    return undefined;
  }
}
