/** `everthread`: everything that the files of a bot import. It runs in Temporal's sandbox, so nothing here uses Node. */

// What a bot is made of.
export { defineBot, type Bot } from './plugins/bot.ts';
export {
  definePlugin,
  type Handoff,
  type HookResult,
  type Logger,
  type OtherEvent,
  type Plugin,
  type PluginContext,
  type WindowClosing,
} from './plugins/plugin.ts';
export {
  defineSequence,
  type Matching,
  type QuietHours,
  type Reply,
  type Sequence,
  type SequenceContext,
} from './plugins/sequence.ts';
export type {
  BundledTopics,
  FormTopics,
  KnownTopic,
  StopName,
  TopicArguments,
  TopicData,
  TopicName,
  Topics,
} from './plugins/topics.ts';
export type { Segment } from './plugins/segment.ts';
export type { Duration } from './plugins/duration.ts';
export type { LocalTime, Weekday } from './policy/local-time.ts';
export { optionsOf, type OptionChecks } from './plugins/options.ts';
export {
  declareActivities,
  type NoActivities,
  type ActivityFunctions,
  type DeclaredActivities,
  type ActivityOptions,
} from './plugins/plugin-activities.ts';

// Messages: texts, media, buttons and quick replies.
export {
  callButton,
  loginButton,
  logoutButton,
  postbackButton,
  urlButton,
  type CallButton,
  type PostbackButton,
  type UrlButton,
  type WebviewHeight,
} from './messenger/outbound/button.ts';
export { audio, file, image, video, type MediaMessage, type MediaSource } from './messenger/outbound/media.ts';
export { buttonMessage, textMessage } from './messenger/outbound/message-builders.ts';
export type {
  Button,
  ButtonMessage,
  Envelope,
  OutboundMessage,
  QuickReply,
  Sayable,
  TextMessage,
} from './messenger/outbound/outbound-message.ts';
export { askEmail, askPhone, quickReply } from './messenger/outbound/quick-reply.ts';
export { withQuickReplies } from './messenger/outbound/sayable.ts';
export { sticker, THUMBS_UP, type StickerMessage } from './messenger/outbound/sticker.ts';

// Messages: cards and forms.
export { coupon, type CouponOptions } from './messenger/template/coupon.ts';
export {
  customerFeedback,
  type CustomerFeedbackOptions,
  type FeedbackQuestion,
} from './messenger/template/customer-feedback.ts';
export { customerInformation, type CustomerInformationOptions } from './messenger/template/customer-information.ts';
export { card, carousel, type Card, type CardOptions } from './messenger/template/generic.ts';
export { imageGrid, type GridPicture, type ImageGridOptions } from './messenger/template/image-grid.ts';
export { mediaCard } from './messenger/template/media.ts';
export { products } from './messenger/template/product.ts';
export { receipt, type ReceiptAddress, type ReceiptItem, type ReceiptSummary } from './messenger/template/receipt.ts';

// The Page's profile: what it shows before anybody writes.
export {
  messengerProfile,
  type Commands,
  type IceBreakers,
  type MenuItem,
  type MessengerProfile,
  type PersistentMenu,
} from './messenger/profile.ts';

// Messages: outside the window, and how they are delivered.
export { asPersona, inReplyTo, silently, withoutNotification } from './messenger/outbound/send-options.ts';
export {
  utility,
  type UtilityMessage,
  type UtilityOptions,
  type UtilityParameters,
} from './messenger/outbound/utility.ts';

// Events, and what comes with them.
export {
  attachmentsOf,
  type Appointment,
  type AttachmentsByType,
  type InboundSticker,
  type MediaFile,
  type SharedLink,
  type SharedPost,
  type SharedProduct,
  type SharedProducts,
  type SharedReel,
} from './messenger/inbound/attachments.ts';
export { commandOf, type Command } from './messenger/inbound/event-readers.ts';
export type { ConversationId } from './domain/conversation-id.ts';
export type * from './messenger/inbound/inbound-event.ts';
export { orderTotal, type Money } from './messenger/inbound/event-readers.ts';
export { authorOf } from './messenger/inbound/event-readers.ts';
export type { OptSignal } from './messenger/inbound/opt-signal.ts';
export { payloadOf } from './messenger/inbound/event-readers.ts';
export { referralOf } from './messenger/inbound/event-readers.ts';
export type { WebhookField } from './messenger/inbound/webhook-fields.ts';
export { textOf } from './messenger/inbound/event-readers.ts';
export type { Consent, Lead } from './domain/lead.ts';
export type { ContactCard } from './domain/contact.ts';
export type { TranscriptLine } from './domain/transcript-line.ts';
export type { Runs, SequenceStart } from './domain/sequence-start.ts';
export type { SendOutcome } from './domain/send.ts';
export type { Handback, TakeOver } from './domain/handoff.ts';
export type { ThreadControlOutcome, ThreadControlRequest } from './domain/handoff.ts';
export type { Topic } from './domain/topic.ts';
