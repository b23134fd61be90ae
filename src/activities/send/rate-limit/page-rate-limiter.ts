/**
 * The rate limiter of one lane of a Page: a token bucket that all workers share through the store, and a fair queue of the
 * sends of this process. Replies come before updates. Real time, epoch ms.
 */

import { setTimeout as delay } from 'node:timers/promises';
import type { ConversationId } from '../../../domain/conversation-id.ts';
import type { Purpose } from '../../../domain/send.ts';
import { createFairQueue, type FairQueue } from './fair-queue.ts';
import { createTokenBucket, SLOT_VALID_MS, type TokenBucketOptions } from './token-bucket.ts';

/** A send that asks for a slot. */
export interface SlotRequest {
  readonly conversation: ConversationId;
  readonly purpose: Purpose;
  /** How long to wait for the slot at most, ms. */
  readonly withinMs: number;
}

/** Gives the slots of one lane of a Page. */
export interface PageRateLimiter {
  /** Resolves to 0 when the slot is there; to the wait until it is, ms, when that is longer than `withinMs`. */
  acquire(request: SlotRequest): Promise<number>;
  /** Messages wait for each other, so that calls which are not needed should be left out. */
  isSaturated(): boolean;
  /** Gives no slot before then, epoch ms, and drops the slots that are reserved. */
  pauseUntil(until: number): void;
}

interface WaitingSend {
  readonly conversation: ConversationId;
  /** The latest time of a slot that it waits for. */
  readonly until: number;
  readonly resolve: (waitMs: number) => void;
}

/** Slots reserved in the store at once; those that are not used expire. */
const MAX_SLOTS_AT_ONCE = 8;
/** The wait of sends while the store cannot be reached. */
const STORE_AWAY_MS = 1000;

/** A rate limiter without waiting sends. */
export function createPageRateLimiter(options: TokenBucketOptions): PageRateLimiter {
  const bucket = createTokenBucket(options);
  const queues: Record<Purpose, FairQueue<WaitingSend>> = { reply: createFairQueue(), update: createFairQueue() };
  const bothQueues = [queues.reply, queues.update];
  let lastUsedAt = 0;
  /** The latest time at which a rejected send was told to ask again. */
  let promisedUntil = 0;
  let isPumping = false;

  const waiting = () => queues.reply.size() + queues.update.size();

  /**
   * After a silence the first send goes at once and its slot is reserved behind it, so that it does not wait for the store
   * when there is nothing to share. Each worker may be one message early because of it.
   */
  function startBurst(now: number): boolean {
    if (isPumping || waiting() > 0 || bucket.nextSlotAt(now) !== undefined) return false;
    if (bucket.isPaused(now) || now - lastUsedAt < SLOT_VALID_MS) return false;
    const reserved = bucket.reserve(MAX_SLOTS_AT_ONCE).then(() => bucket.useSlot());
    runPump(reserved, () => {});
    return true;
  }

  /** Gives slots to waiting sends until none is left. */
  async function pump(): Promise<void> {
    while (waiting() > 0) {
      const now = Date.now();
      const at = bucket.nextSlotAt(now);
      if (at === undefined) {
        await bucket.reserve(Math.min(waiting(), MAX_SLOTS_AT_ONCE));
        continue;
      }
      rejectLate(at, now);
      if (waiting() === 0) break;
      if (at > now) {
        await delay(at - now);
        continue;
      }
      bucket.useSlot();
      lastUsedAt = now;
      (queues.reply.next() ?? queues.update.next())?.resolve(0);
    }
  }

  /** Tells sends that cannot wait for the next slot when to ask again, one interval apart. */
  function rejectLate(nextSlotAt: number, now: number): void {
    for (const { resolve } of bothQueues.flatMap((queue) => queue.takeIf(({ until }) => until < nextSlotAt))) {
      const askAgainAt = Math.max(nextSlotAt, promisedUntil);
      promisedUntil = askAgainAt + bucket.rate.intervalMs;
      resolve(Math.max(1, Math.ceil(askAgainAt - now)));
    }
  }

  function startPump(): void {
    // Without the store no slot can be reserved: waiting sends are told to retry.
    runPump(pump(), () => {
      for (const { resolve } of bothQueues.flatMap((queue) => queue.takeIf(() => true))) resolve(STORE_AWAY_MS);
    });
  }

  function runPump(work: Promise<void>, onError: () => void): void {
    isPumping = true;
    work.catch(onError).finally(() => {
      isPumping = false;
      if (waiting() > 0) startPump();
    });
  }

  return {
    async acquire({ conversation, purpose, withinMs }) {
      const now = Date.now();
      const at = waiting() === 0 ? bucket.nextSlotAt(now) : undefined;
      const isFree = at !== undefined && at <= now;
      if (isFree || startBurst(now)) {
        if (isFree) bucket.useSlot();
        lastUsedAt = now;
        return 0;
      }
      return new Promise((resolve) => {
        queues[purpose].add({ conversation, until: now + withinMs, resolve });
        const next = bucket.nextSlotAt(now);
        if (next !== undefined) rejectLate(next, now);
        if (waiting() > 0 && !isPumping) startPump();
      });
    },
    isSaturated: () => waiting() > 0,
    pauseUntil: (until) => bucket.pauseUntil(until),
  };
}
