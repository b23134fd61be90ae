/** Names under which workflows are found in Temporal. They are on disk there and never change. */

import type { ConversationId } from '../../domain/conversation-id.ts';

/** The task queue of all workflows and activities. */
export const TASK_QUEUE = 'everthread';
/** Workflow type of a conversation; its workflow id is the {@link ConversationId}. */
export const CONVERSATION_TYPE = 'conversation';
/** Workflow type of a broadcast. A sequence's type is its own name. */
export const BROADCAST_TYPE = 'broadcast';

/** `sequence:{name}:{conversation id}`: one run of a sequence per person at a time. */
export function sequenceId(name: string, conversation: ConversationId): string {
  return `sequence:${name}:${conversation}`;
}

/** One run of a broadcast at a time. */
export function broadcastId(name: string): string {
  return `broadcast:${name}`;
}
