/** Names under which workflows are found in Temporal. They are on disk there and never change. */

import { conversationId, conversationParts, type ConversationId } from '../../domain/conversation-id.ts';

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

/** What a workflow id names. */
export type WorkflowName =
  | { readonly kind: 'conversation'; readonly conversation: ConversationId }
  | { readonly kind: 'sequence'; readonly name: string; readonly conversation: ConversationId }
  | { readonly kind: 'broadcast'; readonly name: string };

/** Parses a workflow id of ours; `undefined` for any other. */
export function parseWorkflowId(workflowId: string): WorkflowName | undefined {
  const [prefix, name = '', ...rest] = workflowId.split(':');
  if (prefix === 'broadcast') return { kind: 'broadcast', name: [name, ...rest].join(':') };
  const parts = conversationParts(prefix === 'sequence' ? rest.join(':') : workflowId);
  if (!parts) return undefined;
  const conversation = conversationId(parts);
  return prefix === 'sequence' ? { kind: 'sequence', name, conversation } : { kind: 'conversation', conversation };
}
