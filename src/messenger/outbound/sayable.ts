import type { Channel } from '../../domain/conversation-id.ts';
import { invalid, isFields, type Fields } from '../check/checked.ts';
import { checkedButtonTemplate } from '../template/button.ts';
import { checkedCoupon } from '../template/coupon.ts';
import { checkedCustomerFeedback } from '../template/customer-feedback.ts';
import { checkedCustomerInformation } from '../template/customer-information.ts';
import { checkedGeneric } from '../template/generic.ts';
import { checkedImageGrid } from '../template/image-grid.ts';
import { checkedMediaTemplate } from '../template/media.ts';
import { checkedProducts } from '../template/product.ts';
import { checkedReceipt } from '../template/receipt.ts';
import { checkedMedia } from './media.ts';
import { checkedTextMessage } from './message-builders.ts';
import type { Delivery, Envelope, OutboundMessage, Sayable, Template } from './outbound-message.ts';
import { suggestionsOf, type QuickReply } from './quick-reply.ts';
import { checkedDelivery, isEnvelope } from './send-options.ts';
import { splitText } from './split-text.ts';
import { checkedSticker } from './sticker.ts';
import { checkedUtility, isUtility } from './utility.ts';

/** One request's worth of a {@link Sayable}: a message within Meta's limits, and how it is delivered. */
export interface OutboundPart extends Delivery {
  readonly message: OutboundMessage;
}

/**
 * What is said, whole: checked against Meta's limits, except that a text may be as long as one likes. Messages written by
 * hand are checked like built ones: a bot may be plain JavaScript, and its words may come out of a database.
 */
export function outboundMessage(sayable: Sayable): OutboundMessage {
  const message: unknown = isEnvelope(sayable) ? sayable.message : sayable;
  if (typeof message === 'string') return checkedTextMessage({ text: message });
  if (isFields(message)) {
    if ('text' in message) return checkedTextMessage(message);
    if ('attachment' in message) return checkedAttachment(message);
    if ('sticker_id' in message) return checkedSticker(message);
    if (isUtility(message)) return checkedUtility(message);
  }
  const found = isFields(message) ? `the keys ${Object.keys(message).join(', ').slice(0, 80)}` : typeof message;
  throw invalid(
    `The message is of a form that cannot be sent: ${found}`,
    'Use a string, textMessage(…) or another builder',
  );
}

/**
 * What goes out for a {@link Sayable}, in its order: one part, or several for a text that is longer than the channel
 * takes. Suggestions hang on the last part, where they are seen; a quote stands on the first.
 */
export function outboundMessages(sayable: Sayable, channel: Channel = 'messenger'): readonly OutboundPart[] {
  const message = outboundMessage(sayable);
  const { replyTo, ...delivery } = isEnvelope(sayable) ? checkedDelivery(sayable) : {};
  const quote = replyTo === undefined ? {} : { replyTo };
  if (!('text' in message)) return [{ message, ...quote, ...delivery }];
  const texts = splitText(message.text, channel);
  return texts.map((text, index) => ({
    message: index === texts.length - 1 ? { ...message, text } : { text },
    ...(index === 0 && quote),
    ...delivery,
  }));
}

/** Suggestions, at most 13, under anything but a sticker and a utility message. A plain text has them by itself. */
export function withQuickReplies(replies: readonly QuickReply[], sayable: Sayable): OutboundMessage | Envelope {
  const message = outboundMessage(sayable);
  if (!('text' in message || 'attachment' in message)) {
    throw invalid('A sticker and a utility message carry no quick replies', 'Hang them on a text');
  }
  const both = { ...message, ...suggestionsOf({ quick_replies: replies }) };
  return isEnvelope(sayable) ? { ...sayable, message: both } : both;
}

function checkedAttachment(message: Fields): OutboundMessage {
  const { attachment, quick_replies: _, ...strange } = message;
  const key = Object.keys(strange)[0];
  if (key !== undefined)
    throw invalid(`The message has the key "${key.slice(0, 40)}" beside its attachment`, 'Leave it out');
  const suggestions = suggestionsOf(message);
  if (!isFields(attachment) || attachment['type'] !== 'template') {
    return { attachment: checkedMedia(attachment), ...suggestions };
  }
  return { attachment: { type: 'template', payload: checkedTemplate(attachment['payload']) }, ...suggestions };
}

function checkedTemplate(payload: unknown): Template {
  switch (isFields(payload) && payload['template_type']) {
    case 'button':
      return checkedButtonTemplate(payload);
    case 'generic':
      return checkedGeneric(payload);
    case 'media':
      return checkedMediaTemplate(payload);
    case 'receipt':
      return checkedReceipt(payload);
    case 'coupon':
      return checkedCoupon(payload);
    case 'customer_feedback':
      return checkedCustomerFeedback(payload);
    case 'customer_information':
      return checkedCustomerInformation(payload);
    case 'image_grid':
      return checkedImageGrid(payload);
    case 'product':
      return checkedProducts(payload);
    default:
      throw invalid(
        'The template is of a type that is not known here',
        'Use buttonMessage(…), carousel(…) or another builder',
      );
  }
}
