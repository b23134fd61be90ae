import type { Channel } from '../../domain/conversation-id.ts';
import { isObject, type JsonObject } from '../check/json.ts';
import { invalidMessage } from '../check/require.ts';
import { requireButtonTemplate } from '../template/button.ts';
import { requireCoupon } from '../template/coupon.ts';
import { requireCustomerFeedback } from '../template/customer-feedback.ts';
import { requireCustomerInformation } from '../template/customer-information.ts';
import { requireGeneric } from '../template/generic.ts';
import { requireImageGrid } from '../template/image-grid.ts';
import { requireMediaTemplate } from '../template/media.ts';
import { requireProducts } from '../template/product.ts';
import { requireReceipt } from '../template/receipt.ts';
import { requireMedia } from './media.ts';
import { requireTextMessage } from './message-builders.ts';
import type { Delivery, Envelope, OutboundMessage, Sayable, Template } from './outbound-message.ts';
import { requireQuickReplies, type QuickReply } from './quick-reply.ts';
import { requireDelivery, isEnvelope } from './send-options.ts';
import { splitText } from './split-text.ts';
import { requireSticker } from './sticker.ts';
import { requireUtility, isUtility } from './utility.ts';

/** A part of a {@link Sayable} that is one request to Meta: a message within Meta's limits, and how it is delivered. */
export interface OutboundPart extends Delivery {
  readonly message: OutboundMessage;
}

/**
 * The whole message of a {@link Sayable}, checked against Meta's limits, except that a text may be of any length. Messages
 * written by hand are checked like built ones: a bot may be plain JavaScript, and its texts may come from a database.
 * Throws a `BotError` with the code of the limit.
 */
export function outboundMessage(sayable: Sayable): OutboundMessage {
  const message: unknown = isEnvelope(sayable) ? sayable.message : sayable;
  if (typeof message === 'string') return requireTextMessage({ text: message });
  if (isObject(message)) {
    if ('text' in message) return requireTextMessage(message);
    if ('attachment' in message) return requireAttachment(message);
    if ('sticker_id' in message) return requireSticker(message);
    if (isUtility(message)) return requireUtility(message);
  }
  const found = isObject(message) ? `the keys ${Object.keys(message).join(', ').slice(0, 80)}` : typeof message;
  throw invalidMessage(
    `The message is of a form that cannot be sent: ${found}`,
    'Use a string, textMessage(…) or another builder',
  );
}

/**
 * The parts of a {@link Sayable} in the order in which they are sent: one, or several for a text over the channel's limit.
 * Quick replies are on the last part, where they stay visible; a quote is on the first. Throws a `BotError` with the code
 * of the limit.
 */
export function outboundMessages(sayable: Sayable, channel: Channel = 'messenger'): readonly OutboundPart[] {
  const message = outboundMessage(sayable);
  const { replyTo, ...delivery } = isEnvelope(sayable) ? requireDelivery(sayable) : {};
  const quote = replyTo === undefined ? {} : { replyTo };
  if (!('text' in message)) return [{ message, ...quote, ...delivery }];
  const texts = splitText(message.text, channel);
  return texts.map((text, index) => ({
    message: index === texts.length - 1 ? { ...message, text } : { text },
    ...(index === 0 && quote),
    ...delivery,
  }));
}

/**
 * Adds at most 13 quick replies to any message but a sticker or a utility message. Meta, send-messages/quick-replies, read
 * 2026-10-06.
 *
 * @throws BotError `too_many_quick_replies`, `message_invalid`, or what the message's own builder throws.
 */
export function withQuickReplies(replies: readonly QuickReply[], sayable: Sayable): OutboundMessage | Envelope {
  const message = outboundMessage(sayable);
  if (!('text' in message || 'attachment' in message)) {
    throw invalidMessage('A sticker and a utility message carry no quick replies', 'Add them to a text');
  }
  const withReplies = { ...message, ...requireQuickReplies({ quick_replies: replies }) };
  return isEnvelope(sayable) ? { ...sayable, message: withReplies } : withReplies;
}

function requireAttachment(message: JsonObject): OutboundMessage {
  const { attachment, quick_replies: _, ...others } = message;
  const key = Object.keys(others)[0];
  if (key !== undefined)
    throw invalidMessage(`The message has the key "${key.slice(0, 40)}" beside its attachment`, 'Leave it out');
  const quickReplies = requireQuickReplies(message);
  if (!isObject(attachment) || attachment['type'] !== 'template') {
    return { attachment: requireMedia(attachment), ...quickReplies };
  }
  return { attachment: { type: 'template', payload: requireTemplate(attachment['payload']) }, ...quickReplies };
}

function requireTemplate(payload: unknown): Template {
  switch (isObject(payload) && payload['template_type']) {
    case 'button':
      return requireButtonTemplate(payload);
    case 'generic':
      return requireGeneric(payload);
    case 'media':
      return requireMediaTemplate(payload);
    case 'receipt':
      return requireReceipt(payload);
    case 'coupon':
      return requireCoupon(payload);
    case 'customer_feedback':
      return requireCustomerFeedback(payload);
    case 'customer_information':
      return requireCustomerInformation(payload);
    case 'image_grid':
      return requireImageGrid(payload);
    case 'product':
      return requireProducts(payload);
    default:
      throw invalidMessage(
        'The template is of a type that is not known here',
        'Use buttonMessage(…), carousel(…) or another builder',
      );
  }
}
