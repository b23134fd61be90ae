/** Talks with the same bot share a stage: it is there with the first of them, and goes when nobody needs it. */

import { keepAlive } from './alive.ts';
import { startStage, type Stage, type StageOptions } from './stage.ts';

interface SharedStage {
  readonly starting: Promise<Stage>;
  /** Talks that have not ended. */
  users: number;
  /** Since when nobody uses it, by the process's own clock. */
  freeSince?: number;
}

const shared = new Map<string, SharedStage>();

/** So long a stage waits for the next talk after its last one has ended. */
const KEPT_MS = 500;
const LOOK_EVERY_MS = 100;
/** A process that waits for nothing for so long is done with its tests. */
const IDLE_LOOKS = 5;

/** A stage for one talk. `giveBack` when it is over. */
export async function borrowStage(
  options: StageOptions,
): Promise<{ readonly stage: Stage; readonly giveBack: () => void }> {
  const key = JSON.stringify([options.bot, options.temporalAddress, options.bundleFolder]);
  const entry = shared.get(key) ?? { starting: startStage(options), users: 0 };
  shared.set(key, entry);
  entry.users += 1;
  delete entry.freeSince;
  watch();
  try {
    const stage = await entry.starting;
    return {
      stage,
      giveBack() {
        entry.users -= 1;
        if (entry.users === 0) entry.freeSince = performance.now();
      },
    };
  } catch (error) {
    // The next test tries again.
    shared.delete(key);
    throw error;
  }
}

let watching: NodeJS.Timeout | undefined;

/**
 * Temporal's native part keeps a process alive as long as a worker runs. So somebody has to notice that nothing else
 * does: no timer, no socket, no file, no child of the tests or of their runner, and then stops the workers.
 */
function watch(): void {
  let idleLooks = 0;
  watching ??= setInterval(() => {
    idleLooks = isIdle() ? idleLooks + 1 : 0;
    const isDone = idleLooks >= IDLE_LOOKS;
    for (const [key, { users, freeSince = Infinity, starting }] of shared) {
      const isFree = users === 0 && performance.now() - freeSince > KEPT_MS;
      if (!isDone && !isFree) continue;
      shared.delete(key);
      void keepAlive(async () => (await starting).stop()).catch(() => {});
    }
    if (shared.size > 0) return;
    clearInterval(watching);
    watching = undefined;
  }, LOOK_EVERY_MS).unref();
}

/** Whether nothing is under way that could make a test go on. What Temporal's native part does is not counted. */
function isIdle(): boolean {
  return process.getActiveResourcesInfo().length <= [process.stdout, process.stderr].filter(isCounted).length;
}

/** A pipe or a terminal that is written to counts as a resource, and keeps nobody alive. */
function isCounted(stream: object): boolean {
  return (stream as { readonly _handle?: { hasRef?(): boolean } | null })._handle?.hasRef?.() === true;
}
