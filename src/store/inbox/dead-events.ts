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

/** Which dead events to read. */
export interface DeadEventPage {
  /** Ids of Pages; left out: all. */
  readonly pages?: readonly string[] | undefined;
  /** The inbox id of the last event of the page before. */
  readonly after?: number | undefined;
  readonly limit: number;
}

/** The inbox events with status `dead`: what an administrator can do with them. */
export interface DeadEvents {
  /** In the order in which they were received, the newest last. */
  list(): AsyncIterable<DeadEvent>;
  /** Those after an inbox id, as in `list`. `pages`: ids of Pages; left out: all. */
  page(options: DeadEventPage): Promise<DeadEvent[]>;
  /** How many a Page has. */
  count(pageId: string): Promise<number>;
  /** Makes these events, or all, pending again; a dispatcher finds them. Returns the ids of those that were dead, and on these Pages. */
  retry(inboxIds: readonly number[] | 'all', pages?: readonly string[]): Promise<number[]>;
  /** Gives these events up: the rows stay, as `stored`. Returns the ids of those that were dead. */
  drop(inboxIds: readonly number[], pages?: readonly string[]): Promise<number[]>;
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
        const events = await page({ after, limit: DEAD_EVENTS_PER_QUERY });
        yield* events;
        after = events.at(-1)?.inboxId ?? after;
        if (events.length < DEAD_EVENTS_PER_QUERY) return;
      }
    },

    page,

    async count(pageId) {
      const { events } = await db
        .selectFrom('inbox')
        .select((eb) => eb.fn.countAll<number>().as('events'))
        .where('status', '=', sql.lit('dead'))
        .where('page_id', '=', pageId)
        .executeTakeFirstOrThrow();
      return Number(events);
    },

    retry: (inboxIds, pages) => updateDead(inboxIds, pages, { status: 'pending', reason: null }),

    drop: (inboxIds, pages) => updateDead(inboxIds, pages, { status: 'stored', reason: REASON_OF_DROPPED }),
  };

  async function page({ pages, after = 0, limit }: DeadEventPage): Promise<DeadEvent[]> {
    let query = db
      .selectFrom('inbox')
      .select(['id', 'conversation', 'kind', 'at', 'received_at', 'reason'])
      .where('status', '=', sql.lit('dead'))
      .where('id', '>', after)
      .orderBy('id')
      .limit(limit);
    if (pages) query = query.where('page_id', 'in', [...pages, '']);
    return (await query.execute()).map(({ id, conversation, kind, at, received_at, reason }) => ({
      inboxId: Number(id),
      conversation: conversation as ConversationId,
      kind,
      at: Number(at),
      receivedAt: Number(received_at),
      reason: reason ?? '',
    }));
  }

  async function updateDead(
    inboxIds: readonly number[] | 'all',
    pages: readonly string[] | undefined,
    values: { readonly status: 'pending' | 'stored'; readonly reason: string | null },
  ): Promise<number[]> {
    if (inboxIds.length === 0) return [];
    return write(DEAD_EVENTS_LOCK_KEYS, async (trx) => {
      let dead = trx.updateTable('inbox').set(values).where('status', '=', sql.lit('dead'));
      if (pages) dead = dead.where('page_id', 'in', [...pages, '']);
      const rows = await (inboxIds === 'all' ? dead : dead.where('id', 'in', inboxIds)).returning('id').execute();
      return rows.map(({ id }) => Number(id)).toSorted((one, other) => one - other);
    });
  }
}
