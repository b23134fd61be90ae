/**
 * Turns to speak for a Page, no faster than it may: shared by all workers through the store, fair between threads, in
 * order within one. Real time, epoch ms.
 */

import { setTimeout as delay } from 'node:timers/promises';
import type { ConversationId } from '../../../domain/conversation-id.ts';
import type { Purpose } from '../../../domain/send.ts';
import type { RateLimitSlots, RateLimitLane, SlotRate } from '../../../store/rate-limit-slots.ts';

/** Who asks for a turn. */
export interface SlotRequest {
  readonly conversation: ConversationId;
  /** Answers come before what the business says on its own initiative. */
  readonly purpose: Purpose;
  /** Not to be waited for longer than this. */
  readonly withinMs: number;
}

export interface PageRateLimiter {
  /** Resolves with 0 when it is this one's turn, or with how long that will take when it is longer than `withinMs`. */
  acquire(request: SlotRequest): Promise<number>;
  /** True when messages have to wait for each other: what is not needed is left out. */
  isSaturated(): boolean;
  /** Gives no turn before then; what was taken and not used is worth nothing any more. */
  pauseUntil(moment: number): void;
}

export interface PageRateLimiterOptions {
  readonly slots: RateLimitSlots;
  readonly pageId: string;
  readonly lane: RateLimitLane;
  readonly perSecond: number;
}

interface Waiting {
  readonly conversation: ConversationId;
  readonly until: number;
  readonly resolve: (waitMs: number) => void;
}

/** Turns are taken from the store this many at a time at most, and given back by letting them pass. */
const MAX_SLOTS_AT_ONCE = 8;
/** A turn that nobody used is void after this long, or unused ones would add up to a burst. */
const SLOT_VALID_MS = 1000;

/**
 * Never more than `perSecond` in any second: a fifth of it may come at once after a silence, and the steady rate is the
 * rest.
 */
export function rateOf(perSecond: number): SlotRate {
  const burst = Math.max(1, Math.floor(perSecond / 5));
  const steady = Math.max(perSecond - burst, perSecond / 2);
  const intervalMs = 1000 / steady;
  return { intervalMs, burstMs: burst * intervalMs };
}

export function createPageRateLimiter({
  slots: slotStore,
  pageId,
  lane,
  perSecond,
}: PageRateLimiterOptions): PageRateLimiter {
  const rate = rateOf(perSecond);
  const lines = { reply: createFairQueue(), update: createFairQueue() };
  /** Moments of slots that are ours, the first first. */
  let slots: number[] = [];
  let lastTurnAt = 0;
  let pausedUntil = 0;
  /** Up to when those who were sent away were told to come back. */
  let promisedUntil = 0;
  let isPumping = false;

  const waiting = () => lines.reply.size() + lines.update.size();

  async function takeTurns(count: number): Promise<void> {
    const pauseBefore = pausedUntil;
    const first = await slotStore.take(pageId, lane, count, rate, Date.now());
    // Taken before a pause that has begun meanwhile.
    if (pausedUntil !== pauseBefore) return;
    slots.push(...Array.from({ length: count }, (_, index) => first + index * rate.intervalMs));
  }

  /**
   * After a silence the first goes at once and its turn is taken behind it: nobody waits for the store when there is
   * nothing to share. Each worker may be one message early by that.
   */
  function goesAtOnce(now: number): boolean {
    if (isPumping || waiting() > 0 || slots.length > 0) return false;
    if (now < pausedUntil || now - lastTurnAt < SLOT_VALID_MS) return false;
    isPumping = true;
    takeTurns(MAX_SLOTS_AT_ONCE)
      .then(() => slots.shift())
      .catch(() => {})
      .finally(endPump);
    return true;
  }

  function nextTurn(now: number): number | undefined {
    // One that was there for the taking while nobody wanted it is no reason to hurry now.
    while (slots[0] !== undefined && slots[0] < now - rate.burstMs - SLOT_VALID_MS) slots.shift();
    return slots[0];
  }

  /** Gives slots to those who wait, until nobody does. */
  async function pump(): Promise<void> {
    while (waiting() > 0) {
      const now = Date.now();
      const at = nextTurn(now);
      if (at === undefined) {
        await takeTurns(Math.min(waiting(), MAX_SLOTS_AT_ONCE));
        continue;
      }
      sendAway(at, now);
      if (waiting() === 0) break;
      if (at > now) {
        await delay(at - now);
        continue;
      }
      slots.shift();
      lastTurnAt = now;
      (lines.reply.next() ?? lines.update.next())?.resolve(0);
    }
  }

  /** Whoever cannot wait so long is told when to ask again, one after the other. */
  function sendAway(at: number, now: number): void {
    for (const line of [lines.reply, lines.update]) {
      for (const { resolve } of line.removeIf(({ until }) => until < at)) {
        const comesBackAt = Math.max(at, promisedUntil);
        promisedUntil = comesBackAt + rate.intervalMs;
        resolve(Math.max(1, Math.ceil(comesBackAt - now)));
      }
    }
  }

  function startPump(): void {
    if (isPumping) return;
    isPumping = true;
    pump()
      // The store is away. Nobody is kept waiting for it here: the send fails where it is written down, and is repeated.
      .catch(() => {
        for (const line of [lines.reply, lines.update])
          for (const { resolve } of line.removeIf(() => true)) resolve(1000);
      })
      .finally(endPump);
  }

  function endPump(): void {
    isPumping = false;
    if (waiting() > 0) startPump();
  }

  return {
    async acquire({ conversation, purpose, withinMs }) {
      const now = Date.now();
      const at = waiting() === 0 ? nextTurn(now) : undefined;
      const isFree = at !== undefined && at <= now;
      if (isFree || goesAtOnce(now)) {
        if (isFree) slots.shift();
        lastTurnAt = now;
        return 0;
      }
      return new Promise((resolve) => {
        lines[purpose].add({ conversation, until: now + withinMs, resolve });
        const next = nextTurn(now);
        if (next !== undefined) sendAway(next, now);
        if (waiting() > 0) startPump();
      });
    },
    isSaturated: () => waiting() > 0,
    pauseUntil(moment) {
      slots = [];
      pausedUntil = Math.max(pausedUntil, moment);
    },
  };
}

/** Those who wait, thread by thread: whoever has many waiting has one turn when the others have one. */
function createFairQueue() {
  const threads = new Map<ConversationId, Waiting[]>();
  let size = 0;
  return {
    size: () => size,
    add(one: Waiting): void {
      size += 1;
      const thread = threads.get(one.conversation);
      if (thread) thread.push(one);
      else threads.set(one.conversation, [one]);
    },
    next(): Waiting | undefined {
      for (const [conversation, thread] of threads) {
        const one = thread.shift();
        threads.delete(conversation);
        if (thread.length > 0) threads.set(conversation, thread);
        if (one) {
          size -= 1;
          return one;
        }
      }
      return undefined;
    },
    removeIf(isGone: (one: Waiting) => boolean): Waiting[] {
      const gone: Waiting[] = [];
      for (const [conversation, thread] of threads) {
        const kept = thread.filter((one) => !isGone(one) || !gone.push(one));
        if (kept.length === 0) threads.delete(conversation);
        else threads.set(conversation, kept);
      }
      size -= gone.length;
      return gone;
    },
  };
}
