import { sql, type Kysely } from 'kysely';
import type { Tables } from '../db/tables.ts';
import { cipherOf } from '../encryption/column-cipher.ts';
import { SAID_COLUMNS, toSaid, toUnsent, UNSENT_COLUMNS, type TranscriptPageLine } from './line.ts';

/** Which lines to look up. */
export interface LineNames {
  readonly messages: readonly { readonly pageId: string; readonly mid: string }[];
  readonly sendIds: readonly string[];
}

/** A line that was looked up. */
export interface FoundLine {
  readonly conversation: string;
  readonly line: TranscriptPageLine;
  /** Whether the person has unsent it, so that nobody may see it any more. */
  readonly isUnsent: boolean;
}

/** See `Conversations.findLines`. */
export async function findLines(db: Kysely<Tables>, names: LineNames): Promise<readonly FoundLine[]> {
  return (await Promise.all([findSaid(db, names), findUnsent(db, names)])).flat();
}

async function findSaid(db: Kysely<Tables>, { messages }: LineNames): Promise<FoundLine[]> {
  if (messages.length === 0) return [];
  const rows = await db
    .selectFrom('messages')
    .leftJoin('sends', 'sends.send_id', 'messages.send_id')
    .select([...SAID_COLUMNS, 'messages.conversation', 'deleted_at'])
    .where('page_id', 'in', [...new Set(messages.map(({ pageId }) => pageId))])
    .where(
      'mid',
      'in',
      messages.map(({ mid }) => mid),
    )
    .execute();
  const cipher = cipherOf(db);
  return rows.map(({ conversation, deleted_at, ...row }) => ({
    conversation,
    line: toSaid(cipher.open('messages', row)),
    isUnsent: deleted_at !== null,
  }));
}

async function findUnsent(db: Kysely<Tables>, { sendIds }: LineNames): Promise<FoundLine[]> {
  if (sendIds.length === 0) return [];
  const rows = await db
    .selectFrom('sends')
    .select([...UNSENT_COLUMNS, 'conversation'])
    .where('send_id', 'in', sendIds)
    .where('status', '!=', sql.lit('sent'))
    .execute();
  const cipher = cipherOf(db);
  return rows.map(({ conversation, ...row }) => ({
    conversation,
    line: toUnsent(cipher.open('sends', row)),
    isUnsent: false,
  }));
}
