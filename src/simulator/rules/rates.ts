import { hasText, isRecord, textAt, type JsonRecord } from '../json.ts';
import { createMeter, type Meter } from './meter.ts';
import { refusal, type Refusal } from './refusals.ts';

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

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

export interface Usage {
  /** Of what the Page may ask for in 24 hours; 100 as well for a second after a call that came too fast. */
  readonly percent: number;
  readonly regainAccessMinutes: number;
}

export interface Rates {
  /** Counts one call of the Page, or says why it comes too soon. */
  take(pageId: string, call: Call): Refusal | undefined;
  usage(pageId: string): Usage;
}

/** A call of the Send API by its body, of the profile, or any other. */
export type Call = { readonly send: JsonRecord } | 'profile' | 'other';

interface Meters {
  readonly text: Meter;
  readonly audioOrVideo: Meter;
  readonly inbox: Meter;
  readonly privateReplies: Meter;
  readonly profile: Meter;
  readonly day: Meter;
  refusedAt: number;
}

/** `people`: how many a Page has talked with. All is counted in memory: after a restart the counts are fresh. */
export function createRates(wanted: Partial<RateLimits>, people: (pageId: string) => number): Rates {
  const limits = { ...META_LIMITS, inboxPerSecond: Infinity, callsPerPersonPerDay: Infinity, ...wanted };
  const pages = new Map<string, Meters>();

  function metersOf(pageId: string): Meters {
    const known = pages.get(pageId);
    if (known) return known;
    const perDay = (): number =>
      limits.callsPerPersonPerDay === Infinity ? Infinity : limits.callsPerPersonPerDay * people(pageId);
    const meters = {
      text: createMeter(() => limits.textPerSecond, SECOND_MS),
      audioOrVideo: createMeter(() => limits.audioOrVideoPerSecond, SECOND_MS),
      inbox: createMeter(() => limits.inboxPerSecond, SECOND_MS),
      privateReplies: createMeter(() => limits.privateRepliesPerHour, HOUR_MS),
      profile: createMeter(() => limits.profileCallsPer10Minutes, 10 * MINUTE_MS),
      day: createMeter(perDay, 24 * HOUR_MS),
      refusedAt: -Infinity,
    };
    pages.set(pageId, meters);
    return meters;
  }

  return {
    take(pageId, call) {
      const now = Date.now();
      const meters = metersOf(pageId);
      const problem = isFull(meters.day, now) ? refusal('appThrottled') : problemOf(meters, call, now);
      if (problem) meters.refusedAt = now;
      else for (const meter of [meters.day, ...metersFor(meters, call)]) meter.count(now);
      return problem;
    },
    usage(pageId) {
      const now = Date.now();
      const { day, refusedAt } = metersOf(pageId);
      const percent = now - refusedAt < SECOND_MS ? Math.max(100, day.percent(now)) : day.percent(now);
      return { percent, regainAccessMinutes: isFull(day, now) ? Math.ceil(day.freeInMs(now) / MINUTE_MS) : 0 };
    },
  };
}

function problemOf(meters: Meters, call: Call, now: number): Refusal | undefined {
  if (typeof call !== 'string' && call.send['message'] !== undefined) {
    const isFlooded = isFull(meters.inbox, now);
    meters.inbox.count(now);
    if (isFlooded) return refusal('pageThrottled');
  }
  return metersFor(meters, call).some((meter) => isFull(meter, now)) ? refusal('rateLimited') : undefined;
}

/** What a call counts for. Typing and "seen" are not among what Meta limits. */
function metersFor(meters: Meters, call: Call): readonly Meter[] {
  if (call === 'profile') return [meters.profile];
  if (call === 'other') return [];
  const { message, sender_action: action, recipient } = call.send;
  if (message === undefined) return action === 'react' || action === 'unreact' ? [meters.text] : [];
  const isLoud = ['audio', 'video'].includes(textAt(message, 'attachment.type') ?? '');
  const isPrivateReply = isRecord(recipient) && (hasText(recipient['comment_id']) || hasText(recipient['post_id']));
  return [isLoud ? meters.audioOrVideo : meters.text, ...(isPrivateReply ? [meters.privateReplies] : [])];
}

function isFull(meter: Meter, now: number): boolean {
  return meter.left(now) <= 0;
}
