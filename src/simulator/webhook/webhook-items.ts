import type { Channel } from '../../domain/conversation-id.ts';
import type { MessageContent } from '../state/messages.ts';
import type { AdClick } from '../state/people.ts';

/**
 * One entry of `messaging[]` for each kind of event, key by key as Meta prints them
 * (`messenger-platform/webhooks/webhook-events`, read 2026-10-06).
 */
export type MessagingItem = Readonly<Record<string, unknown>>;

/** The kinds of events that the simulator sends as webhooks. */
export type WebhookKind =
  | 'message'
  | 'postback'
  | 'referral'
  | 'optin'
  | 'handover'
  | 'policy'
  | 'reaction'
  | 'read'
  | 'echo'
  | 'delivery'
  | 'coupon'
  | 'feedback'
  | 'customer_information'
  | 'comment'
  | 'edit'
  | 'unsend'
  | 'template_status';

/** The person and the Page of an item. */
export interface ThreadIds {
  readonly psid: string;
  readonly pageId: string;
}

/** The address under which Meta stores files that people send. */
export const META_FILES = 'https://scontent.xx.fbcdn.net/';

const EMOJI = { love: '❤️', smile: '😆', wow: '😮', sad: '😢', angry: '😠', like: '👍', dislike: '👎' } as const;

/** The reactions that Meta names in a webhook. */
export type ReactionName = keyof typeof EMOJI;
/** All reactions, for validation. */
export const REACTION_NAMES = Object.keys(EMOJI) as ReactionName[];

/** The emoji of a reaction. */
export function emojiOf(reaction: ReactionName): string {
  return EMOJI[reaction];
}

/** The head of an item that a person causes. */
export function fromPerson({ psid, pageId }: ThreadIds, at: number): MessagingItem {
  return { sender: { id: psid }, recipient: { id: pageId }, timestamp: at };
}

function fromPage({ psid, pageId }: ThreadIds, at: number): MessagingItem {
  return { sender: { id: pageId }, recipient: { id: psid }, timestamp: at };
}

/** A text, perhaps a tapped quick reply or the first message after an ad. */
export function textMessageItem(
  thread: ThreadIds,
  at: number,
  message: {
    readonly mid: string;
    readonly text: string;
    readonly quickReply?: string;
    readonly ad?: AdClick;
    /** The `mid` of the message that it answers. */
    readonly replyTo?: string;
    /** The name of a command of the Page's profile that it begins with. */
    readonly command?: string;
  },
): MessagingItem {
  const { mid, text, quickReply, ad, replyTo, command } = message;
  return {
    ...fromPerson(thread, at),
    message: {
      mid,
      text,
      ...(quickReply !== undefined && { quick_reply: { payload: quickReply } }),
      ...(ad && { referral: adReferral(ad) }),
      ...(replyTo !== undefined && { reply_to: { mid: replyTo, is_self_reply: false } }),
      ...(command !== undefined && { commands: [{ name: command }] }),
    },
  };
}

/** A file, a sticker or a location. */
export function attachmentItem(
  thread: ThreadIds,
  at: number,
  message: {
    readonly mid: string;
    readonly attachment: { readonly type: string; readonly payload: MessagingItem };
    readonly ad?: AdClick;
  },
): MessagingItem {
  const { mid, attachment, ad } = message;
  const attachments = [attachment];
  return { ...fromPerson(thread, at), message: { mid, attachments, ...(ad && { referral: adReferral(ad) }) } };
}

/** An edited text; the number of edits so far is 1 for the first. */
export function editItem(thread: ThreadIds, at: number, mid: string, text: string, editNumber: number): MessagingItem {
  return { ...fromPerson(thread, at), message_edit: { mid, text, num_edit: editNumber } };
}

/** A message that the person took back. */
export function unsendItem(thread: ThreadIds, at: number, mid: string): MessagingItem {
  return { ...fromPerson(thread, at), message: { mid, is_deleted: true } };
}

/** A tapped button; `ref` for Get Started after an m.me link. */
export function postbackItem(
  thread: ThreadIds,
  at: number,
  postback: {
    readonly mid: string;
    readonly title: string;
    readonly payload: string;
    readonly ref?: string;
    /** Default `messenger`. */
    readonly channel?: Channel;
  },
): MessagingItem {
  const { mid, title, payload, ref, channel = 'messenger' } = postback;
  const referral = ref && { referral: linkReferral(ref, channel) };
  return { ...fromPerson(thread, at), postback: { mid, title, payload, ...referral } };
}

/** An m.me or ig.me link opened in a thread that exists. */
export function referralItem(thread: ThreadIds, at: number, ref: string, channel: Channel): MessagingItem {
  const referral = { ...linkReferral(ref, channel), referer_uri: 'https://shop.example/' };
  return { ...fromPerson(thread, at), referral };
}

/** An ad opened in a thread that exists. */
export function adItem(thread: ThreadIds, at: number, ad: AdClick): MessagingItem {
  return { ...fromPerson(thread, at), referral: adReferral(ad) };
}

function adReferral({ ref, adId }: AdClick): MessagingItem {
  const ads_context_data = {
    ad_title: 'Spring sale',
    photo_url: 'https://scontent.xx.fbcdn.net/v/ad.jpg',
    post_id: '771200345600981',
    product_id: '990011',
    flow_id: '8811',
  };
  return { ref, ad_id: adId, source: 'ADS', type: 'OPEN_THREAD', ads_context_data };
}

/** A tap on Send to Messenger on a web page. */
export function optinItem(thread: ThreadIds, at: number, ref: string): MessagingItem {
  return { ...fromPerson(thread, at), optin: { ref } };
}

