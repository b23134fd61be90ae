import { checkButtons } from './button.ts';
import { LIMITS } from './limits.ts';
import type { Button, ButtonMessage, QuickReply, TextMessage } from './outbound-message.ts';
import { checkQuickReplies } from './quick-reply.ts';
import { checkLength } from './text-length.ts';

/** A text, with suggestions to tap under it. */
export function textMessage(text: string, quickReplies: readonly QuickReply[] = []): TextMessage {
  checkLength('The text', text, LIMITS.text);
  checkQuickReplies(quickReplies);
  return quickReplies.length > 0 ? { text, quick_replies: quickReplies } : { text };
}

/** A text with one to three buttons that stay. */
export function buttonMessage(text: string, buttons: readonly Button[]): ButtonMessage {
  checkLength('The text above buttons', text, LIMITS.buttonText);
  checkButtons(buttons);
  return { attachment: { type: 'template', payload: { template_type: 'button', text, buttons } } };
}
