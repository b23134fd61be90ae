import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { backoffMs } from '../../backoff.ts';
import type { ConversationId } from '../../domain/conversation-id.ts';
import type { Logger } from '../../logger.ts';
import type { InboxItem } from '../../messenger/inbound/inbox-item.ts';
import type { LeasedConversation, Inbox } from '../../store/inbox/index.ts';
import type { Metrics } from '../metrics.ts';
import {
  DELIVERY_WITHIN_MS,
  TemporalUnavailable,
  DeliveryRejected,
  type ConversationClient,
} from './conversation-client.ts';

export interface DeliveryOptions {
  readonly inbox: Inbox;
  readonly conversationClient: ConversationClient;
  readonly metrics: Pick<Metrics, 'dispatched' | 'dispatchFailures'>;
  readonly log: Logger;
  readonly owner: string;
}

/** Hands over what is pending of one conversation, and remembers which conversations have trouble of their own. */
export interface Delivery {
  /**
   * Hands over, as long as the claim surely lasts, and tells whether more is pending. Rejects when it must be tried
   * again, with `EngineAway` if that is why.
   */
  deliver(claimed: LeasedConversation, claimedUntil: number): Promise<boolean>;
  /** True while a conversation waits after a failure that was its own. */
  isBackingOff(conversation: ConversationId): boolean;
  /** Waits for nothing any more. */
  stop(): void;
}

/** Of a conversation that cannot be handed over while others can. */
const OWN_TROUBLE = { minMs: 200, maxMs: 30_000 };
/** Of a store that does not take what the engine has. */
const NOT_RECORDED = { minMs: 100, maxMs: 2000 };

const MAX_TRACKED_FAILURES = 10_000;

interface DeliveryFailures {
  readonly failures: number;
  readonly restsUntil: number;
  /** At most so many events at once, after the engine refused more. */
  readonly portion: number;
}

const NONE: DeliveryFailures = { failures: 0, restsUntil: 0, portion: Number.POSITIVE_INFINITY };

export function createDelivery({ inbox, conversationClient, metrics, log, owner }: DeliveryOptions): Delivery {
  /** Only of conversations in trouble; one success and it is forgotten. */
  const troubles = new Map<ConversationId, DeliveryFailures>();
  const stopped = new AbortController();
  // As many as are under way may wait for it.
  setMaxListeners(0, stopped.signal);

  async function carry({ conversation, items }: LeasedConversation, claimedUntil: number): Promise<boolean> {
    const mayBeLate = Date.now() + DELIVERY_WITHIN_MS > claimedUntil;
    if (items.length === 0 || mayBeLate) return inbox.release(conversation, owner);
    const { portion } = troubles.get(conversation) ?? NONE;
    const part = items.slice(0, portion);
    try {
      await conversationClient.deliver(conversation, part);
    } catch (error) {
      return takeNo(conversation, part, error);
    }
    if (portion < items.length) set(conversation, { failures: 0, portion: portion * 2 });
    else troubles.delete(conversation);
    return record(conversation, part, claimedUntil);
  }

  async function takeNo(conversation: ConversationId, part: readonly InboxItem[], error: unknown): Promise<boolean> {
    if (error instanceof DeliveryRejected) return takeRefusal(conversation, part, error);
    metrics.dispatchFailures.inc();
    if (error instanceof TemporalUnavailable) await release(conversation);
    else await rest(conversation, error);
    throw error;
  }

  /** The engine refuses a whole signal for one event's sake: it is found by handing over less. */
  async function takeRefusal(
    conversation: ConversationId,
    part: readonly InboxItem[],
    { message }: DeliveryRejected,
  ): Promise<boolean> {
    const [first] = part;
    if (part.length > 1 || !first) {
      set(conversation, { failures: 0, portion: Math.ceil(part.length / 2) });
      return true;
    }
    const { inboxId } = first;
    log.error(
      { conversation, inboxId, error: message },
      'Temporal rejects an event for good; see `everthread dead list`',
    );
    return inbox.markDead(conversation, inboxId, message, owner);
  }

  /** Writes down that the engine has them, as long as nobody else may have taken over. */
  async function record(
    conversation: ConversationId,
    part: readonly InboxItem[],
    claimedUntil: number,
  ): Promise<boolean> {
    const inboxIds = part.map(({ inboxId }) => inboxId);
    for (let failures = 1; ; failures += 1) {
      try {
        const isPending = await inbox.markDispatched(conversation, inboxIds, owner);
        metrics.dispatched.inc(inboxIds.length);
        return isPending;
      } catch (error) {
        if (failures === 1)
          log.error({ conversation, error: String(error) }, 'What the engine took cannot be recorded');
        if (stopped.signal.aborted || Date.now() > claimedUntil) throw error;
      }
      await delay(backoffMs(NOT_RECORDED, failures), undefined, { signal: stopped.signal }).catch(() => {});
    }
  }

  async function rest(conversation: ConversationId, error: unknown): Promise<void> {
    const { failures, portion } = troubles.get(conversation) ?? NONE;
    const pause = backoffMs(OWN_TROUBLE, failures + 1);
    const restsUntil = Date.now() + pause;
    set(conversation, { failures: failures + 1, restsUntil, portion });
    log.warn(
      { conversation, failures: failures + 1, againInMs: pause, error: String(error) },
      'Events of one conversation cannot be handed over; they wait in the inbox',
    );
    await inbox.extendLease(conversation, owner, restsUntil).catch(keepsClaim(conversation));
  }

  async function release(conversation: ConversationId): Promise<void> {
    await inbox.release(conversation, owner).catch(keepsClaim(conversation));
  }

  const keepsClaim = (conversation: ConversationId) => (error: unknown) => {
    log.error({ conversation, error: String(error) }, 'A claim cannot be changed; it runs out by itself');
  };

  function set(conversation: ConversationId, trouble: Partial<DeliveryFailures>): void {
    // Another process may have ended what was remembered here; forgetting costs one try.
    if (troubles.size >= MAX_TRACKED_FAILURES) troubles.clear();
    troubles.set(conversation, { ...NONE, ...trouble });
  }

  return {
    deliver: carry,
    isBackingOff: (conversation) => (troubles.get(conversation)?.restsUntil ?? 0) > Date.now(),
    stop: () => stopped.abort(),
  };
}
