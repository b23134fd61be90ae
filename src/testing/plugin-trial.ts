/** One plugin on its own, in plain Node: what it does with one thing after the other, written down. */

import { conversationId, type ConversationId } from '../domain/conversation-id.ts';
import type { Topic } from '../domain/topic.ts';
import type { InboundEvent } from '../messenger/inbound/inbound-event.ts';
import { outboundMessages } from '../messenger/outbound/sayable.ts';
import { frozen, plainJson } from '../plugins/plain-json.ts';
import type { ActivityFunctions } from '../plugins/plugin-activities.ts';
import type { HookResult, Plugin, PluginContext } from '../plugins/plugin.ts';
import { PAGE } from './stage.ts';

/** What happens to a plugin: a text that the person writes, a payload that is tapped, any event, or one of the others. */
export type Step =
  | string
  | InboundEvent
  | { readonly tap: string }
  | { readonly topic: string; readonly data?: unknown }
  | { readonly handoff: 'human' | 'bot' }
  | { readonly wake: string };

/** All there is of one person between two events: plain JSON, or it would not survive. */
export interface Memory {
  readonly conversation: ConversationId;
  readonly state?: object;
  readonly tags: readonly string[];
  readonly wakeUps: readonly { readonly at: number; readonly note: string }[];
  /** How many steps there were. */
  readonly steps: number;
}

/** What a plugin did at one step. */
export interface Deed {
  readonly memory: Memory;
  /** Hook by hook: what it asked for, what it answered, what it kept. */
  readonly journal: readonly string[];
  readonly isHandled: boolean;
  /** A hook did not end: there is no sense in waiting for the next. */
  readonly isStuck: boolean;
  readonly complaints: readonly string[];
  /** Topics it emitted itself, and whether it handed over: steps that come next. */
  readonly next: readonly Step[];
}

/** Of people who are invented. */
const START = 1_791_200_000_000;
const STEP_MS = 60_000;
const MAX_STATE_CHARS = 50_000;
const MAX_SENDS = 20;
const HOOK_WITHIN_MS = 1000;

export function newMemory(psid: string): Memory {
  return {
    conversation: conversationId({ channel: 'messenger', pageId: PAGE, psid }),
    tags: [],
    wakeUps: [],
    steps: 0,
  };
}

type Hook = (ctx: PluginContext) => unknown;

