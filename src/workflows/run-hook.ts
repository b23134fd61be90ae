import { condition, log } from '@temporalio/workflow';
import type { Plugin } from '../plugins/plugin.ts';
import { copy, pluginState, type ConversationState } from './conversation-state.ts';
import { startLoopBudget } from './loop-budget.ts';

/** A hook that waits for nothing of ours may do so for this long. */
const LONGEST_SILENCE = '30 seconds';

/** Counts what a hook has asked the outside for and not got yet. */
export interface Pending {
  count: number;
}

/**
 * Runs one hook so that it can only harm itself: what it throws is caught, what it changed is undone,
 * one that never ends is left behind.
 *
 * @returns what the hook returned, or `undefined` when it failed.
 */
export async function runHook<T>(
  state: ConversationState,
  plugin: Plugin,
  hookName: string,
  pending: Pending,
  hook: () => T | Promise<T>,
): Promise<T | undefined> {
  const mine = pluginState(state, plugin);
  const before = copy(mine.state);
  try {
    startLoopBudget();
    const result = hook();
    if (!isPromise(result)) return result;
    return await untilDone(result, pending);
  } catch (error) {
    mine.state = before;
    mine.failures = (mine.failures ?? 0) + 1;
    log.error(`The hook ${hookName} of plugin "${plugin.name}" failed; its answer is left out`, {
      plugin: plugin.name,
      hook: hookName,
      failures: mine.failures,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    return undefined;
  }
}

/** A hook that waits while nothing of ours is under way waits for something that will not come. */
async function untilDone<T>(result: Promise<T>, pending: Pending): Promise<T> {
  let isDone = false;
  const done = () => {
    isDone = true;
  };
  result.then(done, done);
  while (!isDone) {
    await condition(onSecondLook(() => isDone || pending.count === 0));
    if (isDone) break;
    const moves = await condition(() => isDone || pending.count > 0, LONGEST_SILENCE);
    if (!moves) throw new Error(`It did not end within ${LONGEST_SILENCE}. A hook may only await what its context offers.`);
  }
  return result;
}

/** The engine looks at a condition once at once, and again when nothing else can run: only then is a hook at rest. */
function onSecondLook(isTrue: () => boolean): () => boolean {
  let looks = 0;
  return () => (looks += 1) > 1 && isTrue();
}

function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
