import type { Channel, ConversationId } from '../../domain/conversation-id.ts';

/**
 * One event from Meta's webhook, of any kind.
 *
 * Ids are always text, also where Meta writes numbers (beyond 2^53 too); `at` is always epoch milliseconds. The kinds
 * follow Meta's webhook events (`messenger-platform/webhooks/webhook-events`, read 2026-10-06). Each kind names the webhook
 * field that the Page must be subscribed to, and Instagram's where it differs. `docs/messenger.md` says which hook gets
 * which kind.
 */
export type InboundEvent =
  | MessageEvent
  | EchoEvent
  | EditEvent
  | UnsendEvent
  | ReactionEvent
  | ReadEvent
  | DeliveryEvent
  | PostbackEvent
  | ReferralEvent
  | OptinEvent
  | ThreadControlEvent
  | AppRolesEvent
  | AccountLinkingEvent
  | PolicyEnforcementEvent
  | FeedbackEvent
  | ResponseFeedbackEvent
  | OrderEvent
  | CustomerInformationEvent
  | LeadFormEvent
  | CouponEvent
  | GamePlayEvent
  | ChangeEvent
  | CallEvent
  | UnknownEvent
  | MalformedEvent;

/** The discriminant of {@link InboundEvent}. */
export type InboundEventKind = InboundEvent['kind'];

/** What every event has, whatever its kind. */
export interface EventBase {
  /** `messenger` or `instagram`. */
  readonly channel: Channel;
  /** The Page (or Instagram account) that received it; empty only when a malformed item names none. */
  readonly pageId: string;
  /** The person's id for this Page. Missing when Meta names no person, or only a `user_ref`. */
  readonly psid?: string;
  /** Set whenever `psid` is. */
  readonly conversation?: ConversationId;
  /** When it happened, epoch ms: the item's own time where Meta gives one, else the entry's. 0 only if malformed. */
  readonly at: number;
  /** Idempotency key: the same event delivered again has the same key; two events never share one. */
  readonly dedupeKey: string;
  /** True when another app owned the thread at that time: read the event, do not answer it. Field `standby`. */
  readonly isStandby: boolean;
}

/** A person wrote, sent media, tapped a quick reply or shared something. Field `messages`. */
export interface MessageEvent extends EventBase {
  readonly kind: 'message';
  readonly mid: string;
  readonly text?: string;
  /** The payload of the tapped quick reply. */
  readonly quickReply?: string;
  readonly attachments: readonly Attachment[];
  readonly replyTo?: ReplyTo;
  /** Where the person came from, when this message opened the thread from an ad or a shop. */
  readonly referral?: Referral;
  /** Names of the slash commands that Meta recognised; their arguments are in `text`. */
  readonly commands: readonly string[];
  /** Set on the summary of a lead ad, which is not shown in the thread: the app that made it. */
  readonly hopAppId?: string;
  /** Instagram: the content cannot be sent in a webhook. */
  readonly isUnsupported?: true;
}

/**
 * A message of the Page itself, sent by this app, another app, or an operator by hand. Field `message_echoes`;
 * on Instagram `messages`.
 */
export interface EchoEvent extends EventBase {
  readonly kind: 'echo';
  readonly mid: string;
  readonly appId?: string;
  /** The sender's `message.metadata`; this app's is a send id with its digest. */
  readonly metadata?: string;
  /** True when an operator wrote it by hand: in Meta's inbox, or in a native app, whose echoes name no app. */
  readonly isFromInbox: boolean;
  readonly text?: string;
  readonly attachments: readonly Attachment[];
  readonly replyTo?: ReplyTo;
}

/** A person edited a message. Field `message_edits`; on Instagram `message_edit`. */
export interface EditEvent extends EventBase {
  readonly kind: 'edit';
  readonly mid: string;
  readonly text: string;
  /** 1 for the first edit; Meta's clients allow 5. */
  readonly editNumber: number;
}

/** Instagram: a person unsent a message. Stored copies of it must be deleted. Field `messages`. */
export interface UnsendEvent extends EventBase {
  readonly kind: 'unsend';
  readonly mid: string;
}

/**
 * A person reacted to a message, which opens the window, or removed the reaction. Field `message_reactions`; with
 * Instagram Login `messaging_reactions`.
 */
