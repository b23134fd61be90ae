import { condition, log } from '@temporalio/workflow';
import { plainJson } from '../../plugins/plain-json.ts';
import type { Plugin, PluginContext } from '../../plugins/plugin.ts';
import { startStepBudget } from '../injected/step-budget.ts';
import { pluginState, type ConversationState } from './conversation-state.ts';
import { openUntil, countFailure, countSuccess } from './plugin-circuit-breaker.ts';
import { pluginContext } from './plugin-context.ts';
import { effectsOf, undo, type Turn } from './turn-parts.ts';

/** A hook that waits for nothing of ours may do so for this long. */
const MAX_IDLE_MS = 30_000;
/** What a plugin may keep of one person, as JSON: all plugins together must fit into one payload of the engine. */
const MAX_STATE_CHARS = 50_000;
/** Awaited, it gives way once to what can go on at once. */
const A_MOMENT = Promise.resolve();

/**
 * Runs one hook so that it can only harm itself: what it throws is caught, what it changed and asked for is undone,
 * one that never ends is left behind. What it said stays said. One that fails each time is set aside for a while.
 *
 * @returns what the hook returned, or `undefined` when it failed.
 */
export async function runHook<T>(
  turn: Turn,
  plugin: Plugin,
  hookName: string,
  hook: (ctx: PluginContext) => T | Promise<T>,
): Promise<T | undefined> {
  if (openUntil(turn.state, plugin, turn.now()) !== undefined) return undefined;
  const before = effectsOf(turn);
  let close = () => {};
  try {
    startStepBudget();
    const mine = pluginState(turn.state, plugin);
    // The hook works on a copy, so that leaving it behind at any point leaves the state as it was.
    const draft = { state: plainJson(mine.state, 'state') };
    const open = pluginContext(turn, plugin, draft);
    close = open.close;
    const answer = watch(hook(open.context));
    // Most hooks wait for nothing and have ended then. More is dear: a condition is a look into the sandbox, and the SDK
    // gives each promise a stack trace.
    if (!answer.result) await A_MOMENT;
    if (!answer.result) await untilSettled(answer, turn, open.asks);
    // A send that nobody awaits belongs to its hook all the same.
    if (open.asks.count > 0) await condition(() => open.asks.count === 0);
    const result = answer.result?.();
    mine.state = keepable(draft.state);
    countSuccess(turn.state, plugin.name, hookName);
    return result;
  } catch (error) {
    undo(turn, before);
    report(turn.state, plugin, hookName, error);
    countFailure(turn.state, plugin, hookName, turn.now());
    return undefined;
  } finally {
    close();
  }
}

function keepable(state: unknown): object {
  if (typeof state !== 'object' || state === null) throw new Error(`state became ${String(state)}. Keep an object.`);
  return plainJson(state, 'state', MAX_STATE_CHARS);
}

/** An answer that can be looked at without waiting for it: `result` is there once it is, and throws what it threw. */
interface Answer<T> {
  readonly result?: () => T;
}

function watch<T>(answer: T | Promise<T>): Answer<T> {
  if (!isPromise(answer)) return { result: () => answer };
  const watched: { result?: () => T } = {};
  answer.then(
    (value) => {
      watched.result = () => value;
    },
    (error: unknown) => {
      watched.result = () => {
        throw error;
      };
    },
  );
  return watched;
}

/** A hook that waits while nothing of ours is under way waits for something that will not come. */
async function untilSettled(answer: Answer<unknown>, turn: Turn, asks: { readonly count: number }): Promise<void> {
  while (!answer.result) {
    await condition(onSecondLook(() => answer.result !== undefined || asks.count === 0));
    if (answer.result) break;
    turn.hookDeadline.until = turn.now() + MAX_IDLE_MS;
    const moves = await condition(() => answer.result !== undefined || asks.count > 0, MAX_IDLE_MS);
    turn.hookDeadline.until = undefined;
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
