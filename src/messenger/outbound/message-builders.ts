import { requireObject, requireText } from '../check/require.ts';
import { requireButtonTemplate, type ButtonTemplate } from '../template/button.ts';
import { templateMessage, type TemplateMessage } from '../template/template-message.ts';
import type { Button } from './button.ts';
import { requireQuickReplies, type QuickReply } from './quick-reply.ts';

/** A text, with quick replies under it. */
export interface TextMessage {
  readonly text: string;
  readonly quick_replies?: readonly QuickReply[];
}

/** A text with one to three buttons. */
export type ButtonMessage = TemplateMessage<ButtonTemplate>;

/**
 * A text message with up to 13 quick replies. A text over Meta's limit (below 2,000 characters, on Instagram 1,000 bytes)
 * is sent as several messages. Meta, Send API reference, read 2026-10-06.
 *
 * @throws BotError `text_empty`, `text_too_long` (a quick reply), `too_many_quick_replies`, `url_invalid` or
 *   `message_invalid`.
 */
export function textMessage(text: string, quickReplies: readonly QuickReply[] = []): TextMessage {
  return requireTextMessage({ text, quick_replies: quickReplies });
}

/**
 * A text of 1 to 640 characters with one to three buttons, which stay. Meta, send-messages/template/button, read
 * 2026-10-06.
 *
 * @throws BotError `text_empty`, `text_too_long`, `wrong_number_of_buttons` or `message_invalid`.
 */
export function buttonMessage(text: string, buttons: readonly Button[]): ButtonMessage {
  return templateMessage(requireButtonTemplate({ template_type: 'button', text, buttons }));
}

/** A text message, whether built or written by hand; its text may be of any length. */
export function requireTextMessage(value: unknown): TextMessage {
  const message = requireObject('The message', value, ['text', 'quick_replies'], 'Use textMessage(…)');
  return {
    text: requireText('The text', message['text']),
    ...requireQuickReplies(message),
  };
}
