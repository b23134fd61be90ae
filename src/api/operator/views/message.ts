import type { Contact } from '../../../store/contacts.ts';
import type { SaidLine, TranscriptPageLine, UnsentLine } from '../../../store/conversations/lines.ts';
import type { MessageView } from '../schemas/conversation.ts';
import { isoTime, isoTimeOrNull, toAuthor } from './conversation.ts';
import { wordsOf } from './send-reasons.ts';

/** A line of the transcript in the form of the API. */
export function toMessageView(line: TranscriptPageLine, contact: Contact): MessageView {
  return line.kind === 'said' ? ofSaid(line, contact) : ofUnsent(line);
}

function ofSaid({ id, author, text, attachments, at, editedAt, sendId }: SaidLine, contact: Contact): MessageView {
  return {
    id,
    author: toAuthor(author),
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

function ofUnsent({ id, author, text, at, status, code }: UnsentLine): MessageView {
  const reason = code ?? REASONS[status] ?? 'not_settled';
  return {
    id,
    author: author === 'human' ? 'operator' : 'bot',
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