export interface ReactionEvent extends EventBase {
  readonly kind: 'reaction';
  readonly mid: string;
  readonly action: 'react' | 'unreact';
  /** smile, angry, sad, wow, love, like, dislike, other. */
  readonly reaction?: string;
  readonly emoji?: string;
}

/** The person has read messages. Field `message_reads`; on Instagram `messaging_seen`, which names one message. */
export interface ReadEvent extends EventBase {
  readonly kind: 'read';
  /** Everything sent at or before this time was read, epoch ms. */
  readonly watermark?: number;
  readonly mid?: string;
}

/** Messages of the Page were delivered. Field `message_deliveries`; not on Instagram. */
export interface DeliveryEvent extends EventBase {
  readonly kind: 'delivery';
  /** Everything sent at or before this time was delivered, epoch ms. */
  readonly watermark: number;
  readonly mids: readonly string[];
}

/** A tap on a button, Get Started, a menu item or an ice breaker, possibly long after it was sent. Field `messaging_postbacks`. */
export interface PostbackEvent extends EventBase {
  readonly kind: 'postback';
  readonly mid?: string;
  readonly title?: string;
  /** Missing in standby: Meta gives the payload only to the app that sent the button. */
  readonly payload?: string;
  readonly referral?: Referral;
  /** Checkbox plugin: identifies a person who has no PSID yet. */
  readonly userRef?: string;
}

/**
 * A person reopened an existing thread through a link or an ad, or completed a lead ad. Field `messaging_referrals`, which
 * one of Meta's pages spells `messaging_referral`.
 */
export interface ReferralEvent extends EventBase {
  readonly kind: 'referral';
  readonly referral: Referral;
  /** The answers of a lead ad. */
  readonly lead?: readonly LeadAnswer[];
}

/**
 * The person opted in to something, or out of it (`isStop`). From a plugin on a web page it may have no PSID, only a
 * `userRef`. Field `messaging_optins`.
 */
export interface OptinEvent extends EventBase {
  readonly kind: 'optin';
  /** `notification_messages`, `one_time_notif_req`, or missing for the plugins on web pages. */
  readonly type?: string;
  readonly ref?: string;
  readonly userRef?: string;
  readonly payload?: string;
  readonly title?: string;
  readonly token?: string;
  /** True when the person opted out of the topic: same `type`, opposite meaning. */
  readonly isStop: boolean;
}

/**
 * Thread control was passed, taken or requested. Field `messaging_handovers`, which the routing page and Instagram spell
 * `messaging_handover`.
 */
export interface ThreadControlEvent extends EventBase {
  readonly kind: 'thread_control';
  readonly action: 'pass' | 'take' | 'request';
  /** Missing when the thread was idle. */
  readonly previousOwnerAppId?: string;
  /** The app that owns the thread from now on; for `request` the app that asks for it. */
  readonly newOwnerAppId?: string;
  readonly metadata?: string;
}

/** The roles of apps on this Page, by app id. Names no person. Field `messaging_handovers`. */
export interface AppRolesEvent extends EventBase {
  readonly kind: 'app_roles';
  readonly roles: Readonly<Record<string, readonly string[]>>;
}

/**
 * The person linked their account with the business, or unlinked it. Field `messaging_account_linking`; not on Instagram.
 */
export interface AccountLinkingEvent extends EventBase {
  readonly kind: 'account_linking';
  /** `linked` or `unlinked`. */
  readonly status: string;
  /** Only with `linked`: the code that the business's login page issued. */
  readonly authorizationCode?: string;
}

/** Meta warned, blocked or unblocked the Page. Names no person. Field `messaging_policy_enforcement`. */
export interface PolicyEnforcementEvent extends EventBase {
  readonly kind: 'policy_enforcement';
  /** `warning`, `block` or `unblock`. */
  readonly action: string;
  readonly reason?: string;
}

/**
 * Answers to a customer feedback template, by the question's own id; scores are text. Field `messaging_feedback`; not on
 * Instagram.
 */
export interface FeedbackEvent extends EventBase {
  readonly kind: 'feedback';
  readonly answers: Readonly<Record<string, { readonly payload: string; readonly followUp?: string }>>;
}

/**
 * A person tapped thumbs up or down under one of the bot's messages. Field `response_feedback`; subscribing to it shows
 * the thumbs under every message of the Page. Not on Instagram.
 */
