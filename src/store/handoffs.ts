import { type Kysely, sql } from 'kysely';
import type { ConversationId } from '../domain/conversation-id.ts';
import type { Handoff, HandoffChange } from '../domain/handoff.ts';
import type { Database } from './db/database.ts';
import type { Write } from './db/group-commit.ts';
import type { HandoffsTable, Tables } from './db/tables.ts';
import { cipherOf, type Opened } from './encryption/column-cipher.ts';
import { putHandoffEvent } from './handoff-events.ts';
import { recordHandoffWait } from './handoff-waits.ts';

/** Who answers in each conversation: the copy of the workflow's state by which operators find conversations. */
export interface Handoffs {
  /**
   * Records a change. A late one, and the same one again, changes nothing. Resolves to how long the person waited for an
   * operator, ms, if that wait ends now.
   */
  record(conversation: ConversationId, change: HandoffChange): Promise<number | undefined>;
  /** `undefined` if the bot always answered and no operator has looked. */
  find(conversation: ConversationId): Promise<Handoff | undefined>;
  /** Operators have seen everything up to then, epoch ms; moves only forward. */
  markSeen(conversation: ConversationId, until: number): Promise<void>;
  /**
   * Snoozes a conversation that waits until then, epoch ms, real time; the person's next action after `after` and a change
   * of who answers end it. Resolves to `false` if the conversation does not wait.
   */
  snooze(conversation: ConversationId, snooze: { readonly until: number; readonly after: number }): Promise<boolean>;
  /** Ends the snooze of a conversation. */
  endSnooze(conversation: ConversationId): Promise<void>;
}

/** Handoffs in the table `handoffs`. */
export function createHandoffs({ db }: Pick<Database, 'db'>, write: Write<Tables>): Handoffs {
  return {
    record: (conversation, change) =>
      write([conversation], async (trx) => {
        const columns = cipherOf(trx).seal('handoffs', { conversation }, columnsOf(change));
        const before = await findHandoff(trx, conversation);
        const recorded = await trx
          .insertInto('handoffs')
          .values({ conversation, ...columns, ...NOTHING_OF_OPERATORS })
          .onConflict((conflict) =>
            conflict
              .column('conversation')
              .doUpdateSet({
                ...columns,
                snoozed_until: sql<number>`case when handoffs.state = ${change.state} then handoffs.snoozed_until end`,
                // A person who asks again has waited since they first asked.
                ...(change.state === 'waiting' && {
                  waiting_since: sql<number>`case when handoffs.state = 'waiting' then handoffs.waiting_since else ${change.at} end`,
                }),
              })
              .where('handoffs.updated_at', '<=', change.at),
          )
          .returning('waiting_since')
          .executeTakeFirst();
        if (!recorded) return undefined;
        const waitedMs = await recordHandoffWait(trx, conversation, change, recorded.waiting_since);
        await putHandoffEvent(trx, conversation, before, change);
        return waitedMs;
      }),

    find: (conversation) => findHandoff(db, conversation),

    markSeen: (conversation, until) =>
      write(
        [conversation],
        async (trx) => {
          const never = { ...columnsOf({ state: 'bot', at: 0 }), reason: null };
          await trx
            .insertInto('handoffs')
            .values({ conversation, ...never, ...NOTHING_OF_OPERATORS, seen_at: until })
            .onConflict((conflict) =>
              conflict
                .column('conversation')
                .doUpdateSet({ seen_at: until })
                .where(sql<boolean>`coalesce(handoffs.seen_at, 0) < ${until}`),
            )
            .execute();
        },
        // Lost in a power cut, a conversation is unread again.
        { durability: 'lazy' },
      ),

    snooze: (conversation, { until, after }) =>
      write([conversation], async (trx) => {
        const { numUpdatedRows } = await trx
          .updateTable('handoffs')
          .set({ snoozed_until: until, snoozed_after: after })
          .where('conversation', '=', conversation)
          .where('state', '=', 'waiting')
          .executeTakeFirst();
        return Number(numUpdatedRows) > 0;
      }),

    endSnooze: (conversation) =>
      write([conversation], async (trx) => {
        await trx
          .updateTable('handoffs')
          .set({ snoozed_until: null, snoozed_after: null })
          .where('conversation', '=', conversation)
          .execute();
      }),
  };
}

/** The columns that no change of who answers sets. */
const NOTHING_OF_OPERATORS = { seen_at: null, snoozed_until: null, snoozed_after: null };

/** See `Handoffs.find`. */
export async function findHandoff(db: Kysely<Tables>, conversation: ConversationId): Promise<Handoff | undefined> {
  const row = await db.selectFrom('handoffs').selectAll().where('conversation', '=', conversation).executeTakeFirst();
  return row && toHandoff(cipherOf(db).open('handoffs', row));
}

/** The handoff in a row. */
export function toHandoff(row: Opened<Omit<HandoffsTable, 'conversation' | 'updated_at'>>): Handoff {
  return {
    state: row.state,
    ...(row.held_by !== null && { heldBy: row.held_by }),
    ...(row.reason !== null && { reason: row.reason }),
    ...(row.waiting_since !== null && { waitingSince: row.waiting_since }),
    ...(row.until !== null && { until: row.until }),
    ...(row.seen_at !== null && { seenAt: row.seen_at }),
    ...(row.snoozed_until !== null && { snooze: { until: row.snoozed_until, after: row.snoozed_after ?? 0 } }),
  };
}

function columnsOf(
  change: HandoffChange,
): Opened<Omit<HandoffsTable, 'conversation' | keyof typeof NOTHING_OF_OPERATORS>> {
  const { state, at } = change;
  return {
    state,
    held_by: (state === 'operator' ? change.by : undefined) ?? null,
    reason: state === 'bot' ? null : change.reason,
    waiting_since: state === 'waiting' ? at : null,
    until: (state === 'bot' ? undefined : change.until) ?? null,
    updated_at: at,
  };
}
