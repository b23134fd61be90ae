/** What a conversation and its sequences tell each other. */
import { getExternalWorkflowHandle, log, proxyLocalActivities } from '@temporalio/workflow';
import type { MessageEvent, PostbackEvent } from '../messenger/inbound-event.ts';
import { findSequence } from './bot.ts';
import {
  replySignal,
  sequenceId,
  stopSequenceSignal,
  topicSignal,
  type EverthreadActivities,
  type SequenceEnd,
  type Topic,
} from './contract.ts';
import type { ConversationState } from './conversation-state.ts';
import type { Turn } from './turn-parts.ts';

const outside = proxyLocalActivities<EverthreadActivities>({ startToCloseTimeout: '10 seconds' });
const SIGNALS = { reply: replySignal, stop: stopSequenceSignal, topic: topicSignal } as const;

/** Starts a sequence of this bot, or finds it running. */
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
  const known = turn.state.sequences[name];
  turn.state.sequences[name] = result === 'already_running' && known !== undefined ? known : turn.occasion;
  return result;
}

export async function stopSequence(turn: Turn, name: string, reason: string): Promise<void> {
  if (Object.hasOwn(turn.state.sequences, name)) await tell(turn, name, 'stop', reason);
}

export async function tellSequencesOfReply(turn: Turn, event: MessageEvent | PostbackEvent): Promise<void> {
  for (const open of Object.keys(turn.state.sequences)) await tell(turn, open, 'reply', event);
}

export async function tellSequencesOfTopic(turn: Turn, topic: Topic): Promise<void> {
  for (const open of Object.keys(turn.state.sequences)) await tell(turn, open, 'topic', topic);
}

/** A sequence said that it is over. One that was started again meanwhile goes on. */
export function hearEnd(state: ConversationState, { name, occasion, result }: SequenceEnd): void {
  if (result.startsWith('failed')) log.warn('A sequence failed', { sequence: name, result });
  if (occasion === undefined || state.sequences[name] === occasion) delete state.sequences[name];
}

/** Signals one sequence; one that is gone is struck off the list. */
async function tell(turn: Turn, name: string, what: keyof typeof SIGNALS, content: unknown): Promise<void> {
  const handle = getExternalWorkflowHandle(sequenceId(name, turn.conversation));
  try {
    await handle.signal<[unknown]>(SIGNALS[what].name, content);
  } catch (error) {
    log.info('A sequence is over', { sequence: name, error: String(error) });
    delete turn.state.sequences[name];
  }
}
