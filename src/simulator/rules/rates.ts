import { isObject, type JsonObject } from '../../messenger/check/json.ts';
import { hasText, textAtPath } from '../json.ts';
import { createRateCounter, type RateCounter } from './rate-counter.ts';
import { toRefusal, type Refusal } from './refusals.ts';

/** How much a Page may ask for, by the real clock (Meta, Rate Limits, read 2026-10-06); `Infinity` for no limit. */
export interface RateLimits {
  /** Sends of text, links, templates, stickers and reactions: Meta's 300. Beyond: 613/2534040. */
  readonly textPerSecond: number;
  /** Sends of audio and video: Meta's 10. Beyond: 613/2534040. */
  readonly audioOrVideoPerSecond: number;
  /**
   * Above Meta's 40 messages a second the inbox stops showing them and the Page "cannot send until the volume drops".
   * Our reading: what the Page tries to say counts, what is refused too, so that only slowing down helps; and the
   * number is 32, "throttled for this Page", as Meta names none. Default `Infinity`: a bot that catches up after a stop
   * would otherwise be refused by default.
   */
  readonly inboxPerSecond: number;
  /** Private replies to comments: Meta's 750. Beyond: 613/2534040. */
  readonly privateRepliesPerHour: number;
  /** Calls of the Messenger Profile API: Meta's 10. Beyond: 613/2534040. */
  readonly profileCallsPer10Minutes: number;
  /**
   * All calls of the Page in 24 hours, for each person who ever did something: Meta's 200. Beyond: 4. The usage headers
   * tell how much of it is used. Default `Infinity`, as a test's few people write a lot.
   */
  readonly callsPerPersonPerDay: number;
}

/** Everything Meta limits. Not the default: see `inboxPerSecond` and `callsPerPersonPerDay`. */
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

export interface PageUsage {
  /** Of what the Page may ask for in 24 hours; 100 as well for a second after a call that came too fast. */
  readonly percent: number;
  readonly regainAccessMinutes: number;
}

export interface CallCounts {
  /** Counts one call of the Page, or says why it comes too soon. */
  count(pageId: string, call: GraphCall): Refusal | undefined;
  usage(pageId: string): PageUsage;
}

/** A call of the Send API by its body, of the profile, or any other. */
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

/** `people`: how many a Page has talked with. All is counted in memory: after a restart the counts are fresh. */
export function createCallCounts(wanted: Partial<RateLimits>, people: (pageId: string) => number): CallCounts {
  const limits = { ...META_LIMITS, inboxPerSecond: Infinity, callsPerPersonPerDay: Infinity, ...wanted };
  const pages = new Map<string, PageCounters>();

  function metersOf(pageId: string): PageCounters {
    const known = pages.get(pageId);
    if (known) return known;
    const perDay = (): number =>
      limits.callsPerPersonPerDay === Infinity ? Infinity : limits.callsPerPersonPerDay * people(pageId);
    const meters = {
      text: createRateCounter(() => limits.textPerSecond, MS_PER_SECOND),
      audioOrVideo: createRateCounter(() => limits.audioOrVideoPerSecond, MS_PER_SECOND),
      inbox: createRateCounter(() => limits.inboxPerSecond, MS_PER_SECOND),
      privateReplies: createRateCounter(() => limits.privateRepliesPerHour, MS_PER_HOUR),
      profile: createRateCounter(() => limits.profileCallsPer10Minutes, 10 * MS_PER_MINUTE),
      day: createRateCounter(perDay, 24 * MS_PER_HOUR),
      refusedAt: -Infinity,
    };
    pages.set(pageId, meters);
    return meters;
  }

  return {
    count(pageId, call) {
      const now = Date.now();
      const meters = metersOf(pageId);
      const problem = isExhausted(meters.day, now) ? toRefusal('appThrottled') : problemOf(meters, call, now);
      if (problem) meters.refusedAt = now;
      else for (const meter of [meters.day, ...countersFor(meters, call)]) meter.count(now);
      return problem;
    },
    usage(pageId) {
      const now = Date.now();
      const { day, refusedAt } = metersOf(pageId);
      const percent = now - refusedAt < MS_PER_SECOND ? Math.max(100, day.percent(now)) : day.percent(now);
      return { percent, regainAccessMinutes: isExhausted(day, now) ? Math.ceil(day.freeInMs(now) / MS_PER_MINUTE) : 0 };
    },
  };
}

function problemOf(meters: PageCounters, call: GraphCall, now: number): Refusal | undefined {
  if (typeof call !== 'string' && call.send['message'] !== undefined) {
    const isFlooded = isExhausted(meters.inbox, now);
    meters.inbox.count(now);
    if (isFlooded) return toRefusal('pageThrottled');
  }
  return countersFor(meters, call).some((meter) => isExhausted(meter, now)) ? toRefusal('rateLimited') : undefined;
}

/** What a call counts for. Typing and "seen" are not among what Meta limits. */
function countersFor(meters: PageCounters, call: GraphCall): readonly RateCounter[] {
  if (call === 'profile') return [meters.profile];
  if (call === 'other') return [];
  const { message, sender_action: action, recipient } = call.send;
  if (message === undefined) return action === 'react' || action === 'unreact' ? [meters.text] : [];
  const isLoud = ['audio', 'video'].includes(textAtPath(message, 'attachment.type') ?? '');
  const isPrivateReply = isObject(recipient) && (hasText(recipient['comment_id']) || hasText(recipient['post_id']));
  return [isLoud ? meters.audioOrVideo : meters.text, ...(isPrivateReply ? [meters.privateReplies] : [])];
}

function isExhausted(meter: RateCounter, now: number): boolean {
  return meter.left(now) <= 0;
}
