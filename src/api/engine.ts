import { type Client, isGrpcServiceError } from '@temporalio/client';
import { ValueError } from '@temporalio/common';
import { conversationParts, type ConversationId } from '../messenger/conversation.ts';
import {
  CONVERSATION_TYPE,
  inboundEventsSignal,
  TASK_QUEUE,
  type Clock,
  type ConversationInput,
  type InboxItem,
} from '../workflows/contract.ts';

/** Takes events for a conversation, which it starts if there is none. */
export interface Engine {
  deliver(conversation: ConversationId, items: readonly InboxItem[]): Promise<void>;
}

/** The engine will never take this; trying again is useless. */
export class EngineRefusal extends Error {
  override readonly name = 'EngineRefusal';
}

const DEADLINE_MS = 10_000;
/** gRPC: what we sent is wrong by itself. Everything else may pass. */
const INVALID_ARGUMENT = 3;
const LARGEST_SIGNAL = /exceeds.*limit|too large|larger than/i;

/** Temporal: one signal, and a start if the conversation is not open, in one transaction of the server. */
export function createTemporalEngine({ client, clock }: { readonly client: Client; readonly clock: Clock }): Engine {
  return {
    async deliver(conversation, items) {
      const clockAheadMs = clock.now(conversation) - Date.now();
      const input: ConversationInput = { conversation, ...(clockAheadMs > 1000 && { clockAheadMs }) };
      const page = conversationParts(conversation)?.pageId ?? '';
      try {
        await client.connection.withDeadline(Date.now() + DEADLINE_MS, () =>
          client.workflow.signalWithStart(CONVERSATION_TYPE, {
            workflowId: conversation,
            taskQueue: TASK_QUEUE,
            args: [input],
            signal: inboundEventsSignal,
            signalArgs: [items],
            staticSummary: `A talk with Page ${page}`,
          }),
        );
      } catch (error) {
        if (isForGood(error)) throw new EngineRefusal(String(error instanceof Error ? error.message : error), { cause: error });
        throw error;
      }
    },
  };
}

function isForGood(error: unknown): boolean {
  if (error instanceof ValueError) return true;
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return isGrpcServiceError(cause) && cause.code === INVALID_ARGUMENT && LARGEST_SIGNAL.test(cause.message);
}