/** Meta's sample for ig.me prints another source than the one for m.me. */
function linkReferral(ref: string, channel: Channel): MessagingItem {
  return { ref, source: channel === 'instagram' ? 'IGME-SOURCE-LINK' : 'SHORTLINK', type: 'OPEN_THREAD' };
}

/** A reaction put on a message. */
export function reactItem(thread: ThreadIds, at: number, mid: string, reaction: ReactionName): MessagingItem {
  return { ...fromPerson(thread, at), reaction: { reaction, emoji: EMOJI[reaction], action: 'react', mid } };
}

/** A reaction removed from a message. */
export function unreactItem(thread: ThreadIds, at: number, mid: string): MessagingItem {
  return { ...fromPerson(thread, at), reaction: { action: 'unreact', mid } };
}

/** Everything up to `at` was read. */
export function readReceiptItem(thread: ThreadIds, at: number): MessagingItem {
  return { ...fromPerson(thread, at), read: { watermark: at } };
}

/** Instagram's read receipt, which names the message that was seen. */
export function seenItem(thread: ThreadIds, at: number, mid: string): MessagingItem {
  return { ...fromPerson(thread, at), read: { mid } };
}

/** A delivery receipt; Meta's sample has no timestamp. */
export function deliveryItem({ psid, pageId }: ThreadIds, at: number, mid: string): MessagingItem {
  return { sender: { id: psid }, recipient: { id: pageId }, delivery: { mids: [mid], watermark: at } };
}

/** A message of the Page, echoed to its apps; templates come with their whole payload. */
export function echoItem(
  thread: ThreadIds,
  at: number,
  echo: {
    readonly mid: string;
    /** Missing for a message that was written by hand in a native app. */
    readonly appId?: string;
    readonly content: MessageContent;
    readonly metadata?: string;
    readonly replyTo?: { readonly mid: string; readonly is_self_reply: boolean };
  },
): MessagingItem {
  const { mid, appId, content, metadata, replyTo } = echo;
  return {
    ...fromPage(thread, at),
    message: {
      is_echo: true,
      ...(appId !== undefined && { app_id: toPrintedId(appId) }),
      ...(metadata !== undefined && { metadata }),
      mid,
      ...(content.text !== undefined && { text: content.text }),
      ...echoAttachments(content),
      ...(replyTo && { reply_to: replyTo }),
    },
  };
}

/** Ids are texts in requests and numbers in echoes. */
function echoAttachments({ attachment, sticker_id: sticker }: MessageContent): MessagingItem {
  if (sticker !== undefined) {
    const payload = {
      url: `https://scontent.xx.fbcdn.net/v/${sticker}.png`,
      sticker_id: toPrintedId(String(sticker)),
    };
    return { attachments: [{ type: 'sticker', payload }] };
  }
  if (!attachment) return {};
  const { attachment_id: id, is_reusable: _, ...payload } = attachment.payload;
  if (typeof id !== 'string') return { attachments: [{ ...attachment, payload }] };
  return { attachments: [{ ...attachment, payload: { attachment_id: toPrintedId(id), ...payload } }] };
}

/** A tap on "Reveal code". */
export function couponItem(
  thread: ThreadIds,
  at: number,
  coupon: { readonly payload?: string; readonly code: string },
) {
  const { payload, code } = coupon;
  return {
    ...fromPerson(thread, at),
    template: { type: 'coupon', ...(payload !== undefined && { payload }), coupon_code: code },
  };
}

/** An answered survey; Meta's sample has no timestamp. */
export function feedbackItem(
  { psid, pageId }: ThreadIds,
  question: { readonly id: string; readonly type: string; readonly payload: string; readonly words?: string },
): MessagingItem {
  const { id, type, payload, words } = question;
  const answer = { type, payload, ...(words && { follow_up: { type: 'free_form', payload: words } }) };
  const feedback_screens = [{ screen_id: 0, questions: { [id]: answer } }];
  return { sender: { id: psid }, recipient: { id: pageId }, messaging_feedback: { feedback_screens } };
}

/** A filled-in address form. */
export function addressItem(thread: ThreadIds, at: number, address: Readonly<Record<string, string>>): MessagingItem {
  const responses = Object.entries(address).map(([key, value]) => ({ key, value }));
  const screens = [{ screen_id: 'Add address', responses }];
  return { ...fromPerson(thread, at), messaging_customer_information: { screens } };
}

/** A comment under a post: an entry of `changes[]`, with its time in seconds. */
export function commentItem(
  { psid }: ThreadIds,
  at: number,
  comment: { readonly id: string; readonly postId: string; readonly name: string; readonly text: string },
): MessagingItem {
  const { id, postId, name, text } = comment;
  const value = {
    from: { id: `9${psid.slice(1)}`, name },
    post_id: postId,
    comment_id: id,
    parent_id: postId,
    item: 'comment',
    verb: 'add',
    message: text,
    created_time: Math.floor(at / 1000),
  };
  return { field: 'feed', value };
}

/**
 * A change of a utility template's status: an entry of `changes[]`. Meta prints no sample; the keys are those that other
 * developers report.
 */
export function templateStatusItem(
  { name, language }: { readonly name: string; readonly language: string },
  status: string,
): MessagingItem {
  const value = {
    message_template_id: '880077',
    message_template_name: name,
    message_template_language: language,
    message_template_status: status,
    reason: 'none',
  };
  return { field: 'messenger_template_status_update', value };
}

/** Meta prints app ids as numbers. An id too large for a safe integer stays text, so that no digit is lost. */
export function toPrintedId(appId: string): string | number {
  const number = Number(appId);
  return Number.isSafeInteger(number) ? number : appId;
}
