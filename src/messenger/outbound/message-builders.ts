import { requireObject, requireText } from '../check/require.ts';
import { requireButtonTemplate, type ButtonTemplate } from '../template/button.ts';
import { templateMessage, type TemplateMessage } from '../template/template-message.ts';
import type { Button } from './button.ts';
import { suggestionsOf, type QuickReply } from './quick-reply.ts';

export interface TextMessage {
  readonly text: string;
  readonly quick_replies?: readonly QuickReply[];
}

export type ButtonMessage = TemplateMessage<ButtonTemplate>;

/**
 * A bubble with a text, and up to 13 suggestions to tap under it. A text over Meta's limit (below 2,000 characters, on
 * Instagram 1,000 bytes) goes out as several messages. Meta, Send API reference, read 2026-10-06.
 */
export function textMessage(text: string, quickReplies: readonly QuickReply[] = []): TextMessage {
  return requireTextMessage({ text, quick_replies: quickReplies });
}

/**
 * A text of at most 640 characters with one to three buttons that stay. Meta, send-messages/template/button, read
 * 2026-10-06.
 */
export function buttonMessage(text: string, buttons: readonly Button[]): ButtonMessage {
  return templateMessage(requireButtonTemplate({ template_type: 'button', text, buttons }));
}

export function requireTextMessage(value: unknown): TextMessage {
  const message = requireObject('The message', value, ['text', 'quick_replies'], 'Use textMessage(…)');
  return {
    text: requireText('The text', message['text']),
    ...suggestionsOf(message),
  };
}
