import { wordsOf } from '../../../domain/send-reasons.ts';
import type { Contact } from '../../../store/contacts.ts';
import type { SaidLine, TranscriptPageLine, UnsentLine } from '../../../store/conversations/line.ts';
import type { MessageView } from '../schemas/conversation.ts';
import { isoTime, isoTimeOrNull, toAuthor } from './conversation.ts';

/** A line of the transcript in the form of the API. */
export function toMessageView(line: TranscriptPageLine, contact: Contact): MessageView {
  return line.kind === 'said' ? ofSaid(line, contact) : ofUnsent(line);
}

function ofSaid(line: SaidLine, contact: Contact): MessageView {
  const { id, author, text, attachments, at, editedAt, sendId } = line;
  return {
    id,
    author: toAuthor(author),
    authorName: authorNameOf(line),
    text: text ?? null,
    attachments: attachments.map(({ type, expiringUrl }) => ({ type, url: expiringUrl ?? null })),
    at: isoTime(at),
    editedAt: isoTimeOrNull(editedAt),
    status: author === 'person' ? 'received' : receiptOf(at, contact),
    reason: null,
    words: null,
    sendId: sendId ?? null,
  };
}

/** An operator by their name, the bot by what of it asked for the message. */
function authorNameOf({ author, operator, source }: TranscriptPageLine): string | null {
  return (author === 'human' ? operator : source) ?? null;
}

/** Meta reports receipts as a time up to which everything arrived. */
function receiptOf(at: number, { readUntil = -1, deliveredUntil = -1 }: Contact): 'read' | 'delivered' | 'sent' {
  if (at <= readUntil) return 'read';
  return at <= deliveredUntil ? 'delivered' : 'sent';
}

const STATUSES = {
  calling: 'pending',
  waiting: 'pending',
  unconfirmed: 'pending',
  refused: 'refused',
  failed: 'failed',
  unknown: 'unknown',
} as const satisfies Record<UnsentLine['status'], MessageView['status']>;

const REASONS: Readonly<Partial<Record<UnsentLine['status'], string>>> = {
  calling: 'calling',
  waiting: 'waits_for_its_turn',
  unconfirmed: 'waits_for_echo',
  unknown: 'no_echo',
};

function ofUnsent(line: UnsentLine): MessageView {
  const { id, author, text, at, status, code } = line;
  const reason = code ?? REASONS[status] ?? 'not_settled';
  return {
    id,
    author: author === 'human' ? 'operator' : 'bot',
    authorName: authorNameOf(line),
    text,
    attachments: [],
    at: isoTime(at),
    editedAt: null,
    status: STATUSES[status],
    reason,
    words: wordsOf(reason),
    sendId: id,
  };
}
