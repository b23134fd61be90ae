import { backoffMs } from '../../backoff.ts';
import type { ConversationId } from '../../domain/conversation-id.ts';

/** Backoff of a conversation whose delivery fails while others succeed. */
const CONVERSATION_BACKOFF = { minMs: 200, maxMs: 30_000 };
const MAX_TRACKED_CONVERSATIONS = 10_000;

interface DeliveryFailures {
  readonly failures: number;
  /** Epoch ms. */
  readonly retryAt: number;
  readonly maxEvents: number;
}

/** One failure of a conversation. */
export interface ConversationFailure {
  /** How many in a row, this one included. */
  readonly failures: number;
  readonly waitMs: number;
  /** Epoch ms. */
  readonly retryAt: number;
}

const NO_FAILURES: DeliveryFailures = { failures: 0, retryAt: 0, maxEvents: Number.POSITIVE_INFINITY };

/** The conversations whose last delivery failed or was rejected; one success, and a conversation is forgotten. */
export class ConversationBackoff {
  readonly #failures = new Map<ConversationId, DeliveryFailures>();

  isBackingOff(conversation: ConversationId): boolean {
    return this.#of(conversation).retryAt > Date.now();
  }

  /** How many events one signal may carry after larger ones were rejected. */
  maxEvents(conversation: ConversationId): number {
    return this.#of(conversation).maxEvents;
  }

  /** Starts a backoff, which is longer after each failure in a row. */
  fail(conversation: ConversationId): ConversationFailure {
    const { failures, maxEvents } = this.#of(conversation);
    const waitMs = backoffMs(CONVERSATION_BACKOFF, failures + 1);
    const retryAt = Date.now() + waitMs;
    this.#set(conversation, { failures: failures + 1, retryAt, maxEvents });
    return { failures: failures + 1, waitMs, retryAt };
  }

  /** Makes the next signal smaller. */
  limitEvents(conversation: ConversationId, maxEvents: number): void {
    this.#set(conversation, { ...NO_FAILURES, maxEvents });
  }

  /** A signal was accepted: the next may carry twice as many events; when it carried `offered`, there is no limit left. */
  succeed(conversation: ConversationId, offered: number): void {
    const { maxEvents } = this.#of(conversation);
    if (maxEvents < offered) this.limitEvents(conversation, maxEvents * 2);
    else this.#failures.delete(conversation);
  }

  #of(conversation: ConversationId): DeliveryFailures {
    return this.#failures.get(conversation) ?? NO_FAILURES;
  }

  #set(conversation: ConversationId, failures: DeliveryFailures): void {
    // Bounds the memory. Clearing only means that a conversation in backoff is retried early.
    if (this.#failures.size >= MAX_TRACKED_CONVERSATIONS) this.#failures.clear();
    this.#failures.set(conversation, failures);
  }
}
