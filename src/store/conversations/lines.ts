/** Pages of a conversation's transcript: what was said, and the sends that did not get there, or not yet. */

import { type Expression, type Kysely, sql, type SqlBool } from 'kysely';
import type { ConversationId } from '../../domain/conversation-id.ts';
import type { Tables } from '../db/tables.ts';
import { cipherOf } from '../encryption/column-cipher.ts';
import {
  SAID_COLUMNS,
  toSaid,
  toUnsent,
  UNSENT_COLUMNS,
  type SaidLine,
  type TranscriptPageLine,
  type UnsentLine,
} from './line.ts';

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
    .select(SAID_COLUMNS)
    .where('messages.conversation', '=', conversation)
    .where('deleted_at', 'is', null)
    .where(isBeyond(page, { kind: 'said', at: 'messages.at', id: 'messages.mid' }))
    .orderBy('at', direction)
    .orderBy('mid', direction)
    .limit(page.limit)
    .execute();
  const cipher = cipherOf(db);
  return rows.map((row) => toSaid(cipher.open('messages', row)));
}

async function readUnsent(db: Kysely<Tables>, conversation: ConversationId, page: LinePage): Promise<UnsentLine[]> {
  const direction = page.order === 'newest' ? 'desc' : 'asc';
  const rows = await db
    .selectFrom('sends')
    .select(UNSENT_COLUMNS)
    .where('conversation', '=', conversation)
    // For the partial index.
    .where('status', '!=', sql.lit('sent'))
    .where(isBeyond(page, { kind: 'unsent', at: 'sends.created_at', id: 'sends.send_id' }))
    .orderBy('created_at', direction)
    .orderBy('send_id', direction)
    .limit(page.limit)
    .execute();
  const cipher = cipherOf(db);
  return rows.map((row) => toUnsent(cipher.open('sends', row)));
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
