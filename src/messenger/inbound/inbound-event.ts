import type { Channel, ConversationId } from '../../domain/conversation-id.ts';

/**
 * One thing that Meta told us, in one shape for every kind of webhook item.
 *
 * Ids are text, however Meta printed them (numbers beyond 2^53 included); `at` is epoch milliseconds,
 * however Meta counted. The kinds follow Meta's webhook events
 * (`messenger-platform/webhooks/webhook-events`, read 2026-10-06). A kind's field is what the Page must subscribe to for
 * it; where Instagram has another one, it is named. Which hook gets which kind is in `docs/messenger.md`.
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

export type InboundEventKind = InboundEvent['kind'];

/** What is known of every event, whatever its kind. */
export interface EventBase {
  readonly channel: Channel;
  /** The Page (or Instagram account) that got it; empty only when a malformed item names none. */
  readonly pageId: string;
  /** The person, as this Page knows them. Missing when Meta names nobody, or only a `user_ref`. */
  readonly psid?: string;
  /** Set whenever `psid` is. */
  readonly conversation?: ConversationId;
  /** When it happened, epoch ms: Meta's own time where the item carries one, else the entry's. 0 only if malformed. */
  readonly at: number;
  /** The same event delivered again has the same key; two events never share one. */
  readonly dedupeKey: string;
  /** True when another app owned the thread at that moment: read it, do not answer it. Field `standby`. */
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
  /** How the person got here, when this message opened the thread from an ad or a shop. */
  readonly referral?: Referral;
  /** Names of slash commands that Meta recognised; their arguments are in `text`. */
  readonly commands: readonly string[];
  /** Set on the summary of a lead ad, which is not in the thread itself: the app that made it. */
  readonly hopAppId?: string;
  /** Instagram: Meta could not put what was sent into a webhook. */
  readonly isUnsupported?: true;
}

/**
 * The Page itself said something: this app, another app, or a person in the Page inbox. Field `message_echoes`; on
 * Instagram `messages`.
 */
export interface EchoEvent extends EventBase {
  readonly kind: 'echo';
  readonly mid: string;
  readonly appId?: string;
  /** What the sender put into `message.metadata`; ours is a send id. */
  readonly metadata?: string;
  /** True when a person wrote it in Meta's own inbox. */
  readonly isFromInbox: boolean;
  readonly text?: string;
  readonly attachments: readonly Attachment[];
  readonly replyTo?: ReplyTo;
}

/** A person changed a message. Field `message_edits`; on Instagram `message_edit`. */
export interface EditEvent extends EventBase {
  readonly kind: 'edit';
  readonly mid: string;
  readonly text: string;
  /** 1 for the first edit; Meta's clients allow 5. */
  readonly editNumber: number;
}

/** Instagram: a person took a message back. What is stored of it must go. Field `messages`. */
export interface UnsendEvent extends EventBase {
  readonly kind: 'unsend';
  readonly mid: string;
}

/**
 * A reaction was put on a message, or taken off. Opens the window when put on. Field `message_reactions`; with Instagram
 * Login `messaging_reactions`.
 */
export interface ReactionEvent extends EventBase {
  readonly kind: 'reaction';
  readonly mid: string;
  readonly action: 'react' | 'unreact';
  /** smile, angry, sad, wow, love, like, dislike, other. */
  readonly reaction?: string;
  readonly emoji?: string;
}

/** The person has read: up to a moment. Field `message_reads`; on Instagram `messaging_seen`, which names a message. */
export interface ReadEvent extends EventBase {
  readonly kind: 'read';
  /** Everything sent at or before this moment was read, epoch ms. */
  readonly watermark?: number;
  readonly mid?: string;
}

/** Meta delivered what we sent. Field `message_deliveries`; not on Instagram. */
export interface DeliveryEvent extends EventBase {
  readonly kind: 'delivery';
  /** Everything sent at or before this moment was delivered, epoch ms. */
  readonly watermark: number;
  readonly mids: readonly string[];
}

/** A tap on a button, Get Started, a menu item or an ice breaker. May come long after it was sent. Field `messaging_postbacks`. */
export interface PostbackEvent extends EventBase {
  readonly kind: 'postback';
  readonly mid?: string;
  readonly title?: string;
  /** Missing in standby: Meta tells the payload only to the app that sent the button. */
  readonly payload?: string;
  readonly referral?: Referral;
  /** Checkbox plugin: a person who has no PSID yet. */
  readonly userRef?: string;
}

