/** How long people waited for an operator: one row for each time, for numbers. */

import type { Transaction } from 'kysely';
import type { ConversationId } from '../domain/conversation-id.ts';
import type { HandoffChange } from '../domain/handoff.ts';
import type { Tables } from './db/tables.ts';

/**
 * Begins or ends the wait of a person, in the transaction that records who answers. The same change again changes nothing.
 * Resolves to how long the wait was that ends, ms.
 */
export async function recordHandoffWait(
  trx: Transaction<Tables>,
  conversation: ConversationId,
  { state, at }: HandoffChange,
  waitingSince: number | null,
): Promise<number | undefined> {
  if (state === 'waiting') {
    await trx
      .insertInto('handoff_waits')
      .values({ conversation, since: waitingSince ?? at })
      .onConflict((conflict) => conflict.columns(['conversation', 'since']).doNothing())
      .execute();
    return undefined;
  }
  const ended = await trx
    .updateTable('handoff_waits')
    .set({ ended_at: at, ended_by: state })
    .where('conversation', '=', conversation)
    .where('ended_at', 'is', null)
    .returning('since')
    .executeTakeFirst();
  return ended && Math.max(0, at - Number(ended.since));
}
