/** Starts, signals and ends of sequences, as their conversation sees them. */

import { getExternalWorkflowHandle, log } from '@temporalio/workflow';
import type { SequenceStart } from '../../domain/sequence-start.ts';
import type { Topic } from '../../domain/topic.ts';
import { storeActivities } from '../activity-proxies.ts';
import { findBroadcast, newestSequence, sequenceVersion } from '../bot.ts';
import {
  hasFailed,
  offerReplySignal,
  personRepliedSignal,
  replySignal,
  sequenceId,
  stopSequenceSignal,
  topicSignal,
  type SequenceEnd,
} from '../contract/index.ts';
import type { ConversationState } from './conversation-state.ts';
import { recordAnswer } from './turn-records.ts';
import type { Turn } from './turn.ts';

const SIGNALS = {
  announce: personRepliedSignal,
  offer: offerReplySignal,
  reply: replySignal,
  stop: stopSequenceSignal,
  topic: topicSignal,
} as const;

/** Starts a sequence of this bot in its newest version, as its `runs` allows. Throws for an unknown name. */
export async function startSequence(turn: Turn, name: string, data: unknown): Promise<SequenceStart> {
  const { state } = turn;
  const occasion = turn.cause.id;
  const sequence = newestSequence(name);
  if (!sequence) throw new Error(`There is no sequence "${name}". Add it to \`sequences\` of the bot.`);
  const { runs = 'one_at_a_time' } = sequence;
  // Temporal deletes runs that ended long ago; the conversation remembers them.
  if (runs === 'once' && state.ran?.includes(name)) {
    return Object.hasOwn(state.sequences, name) ? 'already_running' : 'already_ran';
  }
  const input = {
    conversation: turn.conversation,
    version: sequenceVersion(sequence),
    occasion,
    contact: state.contact,
    ...(data !== undefined && { data }),
  };
  const result = await storeActivities.startSequence(name, input, runs);
  if (runs === 'once') state.ran = [...(state.ran ?? []), name];
  const known = state.sequences[name];
  if (result === 'started') {
    state.sequences[name] = occasion;
    recordAnswer(turn, { hook: 'sequence', who: `sequence ${name}`, answer: 'started' });
  }
  if (result === 'already_running') state.sequences[name] = known ?? occasion;
  return result;
}

/** Starts a broadcast's sequence; skipped while an operator answers, and when this worker does not know the broadcast. */
export async function beginBroadcast(turn: Turn, name: string): Promise<void> {
  if (turn.state.human) log.info('A broadcast is left out: an operator answers', { broadcast: name });
  else if (findBroadcast(name)) await startSequence(turn, name, undefined);
  else log.warn('This bot has no such broadcast; it is left out', { broadcast: name });
}

/** Stops a sequence, if it is running. `reason` goes into its result. */
export async function stopSequence(turn: Turn, name: string, reason: string): Promise<void> {
  if (Object.hasOwn(turn.state.sequences, name)) await signalSequence(turn, name, 'stop', reason);
}

/** Signals a topic to all running sequences. */
export async function notifySequencesOfTopic(turn: Turn, topic: Topic): Promise<void> {
  for (const name of Object.keys(turn.state.sequences)) await signalSequence(turn, name, 'topic', topic);
}

/** Removes a sequence whose run reported its end, unless a later run of it has begun. */
export function removeEndedSequence(state: ConversationState, end: SequenceEnd): void {
  const { name, occasion, result } = end;
  // The run itself logged the error.
  if (hasFailed(end)) log.info('A sequence failed', { sequence: name, result });
  if (occasion === undefined || state.sequences[name] === occasion) delete state.sequences[name];
}

/** Signals one sequence; removes it when its run is over. */
export async function signalSequence(
  turn: Turn,
  name: string,
  kind: keyof typeof SIGNALS,
  ...content: readonly unknown[]
): Promise<void> {
  const handle = getExternalWorkflowHandle(sequenceId(name, turn.conversation));
  try {
    await handle.signal<unknown[]>(SIGNALS[kind].name, ...content);
  } catch (error) {
    log.info('A sequence is over', { sequence: name, error: String(error) });
    delete turn.state.sequences[name];
  }
}
