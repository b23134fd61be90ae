import { isObject, type JsonObject } from '../../messenger/check/json.ts';
import { hasText, textAtPath } from '../json.ts';
import { createRateCounter, type RateCounter } from './rate-counter.ts';
import { toRefusal, type Refusal } from './refusals.ts';

/** How often a Page may call, by the real clock (Meta, Rate Limits, read 2026-10-06); `Infinity` for no limit. */
export interface RateLimits {
  /** Sends of text, links, templates, stickers and reactions: Meta's 300. Beyond: 613/2534040. */
  readonly textPerSecond: number;
  /** Sends of audio and video: Meta's 10. Beyond: 613/2534040. */
  readonly audioOrVideoPerSecond: number;
  /**
   * Above Meta's 40 messages a second the inbox stops showing them and the Page "cannot send until the volume drops".
   * Our reading: refused messages count too, so that only slowing down helps; and the number is 32, "throttled for this
   * Page", as Meta names none. Default `Infinity`, so that a bot that catches up after a stop is not refused.
   */
  readonly inboxPerSecond: number;
  /** Private replies to comments: Meta's 750. Beyond: 613/2534040. */
  readonly privateRepliesPerHour: number;
  /** Calls of the Messenger Profile API: Meta's 10. Beyond: 613/2534040. */
  readonly profileCallsPer10Minutes: number;
  /**
   * All calls of the Page in 24 hours, for each person who ever opened its window: Meta's 200. Beyond: 4. The usage
   * headers say how much of it is used. Default `Infinity`, as the few people of a test write a lot.
   */
  readonly callsPerPersonPerDay: number;
}

/** All of Meta's limits. Not the default: see `inboxPerSecond` and `callsPerPersonPerDay`. */
export const META_LIMITS: RateLimits = {
  textPerSecond: 300,
  audioOrVideoPerSecond: 10,
  inboxPerSecond: 40,
  privateRepliesPerHour: 750,
  profileCallsPer10Minutes: 10,
  callsPerPersonPerDay: 200,
};

const MS_PER_SECOND = 1000;
const MS_PER_MINUTE = 60 * MS_PER_SECOND;
const MS_PER_HOUR = 60 * MS_PER_MINUTE;

/** How much of its limits a Page has used. */
export interface PageUsage {
  /** Percent of the calls of 24 hours; at least 100 for a second after a call that was refused as too fast. */
  readonly percent: number;
  /** Minutes until a call is accepted again; 0 when one is accepted now. */
  readonly regainAccessMinutes: number;
}

/** Counts the calls of each Page against its limits. */
export interface PageCallCounts {
  /** Counts one call of the Page, or returns Meta's refusal of a call that comes too soon. */
  count(pageId: string, call: GraphCall): Refusal | undefined;
  usage(pageId: string): PageUsage;
}

/** A call of the Send API by its body, of the Messenger Profile API, or any other. */
export type GraphCall = { readonly send: JsonObject } | 'profile' | 'other';

interface PageCounters {
  readonly text: RateCounter;
  readonly audioOrVideo: RateCounter;
  readonly inbox: RateCounter;
  readonly privateReplies: RateCounter;
  readonly profile: RateCounter;
  readonly day: RateCounter;
  refusedAt: number;
}

/** `people`: how many people ever opened a Page's window. Counts are held in memory: a restart begins at zero. */
export function createPageCallCounts(
  overrides: Partial<RateLimits>,
  people: (pageId: string) => number,
): PageCallCounts {
  const limits = { ...META_LIMITS, inboxPerSecond: Infinity, callsPerPersonPerDay: Infinity, ...overrides };
  const pages = new Map<string, PageCounters>();

  function countersOf(pageId: string): PageCounters {
    const known = pages.get(pageId);
    if (known) return known;
    const perDay = (): number =>
      limits.callsPerPersonPerDay === Infinity ? Infinity : limits.callsPerPersonPerDay * people(pageId);
    const counters = {
      text: createRateCounter(() => limits.textPerSecond, MS_PER_SECOND),
      audioOrVideo: createRateCounter(() => limits.audioOrVideoPerSecond, MS_PER_SECOND),
      inbox: createRateCounter(() => limits.inboxPerSecond, MS_PER_SECOND),
      privateReplies: createRateCounter(() => limits.privateRepliesPerHour, MS_PER_HOUR),
      profile: createRateCounter(() => limits.profileCallsPer10Minutes, 10 * MS_PER_MINUTE),
      day: createRateCounter(perDay, 24 * MS_PER_HOUR),
      refusedAt: -Infinity,
    };
    pages.set(pageId, counters);
    return counters;
  }

  return {
    count(pageId, call) {
      const now = Date.now();
      const counters = countersOf(pageId);
      const problem = isExhausted(counters.day, now) ? toRefusal('appThrottled') : problemOf(counters, call, now);
      if (problem) counters.refusedAt = now;
      else for (const counter of [counters.day, ...countersFor(counters, call)]) counter.count(now);
      return problem;
    },
    usage(pageId) {
      const now = Date.now();
      const { day, refusedAt } = countersOf(pageId);
      const percent = now - refusedAt < MS_PER_SECOND ? Math.max(100, day.percent(now)) : day.percent(now);
      return { percent, regainAccessMinutes: isExhausted(day, now) ? Math.ceil(day.freeInMs(now) / MS_PER_MINUTE) : 0 };
    },
  };
}

function problemOf(counters: PageCounters, call: GraphCall, now: number): Refusal | undefined {
  if (typeof call !== 'string' && call.send['message'] !== undefined) {
    const isOverflowing = isExhausted(counters.inbox, now);
    counters.inbox.count(now);
    if (isOverflowing) return toRefusal('pageThrottled');
  }
  return countersFor(counters, call).some((counter) => isExhausted(counter, now))
    ? toRefusal('rateLimited')
    : undefined;
}

/** The counters of a call. Meta does not limit typing and "seen". */
function countersFor(counters: PageCounters, call: GraphCall): readonly RateCounter[] {
  if (call === 'profile') return [counters.profile];
  if (call === 'other') return [];
  const { message, sender_action: action, recipient } = call.send;
  if (message === undefined) return action === 'react' || action === 'unreact' ? [counters.text] : [];
  const isAudioOrVideo = ['audio', 'video'].includes(textAtPath(message, 'attachment.type') ?? '');
  const isPrivateReply = isObject(recipient) && (hasText(recipient['comment_id']) || hasText(recipient['post_id']));
  return [isAudioOrVideo ? counters.audioOrVideo : counters.text, ...(isPrivateReply ? [counters.privateReplies] : [])];
}

function isExhausted(counter: RateCounter, now: number): boolean {
  return counter.left(now) <= 0;
}
