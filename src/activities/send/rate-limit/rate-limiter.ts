/** How fast each Page speaks, and what Meta says about that. */

import type { RateLimitUsage } from '../../../graph/usage.ts';
import type { OutboundMessage } from '../../../messenger/outbound/outbound-message.ts';
import type { RateLimitSlots, RateLimitLane } from '../../../store/rate-limit-slots.ts';
import { createPageRateLimiter, type PageRateLimiter, type SlotRequest } from './page-rate-limiter.ts';

export interface RateLimiter {
  /** Resolves with 0 when it is this one's turn, or with how many ms that will take when it is longer than it may be. */
  acquire(pageId: string, message: OutboundMessage, request: SlotRequest): Promise<number>;
  /** False while messages have to wait for each other or Meta counts us as busy: typing and the like are left out. */
  hasSpareCapacity(pageId: string): boolean;
  /** Takes note of how much of Meta's allowance is used. */
  noteUsage(pageId: string, usage: RateLimitUsage | undefined): Promise<void>;
  /** Nobody speaks for this Page for so long; without a Page: for any. */
  pause(pageId: string | undefined, ms: number): Promise<void>;
}

export interface RateLimiterOptions {
  readonly slots: RateLimitSlots;
  /** How many messages a Page may send in a second; Meta's own limits hold in any case. */
  readonly messagesPerSecond: (pageId: string) => number;
  /** However long Meta asks for, we ask again after this. Default: 10 minutes. */
  readonly maxPauseMs?: number;
}

/** Meta's own limits for one Page (Meta, Rate limiting, 2026-10-06): text and the like, audio and video. */
const MAX_PER_SECOND: Record<RateLimitLane, number> = { messages: 300, media: 10 };
/** From this share of Meta's allowance on, only messages are sent. */
const BUSY_PERCENT = 80;
const BUSY_FOR_MS = 60_000;
const MAX_PAUSE_MS = 10 * 60_000;

export function createRateLimiter({
  slots,
  messagesPerSecond,
  maxPauseMs = MAX_PAUSE_MS,
}: RateLimiterOptions): RateLimiter {
  const pages = new Map<string, Record<RateLimitLane, PageRateLimiter>>();
  const busyUntil = new Map<string, number>();

  function lanesOf(pageId: string): Record<RateLimitLane, PageRateLimiter> {
    const known = pages.get(pageId);
    if (known) return known;
    const perSecond = Math.min(messagesPerSecond(pageId), MAX_PER_SECOND.messages);
    const lanes = {
      messages: createPageRateLimiter({ slots, pageId, lane: 'messages', perSecond }),
      media: createPageRateLimiter({
        slots,
        pageId,
        lane: 'media',
        perSecond: Math.min(perSecond, MAX_PER_SECOND.media),
      }),
    };
    pages.set(pageId, lanes);
    return lanes;
  }

  async function pause(pageId: string | undefined, ms: number): Promise<void> {
    const until = Date.now() + Math.min(ms, maxPauseMs);
    for (const [id, lanes] of pages) {
      if (pageId !== undefined && id !== pageId) continue;
      for (const lane of Object.values(lanes)) lane.pauseUntil(until);
    }
    await slots.pause(pageId, until);
  }

  return {
    async acquire(pageId, message, request) {
      const lanes = lanesOf(pageId);
      const waitMs = isAudioOrVideo(message) ? await lanes.media.acquire(request) : 0;
      return waitMs > 0 ? waitMs : lanes.messages.acquire(request);
    },
    hasSpareCapacity: (pageId) => !lanesOf(pageId).messages.isSaturated() && (busyUntil.get(pageId) ?? 0) < Date.now(),
    async noteUsage(pageId, usage) {
      if (!usage || usage.percent < BUSY_PERCENT) return;
      busyUntil.set(pageId, Date.now() + BUSY_FOR_MS);
      if (usage.percent >= 100) await pause(pageId, usage.regainAccessInMs || BUSY_FOR_MS);
    },
    pause,
  };
}

function isAudioOrVideo(message: OutboundMessage): boolean {
  return 'attachment' in message && (message.attachment.type === 'audio' || message.attachment.type === 'video');
}
