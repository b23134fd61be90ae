import { condition, log } from '@temporalio/workflow';
import type { Plugin, PluginContext } from '../plugins/plugin.ts';
import { pluginState, type ConversationState } from './conversation-state.ts';
import { plainJson } from '../plugins/plain-json.ts';
import { pluginContext } from './plugin-context.ts';
import { effectsOf, undo, type Turn } from './turn-parts.ts';
import { startBudget } from './work-budget.ts';

/** A hook that waits for nothing of ours may do so for this long. */
const LONGEST_SILENCE_MS = 30_000;
/** What a plugin may keep of one person, as JSON: all plugins together must fit into one payload of the engine. */
const LARGEST_STATE = 50_000;

/**
 * Runs one hook so that it can only harm itself: what it throws is caught, what it changed and asked for is undone,
 * one that never ends is left behind. What it said stays said.
 *
 * @returns what the hook returned, or `undefined` when it failed.
 */
export function runHook<T>(
  turn: Turn,
  plugin: Plugin,
  hookName: string,
  hook: (ctx: PluginContext) => T | Promise<T>,
): Promise<T | undefined> {
  const before = effectsOf(turn);
  return attempt(turn, plugin, hook).catch((error: unknown) => {
    undo(turn, before);
    report(turn.state, plugin, hookName, error);
    return undefined;
  });
}

async function attempt<T>(turn: Turn, plugin: Plugin, hook: (ctx: PluginContext) => T | Promise<T>): Promise<T> {
  startBudget();
  const mine = pluginState(turn.state, plugin);
  // The hook works on a copy, so that leaving it behind at any point leaves the state as it was.
  const draft = { state: plainJson(mine.state, 'state') };
  const { context, asks, close } = pluginContext(turn, plugin, draft);
  try {
    const answer = hook(context);
    if (isPromise(answer)) {
      const watched = watch(answer);
      // Most hooks wait for nothing and have ended then. A condition is dear: a look into the sandbox, and promises, each
      // of which the SDK gives a stack trace.
      await Promise.resolve();
      if (!watched.isSettled) await untilSettled(watched, turn, asks);
    }
    // A send that nobody awaits belongs to its hook all the same.
    if (asks.count > 0) await condition(() => asks.count === 0);
    const result = isPromise(answer) ? await answer : answer;
    const { state } = draft;
    if (typeof state !== 'object' || state === null) throw new Error(`state became ${String(state)}. Keep an object.`);
    mine.state = plainJson(state, 'state', LARGEST_STATE);
    return result;
  } finally {
    close();
  }
}

/** Tells whether a promise is settled, without waiting for it. */
function watch(promise: Promise<unknown>): { readonly isSettled: boolean } {
  const watched = { isSettled: false };
  const settle = () => {
    watched.isSettled = true;
  };
  promise.then(settle, settle);
  return watched;
}

/** A hook that waits while nothing of ours is under way waits for something that will not come. */
async function untilSettled(
  hook: { readonly isSettled: boolean },
  turn: Turn,
  asks: { readonly count: number },
): Promise<void> {
  while (!hook.isSettled) {
    await condition(onSecondLook(() => hook.isSettled || asks.count === 0));
    if (hook.isSettled) break;
    turn.rest.until = turn.now() + LONGEST_SILENCE_MS;
    const moves = await condition(() => hook.isSettled || asks.count > 0, LONGEST_SILENCE_MS);
    turn.rest.until = undefined;
    if (!moves) throw new Error('It did not end within 30 seconds. A hook may only await what its context offers.');
  }
}

/** The engine looks at a condition once at once, and again when nothing else can run: only then is a hook at rest. */
function onSecondLook(isTrue: () => boolean): () => boolean {
  let looks = 0;
  return () => (looks += 1) > 1 && isTrue();
}

function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

function report(state: ConversationState, { name }: Plugin, hook: string, error: unknown): void {
  const failures = (state.failures?.[name] ?? 0) + 1;
  state.failures = { ...state.failures, [name]: failures };
  log.error(`The hook ${hook} of plugin "${name}" failed; its answer is left out`, {
    plugin: name,
    hook,
    failures,
    error: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
}