export interface ResponseFeedbackEvent extends EventBase {
  readonly kind: 'response_feedback';
  readonly mid: string;
  /** In Meta's words: `Good response`. */
  readonly feedback: string;
}

/** A person sent a cart. Field `send_cart`; not on Instagram. */
export interface OrderEvent extends EventBase {
  readonly kind: 'order';
  readonly products: readonly OrderedProduct[];
  readonly note?: string;
}

/** One product of a cart. */
export interface OrderedProduct {
  readonly id: string;
  readonly retailerId?: string;
  readonly name?: string;
  /** In units of `currency`, as Meta sends it: 11.5, not cents. */
  readonly unitPrice?: number;
  readonly currency?: string;
  readonly quantity?: number;
}

/**
 * A person filled in a customer information form; `answers` has personal data by the form's keys. Field
 * `messaging_customer_information`; not on Instagram.
 */
export interface CustomerInformationEvent extends EventBase {
  readonly kind: 'customer_information';
  readonly answers: Readonly<Record<string, string>>;
}

/**
 * A person submitted an instant form in the thread. The answers must be fetched from Meta with `formId`. Field
 * `messaging_in_thread_lead_form_submit`; not on Instagram.
 */
export interface LeadFormEvent extends EventBase {
  readonly kind: 'lead_form';
  readonly formId: string;
}

/** A person revealed the code of a coupon. Comes with field `messages`; not on Instagram. */
export interface CouponEvent extends EventBase {
  readonly kind: 'coupon';
  readonly payload?: string;
  readonly code?: string;
}

/** A round of an Instant Game. Meta's body is not verified. Field `messaging_game_plays`; not on Instagram. */
export interface GamePlayEvent extends EventBase {
  readonly kind: 'game_play';
  readonly gameId?: string;
  readonly payload?: string;
}

/**
 * An item of `changes[]`, as Meta sent it: a change of the Page. Fields `feed` and `group_feed` (comments and posts),
 * `inbox_labels`, `messenger_template_status_update` (also spelled `message_template_status_update`),
 * `business_integrity`, `message_context` and whatever else a Page can subscribe to.
 */
export interface ChangeEvent extends EventBase {
  readonly kind: 'change';
  /** The webhook field. */
  readonly field: string;
  /** Ids are text here too. */
  readonly value: unknown;
}

/** An item of `calls[]`. Safe to ignore; a call must be accepted within 60 s. Field `calls`; not on Instagram. */
export interface CallEvent extends EventBase {
  readonly kind: 'call';
  readonly callId: string;
  /** `connect` when somebody calls. */
  readonly event: string;
}

/**
 * An event of a kind that everthread does not know. Stored as Meta sent it and counted
 * (`everthread_events_total{kind="unknown"}`); it wakes no conversation.
 */
export interface UnknownEvent extends EventBase {
  readonly kind: 'unknown';
  /** The item's keys beside sender, recipient and timestamp. */
  readonly keys: readonly string[];
}

/** An event that does not have the shape Meta documents. Stored with the reason, and counted; it wakes no conversation. */
export interface MalformedEvent extends EventBase {
  readonly kind: 'malformed';
  readonly reason: string;
}

/** An attachment of a message; `attachmentsOf` reads the fields of each type. */
export interface Attachment {
  /** image, audio, video, file, sticker, reel, ig_reel, post, ig_post, fallback, template, appointment_booking, … */
  readonly type: string;
  /** Of a media file: signed by Meta and expiring. Download it at once. */
  readonly url?: string;
  readonly title?: string;
  readonly stickerId?: string;
  /** As Meta sent it, with ids as text. */
  readonly payload?: unknown;
}

/** What a message replies to. */
export interface ReplyTo {
  readonly mid?: string;
  readonly isSelfReply?: boolean;
  /** Instagram: the story that the message replies to. */
  readonly storyId?: string;
}

/** Where a person came from: an ad, an m.me link, or a product of the shop. */
export interface Referral {
  readonly ref?: string;
  readonly source?: string;
  readonly type?: string;
  readonly adId?: string;
  readonly adTitle?: string;
  readonly productId?: string;
  readonly flowId?: string;
  readonly refererUri?: string;
}

/** One answer of a lead ad. */
export interface LeadAnswer {
  readonly question: string;
  readonly answer: string;
}
