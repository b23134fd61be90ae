/** The two moments of an erasure that are one transaction each: its beginning, and the cut after which the person begins anew. */

import { sql, type Transaction } from 'kysely';
import type { ConversationId } from '../../domain/conversation-id.ts';
import type { InboundEvent } from '../../messenger/inbound/inbound-event.ts';
import type { Tables } from '../db/tables.ts';
import { cipherOf } from '../encryption/column-cipher.ts';
import type { OriginOf } from '../inbox/echo-origin.ts';
import { recordAgain } from '../inbox/record-events.ts';
import { PERSON_TABLE_LIST } from './tables.ts';

/** No process takes a lease that lasts as long. */
const FOR_EVER = Number.MAX_SAFE_INTEGER;

/**
 * Takes the lease of the conversation from whatever process has it: its delivery ends within seconds, and what it delivers came
 * before the erasure. Resolves to the last inbox id that is erased.
 */
export async function beginErasure(
  trx: Transaction<Tables>,
  conversation: ConversationId,
  erasureId: string,
): Promise<number> {
  const lease = { holder: `erasure:${erasureId}`, until: FOR_EVER };
  await trx
    .insertInto('claims')
    .values({ conversation, ...lease })
    .onConflict((conflict) => conflict.column('conversation').doUpdateSet(lease))
    .execute();
  return lastId(trx, 'inbox');
}

/**
 * Deletes what came since the steps, then the contact, and ends the lease. Events of the person that wait are recorded again,
 * as if they came now. Resolves to the last ids of the logs that are about the erased person.
 */
export async function cutPerson(
  trx: Transaction<Tables>,
  conversation: ConversationId,
  inboxUntil: number,
  originOf: OriginOf,
): Promise<{ readonly changes_until: number; readonly log_until: number }> {
  // What was sent has a line in the transcript; the others are found by their index.
  await trx
    .deleteFrom('sends')
    .where('send_id', 'in', (eb) =>
      eb
        .selectFrom('messages')
        .select('send_id')
        .where('conversation', '=', conversation)
        .where('send_id', 'is not', null)
        .$castTo<{ send_id: string }>(),
    )
    .execute();
  await trx
    .deleteFrom('sends')
    .where('conversation', '=', conversation)
    .where('status', '!=', sql.lit('sent'))
    .execute();
  for (const [table, { found }] of PERSON_TABLE_LIST)
    if (found === 'index') await sql`delete from ${sql.table(table)} where conversation = ${conversation}`.execute(trx);
  const changes_until = await lastId(trx, 'changes');

  const later = trx.selectFrom('inbox').where('id', '>', inboxUntil).where('conversation', '=', conversation);
  const rows = await later
    .select(['id', 'dedupe_key', 'kind', 'status', 'event_json', 'received_at'])
    .orderBy('id')
    .execute();
  // An echo is of a message that is erased.
  const waiting = rows.filter(({ status, kind }) => status === 'pending' && kind !== 'echo');
  const over = rows.filter((row) => !waiting.includes(row)).map(({ id }) => id);
  if (over.length > 0) await trx.deleteFrom('inbox').where('id', 'in', over).execute();
  const cipher = cipherOf(trx);
  for (const row of waiting) {
    const { event_json } = cipher.openReadable('inbox', row).row;
    // It waits all the same, and its delivery says what is wrong with it.
    if (event_json === undefined) continue;
    const event = JSON.parse(event_json) as InboundEvent;
    await recordAgain(trx, { event, receivedAt: row.received_at }, originOf);
  }
  await trx.deleteFrom('claims').where('conversation', '=', conversation).execute();
  return { changes_until, log_until: await lastId(trx, 'operator_log') };
}

async function lastId(trx: Transaction<Tables>, table: 'inbox' | 'changes' | 'operator_log'): Promise<number> {
  const row = await trx.selectFrom(table).select('id').orderBy('id', 'desc').limit(1).executeTakeFirst();
  return Number(row?.id ?? 0);
}
