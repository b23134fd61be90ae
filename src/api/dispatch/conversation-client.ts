import { type Client, isGrpcServiceError, NamespaceNotFoundError } from '@temporalio/client';
import { ValueError } from '@temporalio/common';
import type { Clock } from '../../domain/clock.ts';
import { conversationParts, type ConversationId } from '../../domain/conversation-id.ts';
import type { InboxItem } from '../../messenger/inbound/inbox-item.ts';
import {
  CONVERSATION_TYPE,
  inboundEventsSignal,
  TASK_QUEUE,
  type ConversationInput,
} from '../../workflows/contract/index.ts';

/** Takes events for a conversation, which it starts if there is none. */
export interface ConversationClient {
  /** Rejects with `EngineRefusal` or `EngineAway`; any other error is about this conversation at this moment. */
  deliver(conversation: ConversationId, items: readonly InboxItem[]): Promise<void>;
}

/** The engine will never take this; trying again is useless. */
export class DeliveryRejected extends Error {
  override readonly name = 'DeliveryRejected';
}

/** The engine takes nothing from anybody at the moment. */
export class TemporalUnavailable extends Error {
  override readonly name = 'TemporalUnavailable';
}

/**
 * Within this time the engine has it, or never will: no try counts after the deadline, neither here nor at the server.
 * What became of it may be heard later, for the client can be in the middle of a pause.
 */
export const DELIVERY_WITHIN_MS = 8000;
const DEADLINE_MS = 6000;
/**
 * gRPC takes 4 MiB in one call. It says so in a way that the client takes for an overload and tries again until the
 * deadline, so we look first.
 */
const MAX_CALL_BYTES = 4 * 1024 * 1024 - 64 * 1024;

/** Temporal: one signal, and a start if the conversation is not open, in one transaction of the server. */
export function createConversationClient({
  client,
  clock,
}: {
  readonly client: Client;
  readonly clock: Clock;
}): ConversationClient {
  let lastSuccessAt = 0;
  return {
    async deliver(conversation, items) {
      refuseTooLarge(items);
      const startedAt = Date.now();
      const clockAheadMs = clock.now(conversation) - startedAt;
      const input: ConversationInput = { conversation, ...(clockAheadMs > 1000 && { clockAheadMs }) };
      const page = conversationParts(conversation)?.pageId ?? '';
      try {
        await client.connection.withDeadline(startedAt + DEADLINE_MS, () =>
          client.workflow.signalWithStart(CONVERSATION_TYPE, {
            workflowId: conversation,
            taskQueue: TASK_QUEUE,
            args: [input],
            signal: inboundEventsSignal,
            signalArgs: [items],
            staticSummary: `A talk with Page ${page}`,
          }),
        );
        lastSuccessAt = Date.now();
      } catch (error) {
        throw toDeliveryError(error, { othersGotThrough: lastSuccessAt >= startedAt });
      }
    },
  };
}

function refuseTooLarge(items: readonly InboxItem[]): void {
  const bytes = Buffer.byteLength(JSON.stringify(items));
  if (bytes <= MAX_CALL_BYTES) return;
  throw new DeliveryRejected(`It is too large for the engine: ${bytes} bytes, and one call takes ${MAX_CALL_BYTES}`);
}

/** gRPC's numbers. */
const CANCELLED = 1;
const INVALID_ARGUMENT = 3;
const DEADLINE_EXCEEDED = 4;
const PERMISSION_DENIED = 7;
const UNIMPLEMENTED = 12;
const UNAVAILABLE = 14;
const UNAUTHENTICATED = 16;

const UNAVAILABLE_CODES = new Set([CANCELLED, PERMISSION_DENIED, UNIMPLEMENTED, UNAVAILABLE, UNAUTHENTICATED]);
/** "Blob data size exceeds limit.", "WorkflowId exceeds maximum allowed length (326/255)". */
const TOO_LARGE = /exceeds.*(limit|length)/i;

/** What the dispatcher needs to know of an error of the client. */
function toDeliveryError(error: unknown, { othersGotThrough }: { readonly othersGotThrough: boolean }): unknown {
  if (error instanceof ValueError)
    return new DeliveryRejected(`It cannot be written as JSON: ${error.message}`, { cause: error });
  if (error instanceof NamespaceNotFoundError) return new TemporalUnavailable(error.message, { cause: error });
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (!isGrpcServiceError(cause)) return error;
  const { code, details } = cause;
  if (code === INVALID_ARGUMENT && TOO_LARGE.test(details)) {
    return new DeliveryRejected(`It is too large for the engine: ${details}`, { cause: error });
  }
  // Nobody answers, or this conversation alone is stuck: what happened to the others meanwhile tells.
  const isAway = UNAVAILABLE_CODES.has(code) || (code === DEADLINE_EXCEEDED && !othersGotThrough);
  return isAway ? new TemporalUnavailable(details, { cause: error }) : error;
}
