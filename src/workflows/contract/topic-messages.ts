/** A topic that comes from outside the bot. Names and payloads are on the wire. */

import { defineUpdate } from '@temporalio/workflow';
import type { Topic } from '../../domain/topic.ts';

/** Another system emits a topic in the conversation. The same key twice is one topic. */
export const emitTopicUpdate = defineUpdate<EmitTopicResult, [EmitTopicRequest]>('emitTopic');

/** The type of the error with which a topic, or the start of a sequence, is rejected while too much waits. */
export const CONVERSATION_BUSY = 'conversation_busy';

/** Asks for a topic. */
export interface EmitTopicRequest {
  /** Names the request: letters, digits, `-` and `_`. The cause of the turn is made of it. */
  readonly key: string;
  readonly topic: Topic;
}

/**
 * What became of the topic. `undeclared`: the bot's `topics` lacks the name; `invalid`: its schema refuses the data, in these
 * words; `pending`: its turn has not come yet.
 */
export type EmitTopicResult =
  | { readonly status: 'emitted' | 'undeclared' | 'pending' }
  | { readonly status: 'invalid'; readonly issues: readonly string[] };