/** Lets one thing happen to the plugin, hook after hook as in a conversation. Throws nothing. */
export async function take(
  plugin: Plugin,
  memory: Memory,
  step: Step,
  activities: ActivityFunctions = {},
): Promise<Deed> {
  const now = START + memory.steps * STEP_MS;
  const journal: string[] = [];
  const complaints: string[] = [];
  const next: Step[] = [];
  let kept = memory.state;
  let { tags, wakeUps } = memory;
  let isHandled = false;
  let isStuck = false;
  let ordinal = 0;

  async function run(name: string, hook: Hook, answers: boolean): Promise<HookResult | undefined> {
    const place = `${name}, ${describe(step)}`;
    try {
      const draft = plainJson(kept ?? plugin.state ?? {}, 'state');
      const ctx = contextOf(draft, (what) => journal.push(`${name}: ${what}`));
      const answer = await inTime(withSeededRandom(now, () => hook(ctx)));
      kept = plainJson(ctx.state, 'state', MAX_STATE_CHARS);
      journal.push(`${name}: answers ${String(answer)}, keeps ${JSON.stringify(kept)}`);
      if (!answers || answer === 'handled' || answer === 'pass') return answer as HookResult | undefined;
      complaints.push(`${place}: it answered ${JSON.stringify(answer)}. Answer 'handled' or 'pass'.`);
    } catch (error) {
      isStuck ||= error instanceof StuckError;
      complaints.push(`${place}: ${error instanceof Error ? error.message : String(error)}`);
    }
    return undefined;
  }

  function contextOf(state: object, asked: (what: string) => void): PluginContext {
    const ask = <T>(what: string, given: unknown, answer: T): Promise<T> => {
      asked(`${what} ${JSON.stringify(given)}`);
      return Promise.resolve(answer);
    };
    const note = (what: string, ...given: unknown[]): void => asked(`${what} ${JSON.stringify(given)}`);
    let sends = 0;
    return {
      conversation: memory.conversation,
      contact: frozen({ firstName: 'Ana', lastName: 'Silva', locale: 'pt_PT', timeZone: 'Europe/Lisbon' }),
      now,
      quietUntil: undefined,
      state,
      activities: standIns(plugin, activities, asked),
      get tags() {
        return tags;
      },
      lines: [],
      log: { info: () => {}, warn: () => {}, error: () => {} },
      send(message) {
        sends += 1;
        if (sends > MAX_SENDS) throw new Error(`It sends more than ${MAX_SENDS} messages for one event.`);
        const parts = outboundMessages(message);
        ordinal += 1;
        return ask('send', parts, { status: 'sent', messageId: `m_${memory.steps}_${ordinal}` });
      },
      typing: () => note('typing'),
      markSeen: () => note('markSeen'),
      react: (mid, emoji) => note('react', mid, emoji),
      unreact: (mid) => note('unreact', mid),
      wakeAt(at, reminder = '') {
        if (!Number.isFinite(at)) throw new Error(`wakeAt was given ${at}. Give it a moment, epoch ms.`);
        note('wakeAt', at, reminder);
        wakeUps = [...wakeUps.filter((one) => one.note !== reminder), { at, note: reminder }];
      },
      emit(topic, ...data) {
        const [value] = data as readonly unknown[];
        const told = value === undefined ? { topic } : { topic, data: plainJson(value, 'data') };
        note('emit', told);
        next.push(told);
      },
      startSequence: (name, data) => ask('startSequence', [name, data && plainJson(data, 'data')], 'started'),
      stopSequence: (name, reason) => ask('stopSequence', [name, reason], undefined),
      tag(tag) {
        note('tag', tag);
        tags = [...tags.filter((known) => known !== tag), tag];
      },
      untag(tag) {
        note('untag', tag);
        tags = tags.filter((known) => known !== tag);
      },
      saveLead(form, fields, consent) {
        const { conversation } = memory;
        const lead = { leadId: `l_${memory.steps}`, conversation, form, fields: plainJson(fields, 'fields'), at: now };
        return ask('saveLead', [form, fields, consent], { ...lead, ...(consent && { consent }) });
      },
      recordOptSignal: (wish, at) => ask('recordOptSignal', [wish, at], undefined),
      recordStep: (funnel, reached) => ask('recordStep', [funnel, reached], undefined),
      handOver(takeOver) {
        note('handOver', takeOver);
        next.push({ handoff: 'human' });
      },
      threadControl: (request) => ask('threadControl', request, { status: 'done' }),
    };
  }

  async function offer(name: string, hook: Hook | undefined): Promise<boolean> {
    if (!hook || (await run(name, hook, true)) !== 'handled') return false;
    isHandled = true;
    return true;
  }

  async function hear(event: InboundEvent): Promise<void> {
    frozen(event);
    if (plugin.observe) await run('observe', (ctx) => plugin.observe?.(ctx, event), false);
    if (event.kind === 'echo' || event.isStandby) return;
    if (event.kind !== 'message' && event.kind !== 'postback') {
      await offer('onEvent', plugin.onEvent && ((ctx) => plugin.onEvent?.(ctx, event)));
      return;
    }
    const isTaken =
      event.kind === 'message'
        ? await offer('onMessage', plugin.onMessage && ((ctx) => plugin.onMessage?.(ctx, event)))
        : await offer('onPostback', plugin.onPostback && ((ctx) => plugin.onPostback?.(ctx, event)));
    const by = isTaken ? plugin.name : undefined;
    await offer('afterMessage', plugin.afterMessage && ((ctx) => plugin.afterMessage?.(ctx, event, by)));
  }

  async function happen(): Promise<void> {
    if (typeof step === 'string') return hear(aMessage(memory, step, now));
    if ('kind' in step) return hear(step);
    if ('tap' in step) return hear(aTap(memory, step.tap, now));
    if ('topic' in step) {
      const { topic: name, data } = step;
      const topic = frozen({ name, ...(data !== undefined && { data }) }) as Topic;
      if (plugin.onTopic) await run('onTopic', (ctx) => plugin.onTopic?.(ctx, topic), false);
    } else if ('handoff' in step) {
      const handoff = { to: step.handoff, reason: 'somebody said so' };
      if (plugin.onHandoff) await run('onHandoff', (ctx) => plugin.onHandoff?.(ctx, handoff), false);
    } else {
      wakeUps = wakeUps.filter(({ note }) => note !== step.wake);
      if (plugin.onWake) await run('onWake', (ctx) => plugin.onWake?.(ctx, step.wake), false);
    }
  }

  await happen();
  const after = { ...memory, tags, wakeUps, steps: memory.steps + 1, ...(kept && { state: kept }) };
  return { memory: after, journal, isHandled, isStuck, complaints, next };
}

/** What stands in for the plugin's outside half; one that nobody gave throws, and says so. */
function standIns(plugin: Plugin, given: ActivityFunctions, asked: (what: string) => void): ActivityFunctions {
  const names = Object.keys(plugin.activities?.options ?? {});
  const functions = names.map((name) => {
    const call = async (...args: unknown[]): Promise<unknown> => {
      asked(`${name} ${JSON.stringify(args)}`);
      const standIn = given[name];
      if (standIn) return standIn(...args);
      throw new Error(
        `It calls the activity ${name}. Give the contract one: { activities: { ${name}: async () => … } }`,
      );
    };
    return [name, call] as const;
  });
  return Object.fromEntries(functions);
}

class StuckError extends Error {
  override readonly message = 'It does not end. A hook may only await what its context offers.';
}

async function inTime(answer: unknown): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StuckError()), HOOK_WITHIN_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** In the sandbox random numbers are the same when a turn is run again; up to the first `await`, here too. */
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

function aMessage(memory: Memory, text: string, at: number): InboundEvent {
  const mid = `m_${memory.steps}`;
  return { ...base(memory, at), kind: 'message', mid, text, attachments: [], commands: [] };
}

function aTap(memory: Memory, payload: string, at: number): InboundEvent {
  return { ...base(memory, at), kind: 'postback', mid: `m_${memory.steps}`, title: payload, payload };
}

function base({ conversation, steps }: Memory, at: number) {
  const psid = conversation.split(':').at(-1) ?? '';
  const ids = { channel: 'messenger' as const, pageId: PAGE, psid, conversation };
  return { ...ids, at, dedupeKey: `step-${steps}`, isStandby: false };
}

/** The step as a complaint names it. */
export function describe(step: Step): string {
  if (typeof step === 'string') return `at the text "${step}"`;
  if ('kind' in step) return `at ${/^[aeiou]/.test(step.kind) ? 'an' : 'a'} ${step.kind} event (${step.dedupeKey})`;
  return `at ${JSON.stringify(step)}`;
}
