/** An operator's message, made of what the request names and checked against Meta's limits. */

import { BotError } from '../../domain/bot-error.ts';
import { conversationParts, type ConversationId } from '../../domain/conversation-id.ts';
import { renderReply } from '../../domain/saved-reply.ts';
import type { Sayable } from '../../messenger/outbound/outbound-message.ts';
import { quickReply } from '../../messenger/outbound/quick-reply.ts';
import { outboundMessages } from '../../messenger/outbound/sayable.ts';
import type { Contact } from '../../store/contacts.ts';
import type { Store } from '../../store/index.ts';
import { Problem } from './problem.ts';
import type { MessageBody } from './schemas/answers.ts';

/** For whom a message is, and whose words it is. */
export interface MessageParties {
  readonly contact: Contact;
  /** The operator's name. */
  readonly operator: string;
}

/**
 * The message that a request asks for, saved replies filled in.
 *
 * @throws `Problem` with `saved_reply_unknown`, `saved_reply_incomplete`, or `request_invalid` when Meta's limits forbid it.
 */
export async function composeMessage(
  store: Pick<Store, 'savedReplies'>,
  { savedReply, ...body }: MessageBody,
  { contact, operator }: MessageParties,
): Promise<Sayable> {
  const text = savedReply === undefined ? body.text : await textOfSavedReply(store, savedReply, contact, operator);
  return toMessage({ ...body, text }, contact.conversation);
}

/** @throws `Problem` with `saved_reply_unknown` or `saved_reply_incomplete`. */
async function textOfSavedReply(
  { savedReplies }: Pick<Store, 'savedReplies'>,
  name: string,
  contact: Contact,
  operator: string,
): Promise<string> {
  const reply = await savedReplies.findForPage(contact.pageId, name);
  if (!reply) throw new Problem('saved_reply_unknown', { detail: `There is no saved reply "${name}" for this Page.` });
  const { text, missing } = renderReply(reply.text, { ...contact, operator });
  if (missing.length === 0) return text;
  throw new Problem('saved_reply_incomplete', {
    detail: `Of this person everthread does not know: ${missing.join(', ')}.`,
    members: { missing: missing.join(', ') },
  });
}

function sourceOf({ url, attachmentId }: NonNullable<MessageBody['attachment']>) {
  return attachmentId === undefined ? { url: url ?? '' } : { attachment_id: attachmentId };
}

/** @throws `Problem` with `request_invalid` when Meta's limits forbid the message. */
function toMessage(
  { text, attachment, quickReplies = [] }: Omit<MessageBody, 'savedReply'>,
  conversation: ConversationId,
): Sayable {
  const replies = quickReplies.length === 0 ? {} : { quick_replies: quickReplies.map((title) => quickReply(title)) };
  const message: Sayable = attachment
    ? { attachment: { type: attachment.type, payload: sourceOf(attachment) }, ...replies }
    : { text: text ?? '', ...replies };
  try {
    outboundMessages(message, conversationParts(conversation)?.channel);
    return message;
  } catch (error) {
    if (!(error instanceof BotError)) throw error;
    throw new Problem('request_invalid', {
      detail: error.message,
      errors: [{ field: 'body', message: error.message }],
    });
  }
}
