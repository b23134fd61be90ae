import { BotError } from '../../domain/bot-error.ts';
import { isObject, type JsonObject } from '../check/json.ts';
import { requireObject, requireText, requireUrl, invalidMessage, readOptional } from '../check/require.ts';
import { LIMITS } from './limits.ts';

/** A button under the last message, gone after a tap. Meta, send-messages/quick-replies, read 2026-10-06. */
export type QuickReply =
  | TextQuickReply
  | { readonly content_type: 'user_email' }
  | { readonly content_type: 'user_phone_number' };

/** A quick reply with a title and a payload of the bot's. */
export interface TextQuickReply {
  readonly content_type: 'text';
  readonly title: string;
  readonly payload: string;
  readonly image_url?: string;
}

/**
 * A button under a message, gone after a tap, which sends `title` as the person's text. Meta, send-messages/quick-replies,
 * read 2026-10-06.
 *
 * @param title 1 to 20 characters.
 * @param payload 1 to 1,000 characters, which the bot gets back. Default: the title.
 * @param image URL of a small picture before the title.
 * @throws BotError `text_empty`, `text_too_long`, `url_invalid` or `message_invalid`.
 */
export function quickReply(title: string, payload: string = title, image?: string): TextQuickReply {
  return requireTextReply({ content_type: 'text', title, payload, image_url: image });
}

/** Offers the e-mail address of the person's profile; Meta shows nothing if there is none (send-messages/quick-replies, read 2026-10-06). */
export function askEmail(): QuickReply {
  return { content_type: 'user_email' };
}

/** Offers the phone number of the person's profile; Meta shows nothing if there is none (send-messages/quick-replies, read 2026-10-06). */
export function askPhone(): QuickReply {
  return { content_type: 'user_phone_number' };
}

/** The message's `quick_replies`, for spreading. An empty list is left out, because Meta rejects it. */
export function requireQuickReplies(message: JsonObject): { readonly quick_replies?: readonly QuickReply[] } {
  const replies = message['quick_replies'] === undefined ? [] : requireReplies(message['quick_replies']);
  return replies.length > 0 ? { quick_replies: replies } : {};
}

function requireReplies(value: unknown): readonly QuickReply[] {
  if (!Array.isArray(value)) throw invalidMessage('The quick replies are no list', 'Give it an array');
  if (value.length <= LIMITS.quickReplies) return value.map(requireQuickReply);
  throw new BotError(
    'too_many_quick_replies',
    `The message has ${value.length} quick replies and Meta takes at most ${LIMITS.quickReplies}. Leave some out.`,
  );
}

function requireQuickReply(value: unknown): QuickReply {
  const type = isObject(value) ? value['content_type'] : undefined;
  if (type === 'text') return requireTextReply(value);
  if (type !== 'user_email' && type !== 'user_phone_number') {
    throw invalidMessage('A quick reply is of a kind that is not known here', QUICK_REPLY_CURE);
  }
  requireObject('A quick reply', value, ['content_type'], QUICK_REPLY_CURE);
  return { content_type: type };
}

const QUICK_REPLY_CURE = 'Use quickReply(…), askEmail() or askPhone()';

function requireTextReply(value: unknown): TextQuickReply {
  const reply = requireObject(
    'A quick reply',
    value,
    ['content_type', 'title', 'payload', 'image_url'],
    QUICK_REPLY_CURE,
  );
  return {
    content_type: 'text',
    title: requireText('The title of a quick reply', reply['title'], LIMITS.quickReplyTitleChars),
    payload: requireText('The payload of a quick reply', reply['payload'], LIMITS.quickReplyPayloadChars),
    ...readOptional(reply, 'image_url', (url) => requireUrl("A quick reply's picture", url)),
  };
}
