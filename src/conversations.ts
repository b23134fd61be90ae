/** Starts and signals conversation workflows; used by whatever runs outside Temporal's sandbox. */

import { WithStartWorkflowOperation, type Client } from '@temporalio/client';
import type { SignalDefinition, UpdateDefinition } from '@temporalio/common';
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

/** What starting a conversation needs of the process. */
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
  await client.workflow.signalWithStart(CONVERSATION_TYPE, {
    ...startOptions(clock, conversation),
    signal,
    signalArgs: [payload],
  });
}

/** An update for one conversation. */
export interface ConversationUpdate<Result, Request> {
  readonly conversation: ConversationId;
  readonly update: UpdateDefinition<Result, [Request]>;
  readonly request: Request;
}

/**
 * Sends an update to a conversation, which is started if it is not running, and resolves to its result. It is durable once a
 * worker has accepted it; before that it may be lost, so that the caller must repeat what was not answered.
 */
export async function startOrUpdateConversation<Result, Request>(
  { client, clock }: ConversationDeps,
  { conversation, update, request }: ConversationUpdate<Result, Request>,
): Promise<Result> {
  const startWorkflowOperation = new WithStartWorkflowOperation(CONVERSATION_TYPE, {
    ...startOptions(clock, conversation),
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
  return client.workflow.executeUpdateWithStart(update, { startWorkflowOperation, args: [request] });
}

function startOptions(clock: Clock, conversation: ConversationId) {
  const input: ConversationInput = { conversation, ...clockOffset(clock, conversation) };
  return {
    workflowId: conversation,
    taskQueue: TASK_QUEUE,
    args: [input],
    staticSummary: `Conversation with Page ${conversationParts(conversation)?.pageId ?? ''}`,
  };
}
