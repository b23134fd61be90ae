import { BotError } from './bot-error.ts';
import { LIMITS } from './limits.ts';
import type { QuickReply, TextQuickReply } from './outbound-message.ts';
import { checkLength } from './text-length.ts';

/** A suggestion under a text: a tap answers with `title`, and `payload` tells the bot which it was. */
export function quickReply(title: string, payload: string = title): TextQuickReply {
  checkLength('The title of a quick reply', title, LIMITS.quickReplyTitle);
  checkLength('The payload of a quick reply', payload, LIMITS.quickReplyPayload);
  return { content_type: 'text', title, payload };
}

/** Offers the e-mail address of the person's profile. Meta shows nothing if there is none. */
export function askEmail(): QuickReply {
  return { content_type: 'user_email' };
}

/** Offers the phone number of the person's profile. Meta shows nothing if there is none. */
export function askPhone(): QuickReply {
  return { content_type: 'user_phone_number' };
}

export function checkQuickReplies(replies: readonly QuickReply[]): void {
  if (replies.length <= LIMITS.quickReplies) return;
  throw new BotError(
    'too_many_quick_replies',
    `The message has ${replies.length} quick replies and Meta takes at most ${LIMITS.quickReplies}. Leave some out.`,
  );
}
