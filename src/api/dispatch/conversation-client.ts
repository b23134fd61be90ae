import { status } from '@grpc/grpc-js';
import { isGrpcServiceError, NamespaceNotFoundError } from '@temporalio/client';
import { ValueError } from '@temporalio/common';
import { startOrSignalConversation, type ConversationDeps } from '../../conversations.ts';
import type { ConversationId } from '../../domain/conversation-id.ts';
import type { InboxItem } from '../../messenger/inbound/inbox-item.ts';
import { inboundEventsSignal } from '../../workflows/contract/index.ts';

/** Delivers events to conversation workflows. */
export interface ConversationClient {
  /**
   * Delivers events to a conversation, which it starts if it is not running. Rejects with `DeliveryRejected` or
   * `TemporalUnavailable`; any other error concerns this conversation, and a retry may succeed.
   */
  deliver(conversation: ConversationId, items: readonly InboxItem[]): Promise<void>;
}

/** Temporal will never accept these events, so that a retry is useless. */
export class DeliveryRejected extends Error {
  override readonly name = 'DeliveryRejected';
}

/** Temporal accepts nothing of any conversation at present. */
export class TemporalUnavailable extends Error {
  override readonly name = 'TemporalUnavailable';
}

/**
 * Within this time Temporal has accepted a delivery or never will: neither the client nor the server counts a try after
 * the deadline. The result may arrive later, because the client can be in the middle of a backoff.
 */
export const DELIVERY_WITHIN_MS = 8000;
const DEADLINE_MS = 6000;
/**
 * gRPC takes 4 MiB in one call. The client mistakes its answer to a larger one for an overload and retries until the
 * deadline, so the size is checked first.
 */
const MAX_CALL_BYTES = 4 * 1024 * 1024 - 64 * 1024;

/** Delivers by signal-with-start. */
export function createConversationClient({ client, clock }: ConversationDeps): ConversationClient {
  let lastSuccessAt = 0;
  return {
    async deliver(conversation, items) {
      const bytes = Buffer.byteLength(JSON.stringify(items));
      if (bytes > MAX_CALL_BYTES)
        throw new DeliveryRejected(
          `It is too large for Temporal: ${bytes} bytes, and one call takes ${MAX_CALL_BYTES}`,
        );
      const startedAt = Date.now();
      try {
        await client.connection.withDeadline(startedAt + DEADLINE_MS, () =>
          startOrSignalConversation({ client, clock }, { conversation, signal: inboundEventsSignal, payload: items }),
        );
        lastSuccessAt = Date.now();
      } catch (error) {
        throw toDeliveryError(error, { othersSucceeded: lastSuccessAt >= startedAt });
      }
    },
  };
}

const UNAVAILABLE_CODES = new Set([
  status.CANCELLED,
  status.PERMISSION_DENIED,
  status.UNIMPLEMENTED,
  status.UNAVAILABLE,
  status.UNAUTHENTICATED,
]);
/** "Blob data size exceeds limit.", "WorkflowId exceeds maximum allowed length (326/255)". */
const TOO_LARGE = /exceeds.*(limit|length)/i;

/** Translates an error of Temporal's client into what the dispatcher distinguishes. */
function toDeliveryError(error: unknown, { othersSucceeded }: { readonly othersSucceeded: boolean }): unknown {
  if (error instanceof ValueError)
    return new DeliveryRejected(`It cannot be written as JSON: ${error.message}`, { cause: error });
  if (error instanceof NamespaceNotFoundError) return new TemporalUnavailable(error.message, { cause: error });
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (!isGrpcServiceError(cause)) return error;
  const { code, details } = cause;
  if (code === status.INVALID_ARGUMENT && TOO_LARGE.test(details)) {
    return new DeliveryRejected(`It is too large for Temporal: ${details}`, { cause: error });
  }
  // A timeout means that Temporal is unavailable, unless others succeeded meanwhile: then this conversation is stuck.
  const isUnavailable = UNAVAILABLE_CODES.has(code) || (code === status.DEADLINE_EXCEEDED && !othersSucceeded);
  return isUnavailable ? new TemporalUnavailable(details, { cause: error }) : error;
}