/**
 * An existing thread was opened again through a link or an ad, or a lead ad was finished. Field `messaging_referrals`,
 * which one page of Meta's spells `messaging_referral`.
 */
export interface ReferralEvent extends EventBase {
  readonly kind: 'referral';
  readonly referral: Referral;
  /** The answers of a lead ad. */
  readonly lead?: readonly LeadAnswer[];
}

/**
 * The person agreed to something, or took it back (`isStop`). A plugin on a web page may name no PSID, only a `userRef`.
 * Field `messaging_optins`.
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
  /** True when the person stopped the topic: same `type`, opposite meaning. */
  readonly isStop: boolean;
}

/**
 * Who may answer in this thread changed, or is asked to change. Field `messaging_handovers`, which the routing page and
 * Instagram spell `messaging_handover`.
 */
export interface ThreadControlEvent extends EventBase {
  readonly kind: 'thread_control';
  readonly action: 'pass' | 'take' | 'request';
  /** Missing when the thread was idle. */
  readonly previousOwnerAppId?: string;
  /** Who answers from now on; for `request` the app that asks to. */
  readonly newOwnerAppId?: string;
  readonly metadata?: string;
}

/** The roles of apps on this Page, by app id. Names no person. Field `messaging_handovers`. */
export interface AppRolesEvent extends EventBase {
  readonly kind: 'app_roles';
  readonly roles: Readonly<Record<string, readonly string[]>>;
}

/**
 * The person linked an account of the business, or unlinked it. Field `messaging_account_linking`; not on Instagram.
 */
export interface AccountLinkingEvent extends EventBase {
  readonly kind: 'account_linking';
  /** `linked` or `unlinked`. */
  readonly status: string;
  /** Only with `linked`: what the business's own page gave it. */
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
 * Thumbs under one of our messages. Field `response_feedback`: subscribing to it shows thumbs under every message of the
 * Page. Not on Instagram.
 */
export interface ResponseFeedbackEvent extends EventBase {
  readonly kind: 'response_feedback';
  readonly mid: string;
  /** `Good response`, as Meta words it. */
  readonly feedback: string;
}

/** A cart was sent. Field `send_cart`; not on Instagram. */
export interface OrderEvent extends EventBase {
  readonly kind: 'order';
  readonly products: readonly OrderedProduct[];
  readonly note?: string;
}

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
 * A customer information form was filled in, by the form's keys: personal data. Field `messaging_customer_information`; not
 * on Instagram.
 */
export interface CustomerInformationEvent extends EventBase {
  readonly kind: 'customer_information';
  readonly answers: Readonly<Record<string, string>>;
}

/**
 * An instant form was sent in the thread. What was answered must be asked for with its id. Field
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
 * An item of `changes[]`, as Meta sent it: something about the Page. Fields `feed` and `group_feed` (comments and posts),
 * `inbox_labels`, `messenger_template_status_update` (also spelled `message_template_status_update`),
 * `business_integrity`, `message_context` and whatever else a Page can subscribe to.
 */
export interface ChangeEvent extends EventBase {
  readonly kind: 'change';
  /** The field's own name. */
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
 * A kind that did not exist when this was written, whatever its field. AttachmentResult as it came and counted
 * (`everthread_events_total{kind="unknown"}`), starts nothing.
 */
export interface UnknownEvent extends EventBase {
  readonly kind: 'unknown';
  /** The keys that were there beside sender, recipient and timestamp. */
  readonly keys: readonly string[];
}

/** Not the shape Meta documents. AttachmentResult as it came, with its reason, and counted; starts nothing. */
export interface MalformedEvent extends EventBase {
  readonly kind: 'malformed';
  readonly reason: string;
}

/** What came with a message; `attachmentsOf` reads what a type holds besides. */
export interface Attachment {
  /** image, audio, video, file, sticker, reel, ig_reel, post, ig_post, fallback, template, appointment_booking, … */
  readonly type: string;
  /** Of a media file: signed by Meta, and it expires. Copy what is behind it at once. */
  readonly url?: string;
  readonly title?: string;
  readonly stickerId?: string;
  /** What Meta sent, ids as text. */
  readonly payload?: unknown;
}

export interface ReplyTo {
  readonly mid?: string;
  readonly isSelfReply?: boolean;
  /** Instagram: the story that was answered. */
  readonly storyId?: string;
}

/** Where a person came from: an ad, an m.me link, a shop product. */
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

export interface LeadAnswer {
  readonly question: string;
  readonly answer: string;
}
