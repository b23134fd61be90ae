/** Conversations in the form in which the operator API answers. */

import type { PersonName } from '../../../domain/contact.ts';
import { conversationParts } from '../../../domain/conversation-id.ts';
import { snoozedUntil, type Handoff } from '../../../domain/handoff.ts';
import { windowClosesAt } from '../../../policy/messaging-window.ts';
import type { Contact } from '../../../store/contacts.ts';
import type { LastLine } from '../../../store/conversations/last-lines.ts';
import type { ListedConversation } from '../../../store/conversations/list.ts';
import type { MessageAuthor } from '../../../store/transcript.ts';
import type { ConversationSummary } from '../schemas/conversations.ts';

/** A time as answers have it. */
export function isoTime(at: number): string {
  return new Date(at).toISOString();
}

/** A time as answers have it, or null. */
export function isoTimeOrNull(at: number | undefined): string | null {
  return at === undefined ? null : isoTime(at);
}

/** The fields that the list and the single view share; `now` is real time. */
export function toFields(contact: Contact, handoff: Handoff | undefined, now: number) {
  const { conversation, pageId, windowOpenedAt, tags = [] } = contact;
  return {
    id: conversation,
    name: nameOf(contact),
    page: pageId,
    channel: conversationParts(conversation)?.channel ?? 'messenger',
    state: handoff?.state ?? 'bot',
    heldBy: handoff?.heldBy ?? null,
    reason: handoff?.reason ?? null,
    waitingSince: isoTimeOrNull(handoff?.waitingSince),
    botAnswersAt: isoTimeOrNull(handoff?.until),
    snoozedUntil: isoTimeOrNull(handoff && snoozedUntil(handoff, windowOpenedAt ?? 0, now)),
    windowClosesAt: windowOpenedAt === undefined ? null : isoTime(windowClosesAt(windowOpenedAt)),
    tags: [...tags],
    unread: (windowOpenedAt ?? 0) > (handoff?.seenAt ?? 0),
  };
}

/** A conversation in the list. */
export function toSummary({ contact, handoff, lastLine }: ListedConversation, now: number): ConversationSummary {
  return {
    ...toFields(contact, handoff, now),
    lastActionAt: isoTimeOrNull(contact.windowOpenedAt),
    lastLine: lastLine ? toLastLine(lastLine) : null,
  };
}

/** The author in the words of the API. */
export function toAuthor(author: MessageAuthor): 'person' | 'bot' | 'operator' | 'other_app' {
  return author === 'human' ? 'operator' : author;
}

function toLastLine({ author, text, attachments, at }: LastLine) {
  return { author: toAuthor(author), text: text ?? null, attachments: [...attachments], at: isoTime(at) };
}

/** First and last name; null when Meta tells neither. */
export function nameOf({ firstName, lastName }: PersonName): string | null {
  return [firstName, lastName].filter((name) => name !== undefined && name !== '').join(' ') || null;
}
