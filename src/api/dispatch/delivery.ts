import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { backoffMs } from '../../backoff.ts';
import type { ConversationId } from '../../domain/conversation-id.ts';
import type { Logger } from '../../logger.ts';
import type { InboxItem } from '../../messenger/inbound/inbox-item.ts';
import type { Inbox, LeasedConversation } from '../../store/inbox/index.ts';
import type { Metrics } from '../metrics.ts';
import { ConversationBackoff } from './conversation-backoff.ts';
import {
  DELIVERY_WITHIN_MS,
  DeliveryRejected,
  TemporalUnavailable,
  type ConversationClient,
} from './conversation-client.ts';

/** What a delivery needs of its dispatcher; `owner` is the name in its leases. */
export interface DeliveryOptions {
  readonly inbox: Inbox;
  readonly conversationClient: ConversationClient;
  readonly metrics: Pick<Metrics, 'dispatched' | 'dispatchFailures' | 'dispatchLagSeconds'>;
  readonly log: Logger;
  readonly owner: string;
}

/** Delivers the pending events of one leased conversation, and remembers which conversations fail on their own. */
export interface Delivery {
  /**
   * Delivers while the lease is certainly valid; resolves to `true` if more events are pending. Rejects when the
   * delivery must be retried, with `TemporalUnavailable` if that is the reason.
   */
  deliver(leased: LeasedConversation, leaseExpiresAt: number): Promise<boolean>;
  /** True during the backoff after a failure of this conversation alone. */
  isBackingOff(conversation: ConversationId): boolean;
  /** Ends every wait. */
  stop(): void;
}

/** Backoff while the store cannot record what Temporal has accepted. */
const RECORD_BACKOFF = { minMs: 100, maxMs: 2000 };

/** Creates the delivery of one dispatcher. */
export function createDelivery({ inbox, conversationClient, metrics, log, owner }: DeliveryOptions): Delivery {
  const backoff = new ConversationBackoff();
  const stopped = new AbortController();
  // One listener for each delivery that is running.
  setMaxListeners(0, stopped.signal);

  async function deliver(
    { conversation, items, receivedAt }: LeasedConversation,
    leaseExpiresAt: number,
  ): Promise<boolean> {
    const mayOutliveLease = Date.now() + DELIVERY_WITHIN_MS > leaseExpiresAt;
    if (items.length === 0 || mayOutliveLease) return inbox.release(conversation, owner);
    const batch = items.slice(0, backoff.maxEvents(conversation));
    const at = Date.now();
    try {
      await conversationClient.deliver(conversation, batch);
    } catch (error) {
      if (error instanceof DeliveryRejected) return isolateRejected(conversation, batch, at, error);
      metrics.dispatchFailures.inc();
      if (error instanceof TemporalUnavailable) await release(conversation);
      else await backOff(conversation, error);
      throw error;
    }
    if (receivedAt !== undefined) metrics.dispatchLagSeconds.observe(Math.max(0, at - receivedAt) / 1000);
    backoff.succeed(conversation, items.length);
    return recordDispatched(conversation, batch, at, leaseExpiresAt);
  }

  /** Temporal rejects a whole signal because of one event: halving the signal finds that event. */
  async function isolateRejected(
    conversation: ConversationId,
    batch: readonly InboxItem[],
    at: number,
    { message }: DeliveryRejected,
  ): Promise<boolean> {
    const [first] = batch;
    if (batch.length > 1 || !first) {
      backoff.limitEvents(conversation, Math.ceil(batch.length / 2));
      return true;
    }
    const { inboxId } = first;
    log.error({ conversation, inboxId, error: message }, 'Temporal rejects an event for good; see `everthread dead`');
    return inbox.markDead(conversation, inboxId, message, owner, at);
  }

  /** Retries while the lease is valid: without the record another delivery would repeat the events. */
  async function recordDispatched(
    conversation: ConversationId,
    batch: readonly InboxItem[],
    at: number,
    leaseExpiresAt: number,
  ): Promise<boolean> {
    const inboxIds = batch.map(({ inboxId }) => inboxId);
    for (let failures = 1; ; failures += 1) {
      try {
        const isPending = await inbox.markDispatched(conversation, inboxIds, owner, at);
        metrics.dispatched.inc(inboxIds.length);
        return isPending;
      } catch (error) {
        if (failures === 1)
          log.error({ conversation, error: String(error) }, 'Events that Temporal accepted cannot be recorded as such');
        if (stopped.signal.aborted || Date.now() > leaseExpiresAt) throw error;
      }
      await delay(backoffMs(RECORD_BACKOFF, failures), undefined, { signal: stopped.signal }).catch(() => {});
    }
  }

  /** Extends the lease over the backoff, so that no other process tries the conversation earlier. */
  async function backOff(conversation: ConversationId, error: unknown): Promise<void> {
    const { failures, waitMs, retryAt } = backoff.fail(conversation);
    log.warn(
      { conversation, failures, againInMs: waitMs, error: String(error) },
      'Events of one conversation cannot be delivered; they wait in the inbox',
    );
    await inbox.extendLease(conversation, owner, retryAt).catch(reportLeaseFailure(conversation));
  }

  async function release(conversation: ConversationId): Promise<void> {
    await inbox.release(conversation, owner).catch(reportLeaseFailure(conversation));
  }

  const reportLeaseFailure = (conversation: ConversationId) => (error: unknown) => {
    log.error({ conversation, error: String(error) }, 'A lease cannot be changed; it expires by itself');
  };

  return {
    deliver,
    isBackingOff: (conversation) => backoff.isBackingOff(conversation),
    stop: () => stopped.abort(),
  };
}
