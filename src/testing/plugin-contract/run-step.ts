/** Runs one step of a plugin contract in plain Node, without Temporal, and records what the plugin does. */

import type { Topic } from '../../domain/topic.ts';
import type { InboundEvent } from '../../messenger/inbound/inbound-event.ts';
import { MAX_STATE_CHARS } from '../../plugins/limits.ts';
import { freezeJson, copyPlainJson } from '../../plugins/plain-json.ts';
import type { ActivityFunctions } from '../../plugins/plugin-activities.ts';
import type { HookResult, Plugin, PluginContext } from '../../plugins/plugin.ts';
import { describeStep, inboundEventOf, type ContractStep, type PersonState } from './contract-step.ts';
import { createRecordingContext, type StepRun } from './recording-context.ts';

/** What a plugin did in one step. */
export interface StepResult {
  /** The person after the step. */
  readonly person: PersonState;
  /** Hook by hook: the calls of its context, its answer, its state. */
  readonly journal: readonly string[];
  readonly isHandled: boolean;
  /** A hook did not end: further steps would not end either. */
  readonly isStuck: boolean;
  /** Breaches of the contract in this step. */
  readonly complaints: readonly string[];
  /** Steps that the plugin itself causes: topics and handoffs. */
  readonly next: readonly ContractStep[];
}

const START = 1_791_200_000_000;
const MS_PER_STEP = 60_000;
const MAX_HOOK_MS = 1000;

type Hook = (ctx: PluginContext) => unknown;

/** Runs the plugin's hooks for one step, in the order of a conversation. Never throws. */
export async function runStep(
  plugin: Plugin,
  person: PersonState,
  step: ContractStep,
  activities: ActivityFunctions = {},
): Promise<StepResult> {
  const run: StepRun = {
    plugin,
    step,
    person,
    activities,
    now: START + person.steps * MS_PER_STEP,
    journal: [],
    complaints: [],
    next: [],
    state: person.state,
    tags: person.tags,
    wakeUps: person.wakeUps,
    sends: 0,
    isHandled: false,
    isStuck: false,
  };
  await callHooks(run);
  const { state, tags, wakeUps, journal, isHandled, isStuck, complaints, next } = run;
  const after = { ...person, tags, wakeUps, steps: person.steps + 1, ...(state && { state }) };
  return { person: after, journal, isHandled, isStuck, complaints, next };
}

async function callHooks(run: StepRun): Promise<void> {
  const { plugin, step, person, now } = run;
  if (typeof step === 'string' || 'tap' in step) return callEventHooks(run, inboundEventOf(step, person, now));
  if ('kind' in step) return callEventHooks(run, step);
  if ('topic' in step) {
    const { topic: name, data } = step;
    const topic = freezeJson({ name, ...(data !== undefined && { data }) }) as Topic;
    if (plugin.onTopic) await callHook(run, 'onTopic', (ctx) => plugin.onTopic?.(ctx, topic), false);
  } else if ('handoff' in step) {
    const handoff = { to: step.handoff, reason: 'somebody said so', at: now };
    if (plugin.onHandoff) await callHook(run, 'onHandoff', (ctx) => plugin.onHandoff?.(ctx, handoff), false);
  } else {
    run.wakeUps = run.wakeUps.filter(({ note }) => note !== step.wake);
    if (plugin.onWake) await callHook(run, 'onWake', (ctx) => plugin.onWake?.(ctx, step.wake), false);
  }
}

async function callEventHooks(run: StepRun, event: InboundEvent): Promise<void> {
  const { plugin } = run;
  freezeJson(event);
  if (plugin.observe) await callHook(run, 'observe', (ctx) => plugin.observe?.(ctx, event), false);
  if (event.kind === 'echo' || event.isStandby) return;
  if (event.kind !== 'message' && event.kind !== 'postback') {
    await callAnsweringHook(run, 'onEvent', plugin.onEvent && ((ctx) => plugin.onEvent?.(ctx, event)));
    return;
  }
  const isHandled =
    event.kind === 'message'
      ? await callAnsweringHook(run, 'onMessage', plugin.onMessage && ((ctx) => plugin.onMessage?.(ctx, event)))
      : await callAnsweringHook(run, 'onPostback', plugin.onPostback && ((ctx) => plugin.onPostback?.(ctx, event)));
  const by = isHandled ? plugin.name : undefined;
  await callAnsweringHook(run, 'afterMessage', plugin.afterMessage && ((ctx) => plugin.afterMessage?.(ctx, event, by)));
}

/** Resolves to `true` when the plugin has the hook and it answered 'handled'. */
async function callAnsweringHook(run: StepRun, name: string, hook: Hook | undefined): Promise<boolean> {
  if (!hook || (await callHook(run, name, hook, true)) !== 'handled') return false;
  run.isHandled = true;
  return true;
}

async function callHook(run: StepRun, name: string, hook: Hook, answers: boolean): Promise<HookResult | undefined> {
  const { plugin, step, journal, complaints } = run;
  const where = `${name}, ${describeStep(step)}`;
  try {
    const draft = copyPlainJson(run.state ?? plugin.state ?? {}, 'state');
    const ctx = createRecordingContext(run, name, draft);
    const answer = await withHookTimeout(withSeededRandom(run.now, () => hook(ctx)));
    run.state = copyPlainJson(ctx.state, 'state', MAX_STATE_CHARS);
    journal.push(`${name}: answers ${String(answer)}, keeps ${JSON.stringify(run.state)}`);
    if (!answers || answer === 'handled' || answer === 'pass') return answer as HookResult | undefined;
    complaints.push(`${where}: it answered ${JSON.stringify(answer)}. Answer 'handled' or 'pass'.`);
  } catch (error) {
    run.isStuck ||= error instanceof StuckError;
    complaints.push(`${where}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return undefined;
}

class StuckError extends Error {
  override readonly message = 'It does not end. A hook may only await what its context offers.';
}

async function withHookTimeout(answer: unknown): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StuckError()), MAX_HOOK_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** As in the sandbox, random numbers are the same when a turn is run again; here only up to the hook's first `await`. */
function withSeededRandom<T>(seed: number, work: () => T): T {
  const { random } = Math;
  let last = seed % 2_147_483_647;
  Math.random = () => (last = (last * 48_271) % 2_147_483_647) / 2_147_483_647;
  try {
    return work();
  } finally {
    Math.random = random;
  }
}
