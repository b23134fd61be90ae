import type { Transaction } from 'kysely';
import type { SendId } from '../../domain/send-id.ts';
import type { SendsTable, Tables } from '../db/tables.ts';
import type { LedgerEntry } from './send-record.ts';
import { fromStoredStatus } from './send-states.ts';

/** The record of a send, if there is one. */
export async function findEntry(
  db: Pick<Transaction<Tables>, 'selectFrom'>,
  sendId: SendId,
): Promise<LedgerEntry | undefined> {
  const row = await db
    .selectFrom('sends')
    .select(['status', 'code', 'message_id', 'attempts', 'created_at', 'doubtful_since'])
    .where('send_id', '=', sendId)
    .executeTakeFirst();
  return row && toEntry(row);
}

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
