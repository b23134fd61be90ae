/** Sends that nobody will ask about again: their outcome was recorded, and a power cut lost the record. */

import { sql, type Kysely, type Transaction } from 'kysely';
import type { SendId } from '../../domain/send-id.ts';
import type { Guarantee } from '../../domain/send.ts';
import type { Tables } from '../db/tables.ts';
import { storedFrom, storedTo } from './send-states.ts';

/** A send whose record says that Meta is being called for it. */
export interface CallingSend {
  readonly sendId: SendId;
  readonly guarantee: Guarantee;
  readonly attempts: number;
}

/** See `Ledger.listCalling`. */
export async function listCalling(db: Kysely<Tables>): Promise<readonly CallingSend[]> {
  const rows = await db
    .selectFrom('sends')
    .select(['send_id', 'guarantee', 'attempts'])
    // Spelled for the partial index.
    .where('status', '!=', sql.lit('sent'))
    .where('status', '=', 'calling')
    .execute();
  return rows.map(({ send_id, guarantee, attempts }) => ({
    sendId: send_id as SendId,
    guarantee: guarantee as Guarantee,
    attempts,
  }));
}

/** See `Ledger.abandon`. */
export async function abandonSend(
  trx: Transaction<Tables>,
  { sendId, guarantee, attempts }: CallingSend,
  now: number,
): Promise<boolean> {
  const isFinal = guarantee === 'at-most-once';
  const { numUpdatedRows } = await trx
    .updateTable('sends')
    .set(
      isFinal
        ? { status: storedTo('give_up'), code: 'no_echo', settled_at: now }
        : { status: storedTo('lose_answer'), code: 'no_answer', doubtful_since: now },
    )
    .where('send_id', '=', sendId)
    .where('attempts', '=', attempts)
    .where('status', '=', 'calling')
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** See `Ledger.giveUpForgotten`. */
export async function giveUpForgotten(trx: Transaction<Tables>, before: number, now: number): Promise<number> {
  const { numUpdatedRows } = await trx
    .updateTable('sends')
    .set({ status: storedTo('give_up'), code: 'no_echo', settled_at: now })
    .where('status', '!=', sql.lit('sent'))
    .where('status', '=', storedTo('lose_answer'))
    .where('status', 'in', storedFrom('give_up'))
    .where('doubtful_since', '<', before)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}
