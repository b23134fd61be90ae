import type { ButtonTemplate } from '../template/button.ts';
import type { CouponTemplate } from '../template/coupon.ts';
import type { CustomerFeedbackTemplate } from '../template/customer-feedback.ts';
import type { CustomerInformationTemplate } from '../template/customer-information.ts';
import type { GenericTemplate } from '../template/generic.ts';
import type { ImageGridTemplate } from '../template/image-grid.ts';
import type { MediaTemplate } from '../template/media.ts';
import type { ProductTemplate } from '../template/product.ts';
import type { ReceiptTemplate } from '../template/receipt.ts';
import type { TemplateMessage } from '../template/template-message.ts';
import type { MediaMessage } from './media.ts';
import type { TextMessage } from './message-builders.ts';
import { THUMBS_UP, type StickerMessage } from './sticker.ts';
import { isUtility, type UtilityMessage } from './utility.ts';

export type { Button } from './button.ts';
export type { ButtonMessage, TextMessage } from './message-builders.ts';
export type { QuickReply } from './quick-reply.ts';

/**
 * A message as Meta's Send API takes it (Send API reference, read 2026-10-06). Not supported: requests for one-time
 * notifications (beta), and several attachments in one message (Meta does not document their shape).
 */
export type OutboundMessage = TextMessage | MediaMessage | TemplateMessage<Template> | StickerMessage | UtilityMessage;

/** The payload of one of Meta's templates; `template_type` is the discriminant. */
export type Template =
  | ButtonTemplate
  | GenericTemplate
  | MediaTemplate
  | ReceiptTemplate
  | CouponTemplate
  | CustomerFeedbackTemplate
  | CustomerInformationTemplate
  | ImageGridTemplate
  | ProductTemplate;

/** How a message is delivered: the fields of a request beside the message itself. */
export interface Delivery {
  /** The `mid` of the message that is quoted above it, of the person or the Page. */
  readonly replyTo?: string;
  /** The id of the persona whose name and picture are shown; Messenger only. */
  readonly persona?: string;
  /** `silent`: the phone shows it without a sound. `none`: the phone shows no notification. */
  readonly notification?: 'silent' | 'none';
}

/** A message with its {@link Delivery}. */
export interface Envelope extends Delivery {
  readonly message: string | OutboundMessage;
}

/** Anything `ctx.send` accepts; a plain string is a text message. */
export type Sayable = string | OutboundMessage | Envelope;

/**
 * Which of Meta's rules a message falls under: `utility` may be sent outside the window, `feedback` for 7 days, `sticker`
 * and `ordinary` inside it only, `sticker` for operators too.
 */
export function messageClass(message: OutboundMessage): 'ordinary' | 'utility' | 'feedback' | 'sticker' {
  if (isUtility(message)) return 'utility';
  if ('sticker_id' in message) return 'sticker';
  return templatePayload(message)?.template_type === 'customer_feedback' ? 'feedback' : 'ordinary';
}

/** The message as text, for transcripts and summaries; never empty. */
export function textOfOutbound(message: OutboundMessage): string {
  if ('text' in message) return message.text;
  if ('sticker_id' in message) return message.sticker_id === THUMBS_UP ? '👍' : `[sticker ${message.sticker_id}]`;
  if (isUtility(message)) return utilityText(message);
  const template = templatePayload(message);
  if (template) return templateText(template);
  const { type, payload } = message.attachment as MediaMessage['attachment'];
  return `[${type}] ${payload.url ?? payload.attachment_id ?? ''}`.trim();
}

function templatePayload(message: Exclude<OutboundMessage, UtilityMessage | StickerMessage>): Template | undefined {
  if (!('attachment' in message) || message.attachment.type !== 'template') return undefined;
  return message.attachment.payload;
}

function templateText(template: Template): string {
  switch (template.template_type) {
    case 'button':
      return template.text;
    case 'generic':
      return template.elements.map(({ title }) => title).join(' · ');
    case 'media':
      return template.elements
        .map(({ media_type: type, url, attachment_id: id }) => `[${type}] ${url ?? id}`)
        .join(' ');
    case 'receipt':
      return `[receipt ${template.order_number}] ${template.summary.total_cost} ${template.currency}`;
    case 'coupon':
    case 'customer_feedback':
      return template.title;
    case 'customer_information':
      return '[address form]';
    case 'image_grid':
      return template.elements.map(({ title, images }) => title ?? `[${images.length} pictures]`).join(' ');
    case 'product':
      return `[products] ${template.elements.map(({ id }) => id).join(', ')}`;
  }
}

function utilityText({ template }: UtilityMessage): string {
  const parameters = template.components?.flatMap((component) => component.parameters) ?? [];
  const values = parameters.map(({ parameter_name: name, text }) => (name && text ? `${name}: ${text}` : text));
  return [`[${template.name}]`, values.filter(Boolean).join(', ')].join(' ').trim();
}
