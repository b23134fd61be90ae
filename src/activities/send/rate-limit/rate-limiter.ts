/** The rate limits of all Pages: ours, and what Meta's answers say about its own. */

import type { RateLimitUsage } from '../../../graph/usage.ts';
import type { OutboundMessage } from '../../../messenger/outbound/outbound-message.ts';
import type { RateLimitLane, RateLimitSlots } from '../../../store/rate-limit-slots.ts';
import { createPageRateLimiter, type PageRateLimiter, type SlotRequest } from './page-rate-limiter.ts';

/** Gives each message a slot of its Page. */
export interface RateLimiter {
  /** Resolves to 0 when the message may go now; to the wait, ms, when that is longer than the request allows. */
  acquire(pageId: string, message: OutboundMessage, request: SlotRequest): Promise<number>;
  /** False while messages wait for each other or Meta counts the Page as busy: sender actions are left out. */
  hasSpareCapacity(pageId: string): boolean;
  /** Records the used share of Meta's rate limit; sends pause when all of it is used. */
  noteUsage(pageId: string, usage: RateLimitUsage | undefined): Promise<void>;
  /** Pauses the sends of a Page; without `pageId`, of every Page. */
  pause(pageId: string | undefined, ms: number): Promise<void>;
}

/** Where the slots are, and how many. */
export interface RateLimiterOptions {
  readonly slots: RateLimitSlots;
  /** Messages per second of a Page; Meta's own limits bound it. */
  readonly messagesPerSecond: (pageId: string) => number;
  /** The longest pause, ms, however long Meta asks for. Default: 600,000. */
  readonly maxPauseMs?: number;
  /** Called with what Meta's answers say of their rate limits, in percent. Default: nobody is told. */
  readonly onUsage?: (pageId: string, percent: number) => void;
}

/** Meta's limits for one Page (Meta, Rate limiting, 2026-10-06): text and the like, and audio and video. */
const MAX_PER_SECOND: Record<RateLimitLane, number> = { messages: 300, media: 10 };
/** From this share of Meta's rate limit on, only messages are sent. */
const BUSY_PERCENT = 80;
const BUSY_FOR_MS = 60_000;
const MAX_PAUSE_MS = 10 * 60_000;

/** A rate limiter for the Pages of this process; the store shares it with other workers. */
export function createRateLimiter({
  slots,
  messagesPerSecond,
  maxPauseMs = MAX_PAUSE_MS,
  onUsage = () => {},
}: RateLimiterOptions): RateLimiter {
  const pages = new Map<string, Record<RateLimitLane, PageRateLimiter>>();
  const busyUntil = new Map<string, number>();

  function lanesOf(pageId: string): Record<RateLimitLane, PageRateLimiter> {
    const existing = pages.get(pageId);
    if (existing) return existing;
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
      if (usage) onUsage(pageId, usage.percent);
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
