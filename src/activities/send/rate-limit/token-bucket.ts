/** This process's share of a Page's token bucket: slots that are reserved in the store and not used yet. */

import type { RateLimitLane, RateLimitSlots, SlotRate } from '../../../store/rate-limit-slots.ts';

/** A slot that nobody used expires after this long, or unused ones would add up to a burst. */
export const SLOT_VALID_MS = 1000;

/** The bucket of one lane of a Page. */
export interface TokenBucket {
  readonly rate: SlotRate;
  /** When the next reserved slot may be used, epoch ms; `undefined` when none is reserved. */
  nextSlotAt(now: number): number | undefined;
  /** Uses up the next reserved slot. */
  useSlot(): void;
  /** Reserves slots in the store. */
  reserve(count: number): Promise<void>;
  /** Drops the reserved slots: no slot is valid before `until`, epoch ms. */
  pauseUntil(until: number): void;
  isPaused(now: number): boolean;
}

/** Which bucket, and how fast it fills. */
export interface TokenBucketOptions {
  readonly slots: RateLimitSlots;
  readonly pageId: string;
  readonly lane: RateLimitLane;
  /** Messages per second. */
  readonly perSecond: number;
}

/**
 * The rate of a bucket that never gives more than `perSecond` slots in any second: a fifth of them may come as a burst after
 * a silence, and the steady rate is the rest.
 */
export function slotRate(perSecond: number): SlotRate {
  const burst = Math.max(1, Math.floor(perSecond / 5));
  const steady = Math.max(perSecond - burst, perSecond / 2);
  const intervalMs = 1000 / steady;
  return { intervalMs, burstMs: burst * intervalMs };
}

/** A bucket without reserved slots. */
export function createTokenBucket({ slots: store, pageId, lane, perSecond }: TokenBucketOptions): TokenBucket {
  const rate = slotRate(perSecond);
  /** Epoch ms, ascending. */
  let reserved: number[] = [];
  let pausedUntil = 0;
  return {
    rate,
    nextSlotAt(now) {
      const expired = now - rate.burstMs - SLOT_VALID_MS;
      while (reserved[0] !== undefined && reserved[0] < expired) reserved.shift();
      return reserved[0];
    },
    useSlot: () => void reserved.shift(),
    async reserve(count) {
      const pauseBefore = pausedUntil;
      const first = await store.take(pageId, lane, count, rate, Date.now());
      // A pause that began meanwhile voids them.
      if (pausedUntil !== pauseBefore) return;
      reserved.push(...Array.from({ length: count }, (_, index) => first + index * rate.intervalMs));
    },
    pauseUntil(until) {
      reserved = [];
      pausedUntil = Math.max(pausedUntil, until);
    },
    isPaused: (now) => now < pausedUntil,
  };
}
