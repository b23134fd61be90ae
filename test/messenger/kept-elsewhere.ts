/** Limits of Meta's table that no builder enforces: who does, and which only Meta can. */

import { createRateLimiter } from '../../src/activities/send/rate-limit/rate-limiter.ts';
import { fixedPages } from '../../src/graph/pages.ts';
import { audio, textMessage } from '../../src/index.ts';
import { AD_WINDOW_MS } from '../../src/messenger/inbound/window-opener.ts';
import type { Sayable } from '../../src/messenger/outbound/outbound-message.ts';
import { outboundMessage } from '../../src/messenger/outbound/sayable.ts';
import { CUSTOMER_FEEDBACK_MS, HUMAN_AGENT_MS, WINDOW_MS } from '../../src/policy/messaging-window.ts';
import { otherOwner } from '../../src/policy/send-eligibility.ts';
import { ATTACHMENT_LIFETIME_MS, MAX_FILE_BYTES, PRIVATE_REPLY_MS } from '../../src/simulator/rules/limits.ts';
import { ANA, OUR_APP, PAGE } from '../support/events.ts';
import { codeOf } from './code-of.ts';
import { template } from './message-limits.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MB = 1024 * 1024;

interface KeptLimit {
  readonly row: string;
  readonly by: 'the policy' | 'the send gate' | 'the simulator';
  /** The number that is enforced, in the unit of the row. */
  readonly kept: () => number | Promise<number>;
}

export const KEPT_ELSEWHERE: readonly KeptLimit[] = [
  { row: 'window.standard', by: 'the policy', kept: () => WINDOW_MS / HOUR },
  { row: 'window.first_message_after_ad.max', by: 'the policy', kept: () => AD_WINDOW_MS / DAY },
  { row: 'window.human_agent', by: 'the policy', kept: () => HUMAN_AGENT_MS / DAY },
  { row: 'window.customer_feedback', by: 'the policy', kept: () => CUSTOMER_FEEDBACK_MS / DAY },
  {
    row: 'thread_control.expiry',
    by: 'the policy',
    kept: () => (otherOwner({ appId: '690011223344556', since: 0 }, OUR_APP)?.until ?? 0) / HOUR,
  },
  { row: 'rate.inbox_high_volume', by: 'the send gate', kept: () => fixedPages({}).messagesPerSecond(PAGE) },
  { row: 'rate.send.text_links_reactions_stickers', by: 'the send gate', kept: () => fastest(textMessage('Hi')) },
  {
    row: 'rate.send.audio_video',
    by: 'the send gate',
    kept: () => fastest(audio('https://shop.example/bell.mp3')),
  },
  { row: 'media.file.size', by: 'the simulator', kept: () => MAX_FILE_BYTES / MB },
  { row: 'media.attachment_id.lifetime', by: 'the simulator', kept: () => ATTACHMENT_LIFETIME_MS / DAY },
  { row: 'private_reply.deadline', by: 'the simulator', kept: () => PRIVATE_REPLY_MS / DAY },
];

/** The maximum number of these sends per second for a Page, whatever its settings say. */
async function fastest(message: Sayable): Promise<number> {
  const perSecond: number[] = [];
  const pace = createRateLimiter({
    messagesPerSecond: () => Infinity,
    slots: {
      take: async (_page, _lane, _turns, { intervalMs, burstMs }, now) => {
        perSecond.push((1000 + burstMs) / intervalMs);
        return now;
      },
      pause: async () => {},
    },
  });
  const conversation = `messenger:${PAGE}:${ANA}` as const;
  await pace.acquire(PAGE, outboundMessage(message), { conversation, purpose: 'reply', withinMs: 1000 });
  return Math.round(Math.min(...perSecond));
}

/** Features without a builder: a message with one is rejected. */
export const NOT_BUILT: readonly { readonly row: string; readonly code: string; readonly message: object }[] = [
  {
    row: 'template.one_time_notif_req.title.length',
    code: 'message_invalid',
    message: template('one_time_notif_req', { title: 'Tell me', payload: 'TELL' }),
  },
  {
    row: 'button.audio_call.expires.max',
    code: 'message_invalid',
    message: template('button', { text: 'Talk?', buttons: [{ type: 'audio_call', title: 'Call', payload: 'C' }] }),
  },
];

export function codeOfBuilding(message: object): string | undefined {
  return codeOf(() => outboundMessage(message as Sayable));
}

/** Limits that a bot of everthread cannot exceed, or only Meta can check. `docs/messenger.md` gives Meta's number. */
export const ONLY_META: Readonly<Record<string, string>> = {
  'one_time_notif_token.lifetime.max': 'not built',
  'media.image_by_url.size': 'Meta, when it fetches the file',
  'media.url_fetch.timeout': 'Meta, when it fetches the file',
  'media.url_fetch_video.timeout': 'Meta, when it fetches the file',
  'persona.name.length': 'Meta, when a persona is created',
  'persona.picture.size': 'Meta, when a persona is created',
  'private_reply.count': 'Meta; private replies are not built',
  'm_me.ref.length': 'the author of the link',
  'account_linking_token.lifetime': 'Meta',
  'policy.automated_answer.max': 'the bot',
  'thread_control.extend.max': 'not built',
  'thread_control.extend_ads.max': 'not built',
  'rate.messages_overall': 'Meta; the send gate slows down by its usage headers',
  'rate.send.per_thread': 'Meta; the number is unknown',
  'rate.instagram_high_volume': 'Meta',
  'rate.conversations': 'not built',
  'rate.private_replies': 'Meta; private replies are not built',
  'rate.private_replies_instagram_live': 'Meta; private replies are not built',
  'rate.profile_api': 'Meta; only differences of the profile are written',
  'rate.profile_api_user_menu': 'not built',
};
