import { log, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { ConversationId } from '../messenger/conversation.ts';
import type { Sayable } from '../messenger/outbound-message.ts';
import { textOfOutbound } from '../messenger/outbound-message.ts';
import { outboundMessage } from '../messenger/sayable.ts';
import type { Outside } from '../plugins/outside.ts';
import type { Plugin, PluginContext } from '../plugins/plugin.ts';
import { findSequence } from './bot.ts';
import type { EverthreadActivities, Lead, SendOutcome, TakeOver, Topic } from './contract.ts';
import { addLine, pluginState, type ConversationState } from './conversation-state.ts';
import type { Pending } from './run-hook.ts';
import { send } from './send.ts';

const outside = proxyLocalActivities<EverthreadActivities>({ startToCloseTimeout: '10 seconds' });

/** A hook that says more than this is caught in a loop. */
const MOST_SENDS_PER_HOOK = 20;
const MOST_WAKE_UPS = 50;

/** What one turn of a conversation works with, shared by all hooks of that turn. */
export interface Turn {
  readonly conversation: ConversationId;
  readonly state: ConversationState;
  /** What this turn's sends are named after: `i{inbox id}`, `w{moment}`. */
  readonly occasion: string;
  readonly now: () => number;
  /** Counts the sends of this turn, all hooks together. */
  ordinal: number;
  readonly pending: Pending;
  /** Emitted and not told to anybody yet. */
  readonly topics: Topic[];
  readonly stopSequence: (name: string, reason: string) => Promise<void>;
  readonly handOver: (takeOver: TakeOver) => void;
  /** Set by a hook that wants a person to go on. */
  takeOver?: TakeOver;
}

export function pluginContext(turn: Turn, plugin: Plugin): PluginContext {
  const { state, pending } = turn;
  const mine = pluginState(state, plugin);
  let sends = 0;

  /** Marks the hook as waiting for something of ours. */
  async function ask<T>(answer: () => Promise<T>): Promise<T> {
    pending.count += 1;
    try {
      return await answer();
    } finally {
      pending.count -= 1;
    }
  }

  return {
    conversation: turn.conversation,
    contact: state.contact,
    get now() {
      return turn.now();
    },
    get state() {
      return mine.state;
    },
    set state(next: object) {
      mine.state = next;
    },
    get tags() {
      return state.tags;
    },
    activities: plugin.activities ? proxyActivities<Outside>(plugin.activities.options) : {},
    log: pluginLog(plugin.name),

    send: (message) => {
      sends += 1;
      if (sends > MOST_SENDS_PER_HOOK) {
        throw new Error(`It sends more than ${MOST_SENDS_PER_HOOK} messages for one event. Is it caught in a loop?`);
      }
      return ask(() => say(turn, message));
    },
    wakeAt: (at, note = '') => {
      const others = state.wakeUps.filter((wakeUp) => wakeUp.plugin !== plugin.name || wakeUp.note !== note);
      if (others.length >= MOST_WAKE_UPS) throw new Error(`More than ${MOST_WAKE_UPS} wake-ups are waiting.`);
      state.wakeUps = [...others, { plugin: plugin.name, at, note }];
    },
    emit: (name, data) => {
      turn.topics.push({ name, ...(data !== undefined && { data }) });
    },
    startSequence: (name, data) => ask(() => startSequence(turn, name, data)),
    stopSequence: (name, reason) => ask(() => turn.stopSequence(name, reason)),
    tag: (tag) => {
      if (!state.tags.includes(tag)) state.tags = [...state.tags, tag];
    },
    untag: (tag) => {
      state.tags = state.tags.filter((known) => known !== tag);
    },
    saveLead: (form, fields) => ask(() => saveLead(turn, form, fields)),
    handOver: turn.handOver,
  };
}

/** Says something in this turn; the send's name comes from the occasion and its place in the turn. */
export async function say(turn: Turn, message: Sayable): Promise<SendOutcome> {
  const sendId = `${turn.conversation}/${turn.occasion}/${turn.ordinal}`;
  turn.ordinal += 1;
  const outcome = await send(
    { sendId, conversation: turn.conversation, author: 'bot', purpose: 'reply', guarantee: 'at-least-once' },
    message,
  );
  if (outcome.status === 'sent') addLine(turn.state, { at: turn.now(), by: 'bot', text: textOfOutbound(outboundMessage(message)) });
  else log.warn('A send did not go out', { sendId, outcome });
  return outcome;
}

export async function startSequence(turn: Turn, name: string, data: unknown): Promise<'started' | 'already_running'> {
  if (!findSequence(name)) {
    throw new Error(`There is no sequence "${name}". Add it to \`sequences\` of the bot.`);
  }
  const result = await outside.startSequence(name, {
    conversation: turn.conversation,
    occasion: turn.occasion,
    contact: turn.state.contact,
    ...(data !== undefined && { data }),
  });
  turn.state.sequences[name] = turn.occasion;
  return result;
}

async function saveLead(turn: Turn, form: string, fields: Lead['fields']): Promise<void> {
  await outside.saveLead({
    leadId: `${turn.conversation}/${turn.occasion}/${form}`,
    conversation: turn.conversation,
    form,
    fields,
    at: turn.now(),
  });
}

function pluginLog(plugin: string): PluginContext['log'] {
  return {
    info: (message, fields) => log.info(message, { plugin, ...fields }),
    warn: (message, fields) => log.warn(message, { plugin, ...fields }),
    error: (message, fields) => log.error(message, { plugin, ...fields }),
  };
}
