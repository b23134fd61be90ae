import type { Kysely } from 'kysely';
import type { SendId } from '../../domain/send-id.ts';
import { compileOnce } from '../db/compile-once.ts';
import type { SendsTable, Tables } from '../db/tables.ts';
import type { LedgerEntry } from './send-record.ts';
import { fromStoredStatus } from './send-states.ts';

/** The record of a send, if there is one. */
export async function findEntry(db: Kysely<Tables>, sendId: SendId): Promise<LedgerEntry | undefined> {
  const [row] = await selectEntry(db, { sendId });
  return row && toEntry(row);
}

const selectEntry = compileOnce((db, { sendId }: { readonly sendId: SendId }) =>
  db
    .selectFrom('sends')
    .select(['status', 'code', 'message_id', 'attempts', 'created_at', 'doubtful_since'])
    .where('send_id', '=', sendId),
);

/** The columns of a row as an entry. */
export function toEntry(
  row: Pick<SendsTable, 'status' | 'attempts' | 'code' | 'message_id' | 'created_at' | 'doubtful_since'>,
): LedgerEntry {
  return {
    status: fromStoredStatus(row.status),
    attempts: row.attempts,
    createdAt: row.created_at,
    ...(row.code !== null && { code: row.code }),
    ...(row.message_id !== null && { messageId: row.message_id }),
    ...(row.doubtful_since !== null && { unconfirmedSince: row.doubtful_since }),
  };
}
