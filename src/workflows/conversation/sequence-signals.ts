/** What a conversation and its sequences tell each other. */

import { getExternalWorkflowHandle, log, proxyLocalActivities } from '@temporalio/workflow';
import type { SequenceStart } from '../../domain/sequence-start.ts';
import type { Topic } from '../../domain/topic.ts';
import type { MessageEvent, PostbackEvent } from '../../messenger/inbound/inbound-event.ts';
import { findBroadcast, newestSequence, versionOf } from '../bot.ts';
import {
  replySignal,
  sequenceId,
  stopSequenceSignal,
  topicSignal,
  type EverthreadActivities,
  type SequenceEnd,
} from '../contract/index.ts';
import type { ConversationState } from './conversation-state.ts';
import type { Turn } from './turn-parts.ts';

const outside = proxyLocalActivities<EverthreadActivities>({ startToCloseTimeout: '10 seconds' });
const SIGNALS = { reply: replySignal, stop: stopSequenceSignal, topic: topicSignal } as const;

/** Starts a sequence of this bot, in its newest version, or finds it running. */
export async function startSequence(turn: Turn, name: string, data: unknown): Promise<SequenceStart> {
  const { state } = turn;
  const occasion = turn.cause.id;
  const sequence = newestSequence(name);
  if (!sequence) throw new Error(`There is no sequence "${name}". Add it to \`sequences\` of the bot.`);
  const { runs = 'one_at_a_time' } = sequence;
  // The engine forgets runs that ended long ago; a conversation does not.
  if (runs === 'once' && state.ran?.includes(name)) {
    return Object.hasOwn(state.sequences, name) ? 'already_running' : 'already_ran';
  }
  const input = {
    conversation: turn.conversation,
    version: versionOf(sequence),
    occasion,
    contact: state.contact,
    ...(data !== undefined && { data }),
  };
  const result = await outside.startSequence(name, input, runs);
  if (runs === 'once') state.ran = [...(state.ran ?? []), name];
  const known = state.sequences[name];
  if (result === 'started') state.sequences[name] = occasion;
  if (result === 'already_running') state.sequences[name] = known ?? occasion;
  return result;
}

/** Not while a person of the business answers. A broadcast that this worker does not know yet, or any more, is left out. */
export async function beginBroadcast(turn: Turn, name: string): Promise<void> {
  if (turn.state.human) log.info('A broadcast is left out: a person answers', { broadcast: name });
  else if (findBroadcast(name)) await startSequence(turn, name, undefined);
  else log.warn('This bot has no such broadcast; it is left out', { broadcast: name });
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
export function onSequenceEnded(state: ConversationState, { name, occasion, result }: SequenceEnd): void {
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
