import { condition, log, proxySinks } from '@temporalio/workflow';
import { MAX_STATE_CHARS } from '../../../plugins/limits.ts';
import { copyPlainJson } from '../../../plugins/plain-json.ts';
import type { Plugin, PluginContext } from '../../../plugins/plugin.ts';
import { runBotCode } from '../../bot-code.ts';
import type { FailureSinks } from '../../contract/index.ts';
import { describeError } from '../../describe-error.ts';
import { endStepBudget, startStepBudget } from '../../own-modules.ts';
import { pluginState, type ConversationState } from '../conversation-state.ts';
import { recordAnswer } from '../turn-records.ts';
import { effectsOf, restoreEffects, type Turn } from '../turn.ts';
import { PendingRequests } from './pending-requests.ts';
import { countFailure, countSuccess, openUntil } from './plugin-circuit-breaker.ts';
import { createPluginContext } from './plugin-context.ts';

/** How long a hook may wait for a promise that its context did not create. */
const MAX_IDLE_MS = 30_000;
/** Awaiting it lets everything run once that can run at once. */
const NEXT_MICROTASK = Promise.resolve();

const { failures: failureSink } = proxySinks<FailureSinks>();

/** Hooks whose return value says whether the plugin handled the event. */
const ANSWERING_HOOKS: ReadonlySet<HookName> = new Set(['onMessage', 'onPostback', 'onEvent', 'afterMessage']);

type PluginFunctions = Required<Plugin>;

/** The functions of a plugin that are called with a context. */
export type HookName = {
  [Name in keyof Plugin]-?: PluginFunctions[Name] extends (...args: never) => unknown
    ? Parameters<PluginFunctions[Name]>[0] extends PluginContext
      ? Name
      : never
    : never;
}[keyof Plugin];

/** What a hook is given after its context. */
export type HookArguments<Name extends HookName> =
  Parameters<PluginFunctions[Name]> extends [PluginContext, ...infer Rest] ? Rest : never;

/** What a hook returns. */
export type HookReturn<Name extends HookName> = Awaited<ReturnType<PluginFunctions[Name]>>;

/**
 * Runs one hook so that it can harm only itself: what it throws is caught, its changes are undone, and a hook that never
 * ends is given up. Messages that it sent stay sent. A plugin whose hook fails each time is disabled for a while.
 *
 * @returns what the hook returned, or `undefined` when it failed.
 */
export async function runHook<Name extends HookName>(
  turn: Turn,
  plugin: Plugin,
  name: Name,
  ...args: HookArguments<Name>
): Promise<HookReturn<Name> | undefined> {
  const isAnswer = ANSWERING_HOOKS.has(name);
  if (openUntil(turn.state, plugin, turn.now()) !== undefined) {
    if (isAnswer) recordAnswer(turn, { hook: name, who: plugin.name, answer: 'disabled' });
    return undefined;
  }
  const before = effectsOf(turn);
  const requests = new PendingRequests();
  try {
    startStepBudget();
    const stored = pluginState(turn.state, plugin);
    // The hook works on a copy, so that giving it up at any point leaves the state as it was.
    const draft = { state: copyPlainJson(stored.state, 'state') };
    const outcome = watchHook(invoke(plugin, name, createPluginContext(turn, plugin, draft, requests), args));
    // Most hooks wait for nothing and have ended by then. Only the others pay for a condition, which Temporal evaluates
    // after every activation, and for promises, to each of which the SDK adds a stack trace.
    if (!outcome.result) await NEXT_MICROTASK;
    if (!outcome.result) await waitForEnd(outcome, turn, requests);
    endStepBudget();
    // A request that the hook does not await still belongs to it.
    if (requests.pending > 0) await condition(() => requests.pending === 0);
    const result = outcome.result?.();
    stored.state = checkState(draft.state);
    countSuccess(turn.state, plugin.name, name);
    if (isAnswer) recordAnswer(turn, { hook: name, who: plugin.name, answer: result === 'handled' ? result : 'pass' });
    return result;
  } catch (error) {
    endStepBudget();
    restoreEffects(turn, before);
    reportFailure(turn.state, plugin, name, error);
    countFailure(turn.state, plugin, name, turn.now());
    recordAnswer(turn, { hook: name, who: plugin.name, answer: 'failed' });
    return undefined;
  } finally {
    requests.close();
  }
}

function invoke<Name extends HookName>(
  plugin: Plugin,
  name: Name,
  context: PluginContext,
  args: HookArguments<Name>,
): HookReturn<Name> | Promise<HookReturn<Name>> {
  // The compiler cannot tell that the arguments of the hook `Name` fit the function `plugin[Name]`.
  const hooks = plugin as unknown as Record<Name, (...args: readonly unknown[]) => HookReturn<Name>>;
  return runBotCode({ plugin: plugin.name, hook: name }, () => hooks[name](context, ...args));
}

function checkState(state: unknown): object {
  if (typeof state !== 'object' || state === null) throw new Error(`state became ${String(state)}. Keep an object.`);
  return copyPlainJson(state, 'state', MAX_STATE_CHARS);
}

/** The end of a hook, readable without awaiting: `result` is there once it ended, and throws what the hook threw. */
interface HookOutcome<T> {
  readonly result?: () => T;
}

function watchHook<T>(returned: T | Promise<T>): HookOutcome<T> {
  if (!isPromise(returned)) return { result: () => returned };
  const outcome: { result?: () => T } = {};
  returned.then(
    (value) => {
      outcome.result = () => value;
    },
    (error: unknown) => {
      outcome.result = () => {
        throw error;
      };
    },
  );
  return outcome;
}

/** Waits for a hook to end; throws for one that waits, with no request pending, for something that will not come. */
async function waitForEnd(outcome: HookOutcome<unknown>, turn: Turn, requests: PendingRequests): Promise<void> {
  while (!outcome.result) {
    await condition(fromSecondCheck(() => outcome.result !== undefined || requests.pending === 0));
    if (outcome.result) break;
    turn.hookDeadline.until = turn.now() + MAX_IDLE_MS;
    const goesOn = await condition(() => outcome.result !== undefined || requests.pending > 0, MAX_IDLE_MS);
    turn.hookDeadline.until = undefined;
    if (!goesOn) throw new Error('It did not end within 30 seconds. A hook may only await what its context offers.');
  }
}

/** Temporal checks a condition at once, and again when nothing else can run: only then is it certain that a hook waits. */
function fromSecondCheck(isTrue: () => boolean): () => boolean {
  let checks = 0;
  return () => (checks += 1) > 1 && isTrue();
}

function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

function reportFailure(state: ConversationState, { name }: Plugin, hook: string, error: unknown): void {
  const failures = (state.failures?.[name] ?? 0) + 1;
  state.failures = { ...state.failures, [name]: failures };
  failureSink.plugin(name);
  log.error(`The hook ${hook} of plugin "${name}" failed; its answer is left out`, {
    plugin: name,
    hook,
    failures,
    error: describeError(error),
  });
}
