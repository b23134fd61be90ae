/** What a bot's files import. It runs in Temporal's sandbox, so nothing here reaches Node. */

// What a bot is made of.
export { defineBot, type Bot } from './plugins/bot.ts';
export {
  definePlugin,
  type Handoff,
  type HookResult,
  type Log,
  type OtherEvent,
  type Plugin,
  type PluginContext,
} from './plugins/plugin.ts';
export { defineSequence, type QuietHours, type Sequence, type SequenceContext } from './plugins/sequence.ts';
export { outside, type Outside, type OutsideHalf } from './plugins/outside.ts';

// What a bot says.
export { callButton, postbackButton, urlButton } from './messenger/button.ts';
export { buttonMessage, textMessage } from './messenger/message-builders.ts';
export type { Button, OutboundMessage, QuickReply, Sayable } from './messenger/outbound-message.ts';
export { askEmail, askPhone, quickReply } from './messenger/quick-reply.ts';

// What a bot hears.
export type { ConversationId } from './messenger/conversation.ts';
export type * from './messenger/inbound-event.ts';
export { textOf } from './messenger/text-of.ts';
export type { ContactCard, SendOutcome, TakeOver, Topic } from './workflows/contract.ts';
