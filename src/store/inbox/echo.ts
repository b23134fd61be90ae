import type { Transaction } from 'kysely';
import type { EchoEvent } from '../../messenger/inbound/inbound-event.ts';
import { textOfOutbound, type OutboundMessage } from '../../messenger/outbound/outbound-message.ts';
import { shortKey } from '../db/short-key.ts';
import type { MessagesTable, SendsTable, Tables } from '../db/tables.ts';

/** Resolves to `true` if the echo is of one of our sends; marks an unconfirmed one as `sent`: Meta accepted it. */
export async function recordEcho(trx: Transaction<Tables>, echo: EchoEvent, now: number): Promise<boolean> {
  const mid = shortKey(echo.mid);
  const row = await trx
    .selectFrom('sends')
    .select(['send_id', 'status', 'author', 'message_json'])
    .where((eb) =>
      echo.metadata === undefined
        ? eb('message_id', '=', mid)
        : eb.or([eb('send_id', '=', echo.metadata), eb('message_id', '=', mid)]),
    )
    .where('conversation', '=', echo.conversation ?? '')
    .executeTakeFirst();
  if (!row) return false;
  if (row.status === 'sent') return true;
  await trx
    .updateTable('sends')
    .set({ status: 'sent', message_id: mid, code: null, settled_at: now })
    .where('send_id', '=', row.send_id)
    .execute();
  await recordOwnLine(trx, echo, row);
  return true;
}

/** The transcript line of a send whose answer may never arrive, with the author and the text from the ledger. */
async function recordOwnLine(
  trx: Transaction<Tables>,
  { pageId, mid, conversation, text, at }: EchoEvent,
  send: Pick<SendsTable, 'send_id' | 'author' | 'message_json'>,
): Promise<void> {
  const ours = { send_id: send.send_id, author: send.author as MessagesTable['author'] };
  await trx
    .insertInto('messages')
    .values({
      ...ours,
      page_id: pageId,
      mid: shortKey(mid),
      conversation: conversation ?? '',
      text: text ?? textOfOutbound(JSON.parse(send.message_json) as OutboundMessage).replaceAll('\0', ''),
      at,
      edited_at: null,
      deleted_at: null,
    })
    .onConflict((conflict) => conflict.columns(['page_id', 'mid']).doUpdateSet(ours))
    .execute();
}
