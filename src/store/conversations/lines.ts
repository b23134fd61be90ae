/** Pages of a conversation's transcript: what was said, and the sends that did not get there, or not yet. */

import { type Expression, type Kysely, sql, type SqlBool } from 'kysely';
import type { ConversationId } from '../../domain/conversation-id.ts';
import { textOfOutbound, type OutboundMessage } from '../../messenger/outbound/outbound-message.ts';
import type { MessagesTable, SendsTable, Tables } from '../db/tables.ts';
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

/** The place of a line. */
export interface LinePlace {
  readonly at: number;
  readonly kind: TranscriptPageLine['kind'];
  readonly id: string;
}

/** Which part of the transcript to read. */
export interface LinePage {
  /** The last line of the page before. */
  readonly after?: LinePlace | undefined;
  /** `newest`: from the end of the conversation to its beginning. */
  readonly order: 'newest' | 'oldest';
  readonly limit: number;
}

/** One page of lines, in the order that was asked for. */
export async function readLines(
  db: Kysely<Tables>,
  conversation: ConversationId,
  page: LinePage,
): Promise<readonly TranscriptPageLine[]> {
  const [said, unsent] = await Promise.all([readSaid(db, conversation, page), readUnsent(db, conversation, page)]);
  return merge(said, unsent, page.order).slice(0, page.limit);
}

async function readSaid(db: Kysely<Tables>, conversation: ConversationId, page: LinePage): Promise<SaidLine[]> {
  const direction = page.order === 'newest' ? 'desc' : 'asc';
  const rows = await db
    .selectFrom('messages')
    .leftJoin('sends', 'sends.send_id', 'messages.send_id')
    .select(['mid', 'messages.author', 'text', 'at', 'edited_at', 'messages.send_id', 'attachments_json'])
    .select(['source', 'operator'])
    .where('messages.conversation', '=', conversation)
    .where('deleted_at', 'is', null)
    .where(isBeyond(page, { kind: 'said', at: 'messages.at', id: 'messages.mid' }))
    .orderBy('at', direction)
    .orderBy('mid', direction)
    .limit(page.limit)
    .execute();
  return rows.map(({ mid, author, text, at, edited_at, send_id, attachments_json, source, operator }) => ({
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
  }));
}

async function readUnsent(db: Kysely<Tables>, conversation: ConversationId, page: LinePage): Promise<UnsentLine[]> {
  const direction = page.order === 'newest' ? 'desc' : 'asc';
  const rows = await db
    .selectFrom('sends')
    .select(['send_id', 'author', 'message_json', 'created_at', 'status', 'code', 'source', 'operator'])
    .where('conversation', '=', conversation)
    // For the partial index.
    .where('status', '!=', sql.lit('sent'))
    .where(isBeyond(page, { kind: 'unsent', at: 'sends.created_at', id: 'sends.send_id' }))
    .orderBy('created_at', direction)
    .orderBy('send_id', direction)
    .limit(page.limit)
    .execute();
  return rows.map(({ send_id, author, message_json, created_at, status, code, source, operator }) => ({
    kind: 'unsent',
    id: send_id,
    author,
    text: textOfOutbound(JSON.parse(message_json) as OutboundMessage),
    at: created_at,
    status: fromStoredStatus(status) as UnsentLine['status'],
    code: code ?? undefined,
    source: source ?? undefined,
    operator: operator ?? undefined,
  }));
}

interface Columns {
  readonly kind: TranscriptPageLine['kind'];
  readonly at: 'messages.at' | 'sends.created_at';
  readonly id: 'messages.mid' | 'sends.send_id';
}

/** At the same time what was said comes before what was not sent; then the id decides. */
function isBeyond({ after, order }: LinePage, { kind, at, id }: Columns): Expression<SqlBool> {
  if (!after) return sql<SqlBool>`1 = 1`;
  const isNewest = order === 'newest';
  const beyond = sql.raw(isNewest ? '<' : '>');
  const time = sql.ref(at);
  const isKindBeyond = kind !== after.kind && (kind === 'said') === isNewest;
  if (isKindBeyond) return sql<SqlBool>`(${time} ${beyond} ${after.at} or ${time} = ${after.at})`;
  if (kind !== after.kind) return sql<SqlBool>`${time} ${beyond} ${after.at}`;
  return sql<SqlBool>`(${time} ${beyond} ${after.at} or (${time} = ${after.at} and ${sql.ref(id)} ${beyond} ${after.id}))`;
}

/** Merges two lists that are in order already: the database compares ids, which collations order in their own way. */
function merge(
  said: readonly SaidLine[],
  unsent: readonly UnsentLine[],
  order: LinePage['order'],
): TranscriptPageLine[] {
  const merged: TranscriptPageLine[] = [];
  let [s, u] = [0, 0];
  while (s < said.length || u < unsent.length) {
    const [one, other] = [said[s], unsent[u]];
    const takesSaid = one && (!other || isFirst(one, other, order));
    if (takesSaid) {
      merged.push(one);
      s += 1;
    } else if (other) {
      merged.push(other);
      u += 1;
    }
  }
  return merged;
}

function isFirst(said: SaidLine, unsent: UnsentLine, order: LinePage['order']): boolean {
  return order === 'oldest' ? said.at <= unsent.at : said.at > unsent.at;
}
