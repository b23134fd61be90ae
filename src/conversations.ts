/** Starts and signals conversation workflows; used by whatever runs outside Temporal's sandbox. */

import type { Client } from '@temporalio/client';
import type { SignalDefinition } from '@temporalio/common';
import type { Clock } from './domain/clock.ts';
import { conversationParts, type ConversationId } from './domain/conversation-id.ts';
import { CONVERSATION_TYPE, TASK_QUEUE, type ConversationInput } from './workflows/contract/index.ts';

/** Clocks of machines differ by less; only the time machine moves a person's clock further. */
const MAX_CLOCK_SKEW_MS = 1000;

/** The part of a workflow's input that says how far the person's clock is ahead; empty when it is not. */
export function clockOffset(clock: Clock, conversation: ConversationId): { readonly clockAheadMs?: number } {
  const clockAheadMs = clock.now(conversation) - Date.now();
  return clockAheadMs > MAX_CLOCK_SKEW_MS ? { clockAheadMs } : {};
}

/** What `startOrSignalConversation` needs of the process. */
export interface ConversationDeps {
  readonly client: Client;
  readonly clock: Clock;
}

/** A signal for one conversation. */
export interface ConversationSignal<Payload> {
  readonly conversation: ConversationId;
  readonly signal: SignalDefinition<[Payload]>;
  readonly payload: Payload;
}

/** Signals a conversation, and starts it if it is not running, in one transaction of the Temporal server. */
export async function startOrSignalConversation<Payload>(
  { client, clock }: ConversationDeps,
  { conversation, signal, payload }: ConversationSignal<Payload>,
): Promise<void> {
  const input: ConversationInput = { conversation, ...clockOffset(clock, conversation) };
  await client.workflow.signalWithStart(CONVERSATION_TYPE, {
    workflowId: conversation,
    taskQueue: TASK_QUEUE,
    args: [input],
    signal,
    signalArgs: [payload],
    staticSummary: `Conversation with Page ${conversationParts(conversation)?.pageId ?? ''}`,
  });
}
