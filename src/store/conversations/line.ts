/** The two kinds of line that a transcript has. */

import { textOfOutbound, type OutboundMessage } from '../../messenger/outbound/outbound-message.ts';
import type { MessagesTable, SendsTable } from '../db/tables.ts';
import type { Opened } from '../encryption/column-cipher.ts';
import { fromStoredStatus, type SendStatus } from '../ledger/send-states.ts';

/** A message that is in the conversation. */
export interface SaidLine {
  readonly kind: 'said';
  /** Meta's message id; a hash if it is long. */
  readonly id: string;
  readonly author: MessagesTable['author'];
  readonly text: string | undefined;
  readonly attachments: readonly { readonly type: string; readonly expiringUrl?: string }[];
  readonly at: number;
  readonly editedAt: number | undefined;
  /** Set for our own messages. */
  readonly sendId: string | undefined;
  /** As in the ledger: what of the bot wrote it, and which operator. */
  readonly source: string | undefined;
  readonly operator: string | undefined;
}

/** A send that Meta did not accept, or of which nobody knows it yet. */
export interface UnsentLine {
  readonly kind: 'unsent';
  /** The send id. */
  readonly id: string;
  readonly author: SendsTable['author'];
  readonly text: string;
  readonly at: number;
  readonly status: Exclude<SendStatus, 'sent'>;
  readonly code: string | undefined;
  readonly source: string | undefined;
  readonly operator: string | undefined;
}

/** A line of the transcript. */
export type TranscriptPageLine = SaidLine | UnsentLine;

/** The columns of `messages`, with those of its send, of which a line is made. */
export const SAID_COLUMNS = [
  'messages.page_id',
  'messages.mid',
  'messages.author',
  'messages.text',
  'messages.at',
  'messages.edited_at',
  'messages.send_id',
  'messages.attachments_json',
  'sends.source',
  'sends.operator',
] as const;

/** The line of a message. */
export function toSaid(
  row: Opened<Pick<MessagesTable, 'mid' | 'author' | 'text' | 'at' | 'edited_at' | 'send_id' | 'attachments_json'>> &
    Pick<SendsTable, 'source' | 'operator'>,
): SaidLine {
  const { mid, author, text, at, edited_at, send_id, attachments_json, source, operator } = row;
  return {
    kind: 'said',
    id: mid,
    author,
    text: text ?? undefined,
    attachments: attachments_json === null ? [] : (JSON.parse(attachments_json) as SaidLine['attachments']),
    at,
    editedAt: edited_at ?? undefined,
    sendId: send_id ?? undefined,
    source: source ?? undefined,
    operator: operator ?? undefined,
  };
}

/** The columns of `sends` of which a line is made. */
export const UNSENT_COLUMNS = [
  'send_id',
  'author',
  'message_json',
  'created_at',
  'status',
  'code',
  'source',
  'operator',
] as const;

/** The line of a send that is not `sent`. */
export function toUnsent(row: Opened<Pick<SendsTable, (typeof UNSENT_COLUMNS)[number]>>): UnsentLine {
  const { send_id, author, message_json, created_at, status, code, source, operator } = row;
  return {
    kind: 'unsent',
    id: send_id,
    author,
    text: textOfOutbound(JSON.parse(message_json) as OutboundMessage),
    at: created_at,
    status: fromStoredStatus(status) as UnsentLine['status'],
    code: code ?? undefined,
    source: source ?? undefined,
    operator: operator ?? undefined,
  };
}
