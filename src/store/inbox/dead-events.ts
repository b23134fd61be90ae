import { sql } from 'kysely';
import type { ConversationId } from '../../domain/conversation-id.ts';
import type { Database } from '../db/database.ts';
import type { Write } from '../db/group-commit.ts';
import type { Tables } from '../db/tables.ts';

/** An inbound event that Temporal rejected for good, so that no workflow ever gets it by itself. Without its content. */
export interface DeadEvent {
  readonly inboxId: number;
  readonly conversation: ConversationId;
  readonly kind: string;
  /** When it happened, by Meta's clock, epoch ms. */
  readonly at: number;
  /** When its webhook was stored, epoch ms. */
  readonly receivedAt: number;
  /** Temporal's reason for rejecting it. */
  readonly reason: string;
}

/** The inbox events with status `dead`: what an administrator can do with them. */
export interface DeadEvents {
  /** In the order in which they were received, the newest last. */
  list(): AsyncIterable<DeadEvent>;
  /** Makes these events, or all, pending again; a dispatcher finds them. Returns the ids of those that were dead. */
  retry(inboxIds: readonly number[] | 'all'): Promise<number[]>;
  /** Gives these events up: the rows stay, as `stored`. Returns the ids of those that were dead. */
  drop(inboxIds: readonly number[]): Promise<number[]>;
}

const DEAD_EVENTS_PER_QUERY = 200;
const DEAD_EVENTS_LOCK_KEYS = ['dead events'];
const REASON_OF_DROPPED = 'dropped by hand';

/** Dead events in the table `inbox`. */
export function createDeadEvents({ db }: Pick<Database, 'db'>, write: Write<Tables>): DeadEvents {
  return {
    async *list() {
      let after = 0;
      for (;;) {
        const rows = await db
          .selectFrom('inbox')
          .select(['id', 'conversation', 'kind', 'at', 'received_at', 'reason'])
          .where('status', '=', sql.lit('dead'))
          .where('id', '>', after)
          .orderBy('id')
          .limit(DEAD_EVENTS_PER_QUERY)
          .execute();
        for (const { id, conversation, kind, at, received_at, reason } of rows) {
          yield {
            inboxId: Number(id),
            conversation: conversation as ConversationId,
            kind,
            at: Number(at),
            receivedAt: Number(received_at),
            reason: reason ?? '',
          };
        }
        after = Number(rows.at(-1)?.id);
        if (rows.length < DEAD_EVENTS_PER_QUERY) return;
      }
    },

    retry: (inboxIds) => updateDead(inboxIds, { status: 'pending', reason: null }),

    drop: (inboxIds) => updateDead(inboxIds, { status: 'stored', reason: REASON_OF_DROPPED }),
  };

  async function updateDead(
    inboxIds: readonly number[] | 'all',
    values: { readonly status: 'pending' | 'stored'; readonly reason: string | null },
  ): Promise<number[]> {
    if (inboxIds.length === 0) return [];
    return write(DEAD_EVENTS_LOCK_KEYS, async (trx) => {
      const dead = trx.updateTable('inbox').set(values).where('status', '=', sql.lit('dead'));
      const rows = await (inboxIds === 'all' ? dead : dead.where('id', 'in', inboxIds)).returning('id').execute();
      return rows.map(({ id }) => Number(id)).toSorted((one, other) => one - other);
    });
  }
}
