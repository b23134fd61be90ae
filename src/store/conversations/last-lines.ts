import type { Kysely } from 'kysely';
import type { MessagesTable, Tables } from '../db/tables.ts';
import { cipherOf } from '../encryption/column-cipher.ts';

/** The newest line of a conversation. */
export interface LastLine {
  readonly author: MessagesTable['author'];
  readonly text: string | undefined;
  /** The types of its attachments. */
  readonly attachments: readonly string[];
  /** Epoch ms. */
  readonly at: number;
}

/** The lines that the rows name by `last_mid`, by conversation. */
export async function readLastLines(
  db: Kysely<Tables>,
  rows: readonly { readonly page_id: string; readonly last_mid: string | null }[],
): Promise<ReadonlyMap<string, LastLine>> {
  const named = rows.flatMap(({ page_id, last_mid: mid }) => (mid === null ? [] : [{ page_id, mid }]));
  if (named.length === 0) return new Map();
  const lines = await db
    .selectFrom('messages')
    .select(['page_id', 'mid', 'conversation', 'author', 'text', 'at', 'attachments_json'])
    // Each once: PostgreSQL counts the pairs, and would read the whole table for many.
    .where('page_id', 'in', [...new Set(named.map(({ page_id }) => page_id))])
    .where(
      'mid',
      'in',
      named.map(({ mid }) => mid),
    )
    .execute();
  const cipher = cipherOf(db);
  return new Map(
    lines.map((row) => {
      const { conversation, author, text, at, attachments_json: json } = cipher.open('messages', row);
      const attachments = json === null ? [] : (JSON.parse(json) as { readonly type: string }[]);
      return [conversation, { author, text: text ?? undefined, attachments: attachments.map(({ type }) => type), at }];
    }),
  );
}
