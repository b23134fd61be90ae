/** Conversations with the same bot share a stage: it starts with the first and stops some time after the last. */

import { keepProcessAlive } from '../process-alive.ts';
import { startStage, type Stage, type StageOptions } from './index.ts';

interface SharedStage {
  readonly starting: Promise<Stage>;
  /** Conversations that have not ended. */
  users: number;
  /** When its last conversation ended, by `performance.now()`. */
  freeSince?: number;
}

const stages = new Map<string, SharedStage>();

/** How long an unused stage waits for its next conversation. */
const MAX_UNUSED_MS = 500;
const CHECK_EVERY_MS = 100;
/** After so many idle checks in a row the process is done with its tests. */
const MAX_IDLE_CHECKS = 5;

/** A stage for one conversation; call `release` when it has ended. */
export async function acquireStage(
  options: StageOptions,
): Promise<{ readonly stage: Stage; readonly release: () => void }> {
  const key = JSON.stringify([options.bot, options.temporalAddress, options.bundleFolder]);
  const entry = stages.get(key) ?? { starting: startStage(options), users: 0 };
  stages.set(key, entry);
  entry.users += 1;
  delete entry.freeSince;
  watch();
  try {
    const stage = await entry.starting;
    return {
      stage,
      release() {
        entry.users -= 1;
        if (entry.users === 0) entry.freeSince = performance.now();
      },
    };
  } catch (error) {
    // The next conversation tries again.
    stages.delete(key);
    throw error;
  }
}

let watching: NodeJS.Timeout | undefined;

/**
 * Temporal's native code keeps a process alive as long as a worker runs. So this timer checks whether anything else
 * does (a timer, socket, file or child process of the tests or of their runner), and stops the workers when nothing does.
 */
function watch(): void {
  let idleChecks = 0;
  watching ??= setInterval(() => {
    idleChecks = isIdle() ? idleChecks + 1 : 0;
    const isDone = idleChecks >= MAX_IDLE_CHECKS;
    for (const [key, { users, freeSince = Infinity, starting }] of stages) {
      const isFree = users === 0 && performance.now() - freeSince > MAX_UNUSED_MS;
      if (!isDone && !isFree) continue;
      stages.delete(key);
      void keepProcessAlive(async () => (await starting).stop()).catch(() => {});
    }
    if (stages.size > 0) return;
    clearInterval(watching);
    watching = undefined;
  }, CHECK_EVERY_MS).unref();
}

/** True when nothing is pending that could resume a test. Temporal's native code is not counted. */
function isIdle(): boolean {
  return process.getActiveResourcesInfo().length <= [process.stdout, process.stderr].filter(isCounted).length;
}

/** An output pipe or terminal is listed as a resource, although it does not keep the process alive. */
function isCounted(stream: object): boolean {
  return (stream as { readonly _handle?: { hasRef?(): boolean } | null })._handle?.hasRef?.() === true;
}
