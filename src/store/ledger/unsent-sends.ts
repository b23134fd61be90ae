import type { Transaction } from 'kysely';
import type { ConversationId } from '../../domain/conversation-id.ts';
import type { SendId } from '../../domain/send-id.ts';
import { textOfOutbound, type OutboundMessage } from '../../messenger/outbound/outbound-message.ts';
import type { Tables } from '../db/tables.ts';
import { cipherOf } from '../encryption/column-cipher.ts';
import { toEntry } from './find-entry.ts';
import type { LedgerEntry } from './send-record.ts';

/** A send that is not `sent`, with what it would have said. */
export interface UnsentSend extends LedgerEntry {
  readonly sendId: SendId;
  readonly text: string;
}

/** The sends of one conversation that are not `sent`, oldest first. */
export async function listUnsent(
  db: Pick<Transaction<Tables>, 'selectFrom' | 'getExecutor'>,
  conversation: ConversationId,
): Promise<readonly UnsentSend[]> {
  const rows = await db
    .selectFrom('sends')
    .select(['send_id', 'message_json', 'status', 'code', 'message_id', 'attempts', 'created_at', 'doubtful_since'])
    .where('conversation', '=', conversation)
    .where('status', '!=', 'sent')
    .orderBy('created_at')
    .orderBy('send_id')
    .execute();
  const sends = rows.map((row) => cipherOf(db).open('sends', row));
  return sends.map((row) => ({
    ...toEntry(row),
    sendId: row.send_id as SendId,
    text: textOfOutbound(JSON.parse(row.message_json) as OutboundMessage),
  }));
}
