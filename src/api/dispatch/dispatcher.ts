/**
 * Delivers the events of the inbox to their conversations: in order within one conversation, concurrently across many,
 * and again and again while Temporal is unavailable. Several processes share one store; a lease makes sure that one
 * process at a time dispatches a conversation. The inbox alone is the truth; what is remembered here only saves time.
 */

import { randomUUID } from 'node:crypto';
import type { ConversationId } from '../../domain/conversation-id.ts';
import type { Logger } from '../../logger.ts';
import type { Inbox, LeasedConversation, OfferLease, RecordedEvents } from '../../store/inbox/index.ts';
import type { Metrics } from '../metrics.ts';
import { DELIVERY_WITHIN_MS, TemporalUnavailable, type ConversationClient } from './conversation-client.ts';
import { createDelivery } from './delivery.ts';
import { createInboxReader } from './inbox-reader.ts';
import { createReadyQueue, MAX_READY } from './ready-queue.ts';
import { createTemporalOutage } from './temporal-outage.ts';

/** Delivers stored events to conversation workflows until it is stopped. */
export interface Dispatcher {
  /** These conversations have new events in the inbox. Returns at once. */
  wake(conversations: readonly ConversationId[]): void;
  /** For events that are about to be stored: what can be dispatched at once is leased by the transaction that stores it. */
  reserve(): Reservation;
  /** False from a delivery that found Temporal unavailable until one that succeeds. */
  isTemporalReachable(): boolean;
  /** Finishes the deliveries that are running and begins no more. */
  stop(): Promise<void>;
}

/** The leases of one batch of events. Ends with `dispatch` or `cancel`. */
export interface Reservation {
  /** Asked by the transaction that stores the events. */
  readonly offerLease: OfferLease;
  /** The events are stored: delivers what was leased, and queues the rest. Returns at once. */
  dispatch(recorded: RecordedEvents): void;
  /** The events could not be stored. */
  cancel(): void;
}

/** What a dispatcher needs of its process. */
export interface DispatcherOptions {
  readonly inbox: Inbox;
  readonly conversationClient: ConversationClient;
  readonly metrics: Pick<Metrics, 'dispatched' | 'dispatchFailures' | 'dispatchLagSeconds'>;
  readonly log: Logger;
}

/**
 * Enough for the rate that Temporal takes; with more of them in flight, webhooks that arrive at the same time are
 * acknowledged later, and none is delivered earlier (docs/benchmarks.md).
 */
const MAX_CONCURRENT_DELIVERIES = 24;
/**
 * Time for a slow store to grant the lease, and then for a delivery. A lease only expires when its process has died, and
 * until then the events of its conversations wait.
 */
const LEASE_MS = 2 * DELIVERY_WITHIN_MS;
/** How often the inbox is scanned for events that woke no dispatcher: their process has died. */
const SCAN_EVERY_MS = 1000;

/** Starts dispatching, and scans the inbox at once for events that are already there. */
export function createDispatcher({ inbox, conversationClient, metrics, log }: DispatcherOptions): Dispatcher {
  const owner = randomUUID();
  const running = new Set<Promise<void>>();
  let isScanning = false;
  let isDispatchScheduled = false;
  let isStopped = false;
  const reader = createInboxReader(inbox, log);
  const queue = createReadyQueue(() => reader.noteDropped());
  const outage = createTemporalOutage(log, dispatchReady);
  const delivery = createDelivery({ inbox, conversationClient, metrics, log, owner });

  /** Conversations that become ready in the same tick are leased together. */
  function scheduleDispatch(): void {
    if (isDispatchScheduled) return;
    isDispatchScheduled = true;
    setImmediate(() => {
      isDispatchScheduled = false;
      dispatchReady();
    });
  }

  function dispatchReady(): void {
    if (isStopped || outage.isBackingOff()) return;
    // One delivery probes whether Temporal is back, before the others follow.
    const maxInFlight = outage.isOngoing() ? 1 : MAX_CONCURRENT_DELIVERIES;
    const batch = queue.take(maxInFlight, (conversation) => delivery.isBackingOff(conversation));
    if (batch.length > 0) track(dispatch(batch));
    else if (queue.size() === 0 && reader.mayHaveMore()) scan();
  }

  function track(work: Promise<void>): void {
    const tracked = work.finally(() => running.delete(tracked));
    running.add(tracked);
  }

  async function dispatch(batch: readonly ConversationId[]): Promise<void> {
    const now = Date.now();
    const expiresAt = now + LEASE_MS;
    const leased = await reader.lease(batch, { owner, now, expiresAt });
    const isOurs = new Set(leased.map(({ conversation }) => conversation));
    // Another process has the lease of the others, and sees what is pending when it ends.
    for (const conversation of batch) if (!isOurs.has(conversation)) queue.finish(conversation, false);
    await Promise.all(leased.map((one) => deliver(one, expiresAt)));
    scheduleDispatch();
  }

  async function deliver(leased: LeasedConversation, leaseExpiresAt: number): Promise<void> {
    const { conversation } = leased;
    let isPending = false;
    try {
      isPending = await delivery.deliver(leased, leaseExpiresAt);
      if (leased.items.length > 0) outage.end();
    } catch (error) {
      if (error instanceof TemporalUnavailable) outage.begin(error);
      isPending = !delivery.isBackingOff(conversation);
    }
    queue.finish(conversation, isPending);
    scheduleDispatch();
  }

  function scan(): void {
    const hasEnough = queue.size() >= (outage.isOngoing() ? 1 : MAX_READY);
    if (isStopped || isScanning || hasEnough) return;
    isScanning = true;
    track(
      reader.scan().then((waiting) => {
        isScanning = false;
        wake(waiting);
      }),
    );
  }

  function wake(conversations: readonly ConversationId[]): void {
    queue.add(conversations);
    scheduleDispatch();
  }

  function reserve(): Reservation {
    const now = Date.now();
    const expiresAt = now + LEASE_MS;
    const reserved = new Set<ConversationId>();

    function mayDispatch(conversation: ConversationId): boolean {
      const isHeldBack = isStopped || outage.isOngoing() || reader.mayHaveMore() || delivery.isBackingOff(conversation);
      return !isHeldBack && queue.takeNew(conversation, MAX_CONCURRENT_DELIVERIES);
    }

    function cancel(): void {
      for (const conversation of reserved) queue.finish(conversation, false);
      reserved.clear();
      scheduleDispatch();
    }

    return {
      offerLease(conversation) {
        if (!reserved.has(conversation) && !mayDispatch(conversation)) return undefined;
        reserved.add(conversation);
        return { owner, now, expiresAt };
      },
      dispatch({ waiting, leased }) {
        for (const one of leased) {
          reserved.delete(one.conversation);
          track(deliver(one, expiresAt));
        }
        cancel();
        wake(waiting);
      },
      cancel,
    };
  }

  const scanning = setInterval(scan, SCAN_EVERY_MS);
  scanning.unref();
  scan();

  return {
    wake,
    reserve,
    isTemporalReachable: () => !outage.isOngoing(),
    async stop() {
      isStopped = true;
      clearInterval(scanning);
      delivery.stop();
      while (running.size > 0) await Promise.all(running);
    },
  };
}
