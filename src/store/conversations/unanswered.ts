/** People who have no answer: those who wait for an operator, and those whose window closed meanwhile. */

import { type Kysely, sql, type SqlBool } from 'kysely';
import { WINDOW_MS } from '../../policy/messaging-window.ts';
import type { Tables } from '../db/tables.ts';
import { isSnoozed, LATEST_ACTION } from './filter.ts';

/** How many people wait for an operator, without those whose conversation is snoozed. */
export interface WaitingPeople {
  readonly people: number;
  /** Since when the first of them waits, epoch ms. */
  readonly oldestSince?: number;
}

/** See `Conversations.countWaiting`. */
export async function countWaiting(db: Kysely<Tables>, now: number): Promise<WaitingPeople> {
  const { people, oldest } = await db
    .selectFrom('handoffs')
    .innerJoin('contacts', 'contacts.conversation', 'handoffs.conversation')
    .select((eb) => [eb.fn.countAll<number>().as('people'), eb.fn.min('handoffs.waiting_since').as('oldest')])
    // A literal, for the partial index.
    .where('handoffs.state', '=', sql.lit('waiting'))
    .where((eb) => eb.not(isSnoozed(now)))
    .executeTakeFirstOrThrow();
  return { people: Number(people), ...(oldest !== null && { oldestSince: Number(oldest) }) };
}

/** See `Conversations.countClosedUnanswered`. Reads the contacts whose window closed in this time, and no others. */
export async function countClosedUnanswered(
  db: Kysely<Tables>,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<number> {
  const linesOf = (authors: readonly string[]) => sql`select 1 from messages
    where messages.conversation = contacts.conversation and messages.at >= contacts.window_opened_at
      and messages.author in (${sql.join(authors.map((author) => sql.lit(author)))})`;
  const { windows } = await db
    .selectFrom('contacts')
    .select((eb) => eb.fn.countAll<number>().as('windows'))
    .where(LATEST_ACTION, '>', from - WINDOW_MS)
    .where(LATEST_ACTION, '<=', to - WINDOW_MS)
    .where(sql<SqlBool>`exists (${linesOf(['person'])})`)
    .where(sql<SqlBool>`not exists (${linesOf(['bot', 'human', 'other_app'])})`)
    .executeTakeFirstOrThrow();
  return Number(windows);
}
