import type { Transaction } from 'kysely';
import type { EchoEvent } from '../messenger/inbound-event.ts';
import type { Tables } from './tables.ts';

/** Is this echo one of our sends? Then it is proof that Meta took it. */
export async function confirmByEcho(trx: Transaction<Tables>, echo: EchoEvent, now: number): Promise<boolean> {
  const row = await trx
    .selectFrom('sends')
    .select(['send_id', 'status'])
    .where((eb) =>
      echo.metadata === undefined
        ? eb('message_id', '=', echo.mid)
        : eb.or([eb('send_id', '=', echo.metadata), eb('message_id', '=', echo.mid)]),
    )
    .where('conversation', '=', echo.conversation ?? '')
    .executeTakeFirst();
  if (!row) return false;
  if (row.status === 'sent') return true;
  await trx
    .updateTable('sends')
    .set({ status: 'sent', message_id: echo.mid, code: null, settled_at: now })
    .where('send_id', '=', row.send_id)
    .execute();
  return true;
}
