import { sql, type Transaction } from 'kysely';
import type { ConversationId } from '../../domain/conversation-id.ts';
import type { DecodedEvent } from '../../messenger/inbound/decoded-event.ts';
import type { InboundEvent } from '../../messenger/inbound/inbound-event.ts';
import type { Database } from '../db/database.ts';
import type { Write } from '../db/group-commit.ts';
import type { Tables } from '../db/tables.ts';
import { acquireLeases, releaseLease, extendLease, type Lease, type LeasedConversation } from './leases.ts';
import { recordEvents, lockKeyOf } from './record-events.ts';

export type { Lease, LeasedConversation };

export interface Inbox {
  /**
   * Keeps events and all that follows from them (window clock, receipts, echoes, transcript) in one transaction.
   * An event that is already there changes nothing. Gives the conversations that have something new to hear.
   */
  record(delivered: readonly DecodedEvent[], receivedAt: number): Promise<ConversationId[]>;
  /** Conversations with pending events that nobody has claimed, those waiting longest first. */
  listWaiting(limit: number, now: number): Promise<ConversationId[]>;
  /** Claims conversations that nobody else has claimed, with their oldest pending events. */
  lease(conversations: readonly ConversationId[], claim: Lease): Promise<LeasedConversation[]>;
  /** The engine has these events; the claim ends. Tells whether more is pending. */
  markDispatched(conversation: ConversationId, inboxIds: readonly number[], holder: string): Promise<boolean>;
  /** The engine will never take this event; the claim ends. Tells whether more is pending. */
  markDead(conversation: ConversationId, inboxId: number, reason: string, holder: string): Promise<boolean>;
  /** Ends a claim without having dispatched anything. Tells whether something is pending. */
  release(conversation: ConversationId, holder: string): Promise<boolean>;
  /** Keeps a claim until then, so that nobody tries this conversation again before. */
  extendLease(conversation: ConversationId, holder: string, until: number): Promise<void>;
  /** How many events wait and how many are dead: cheap, however many there are in all. */
  backlog(): Promise<{ readonly pending: number; readonly dead: number }>;
  /** Since when the event that has waited longest waits, epoch ms; `undefined` when none waits. */
  oldestPendingAt(): Promise<number | undefined>;
  /** When a Page last told us anything, epoch ms; `undefined` when that is not among the newest events of all Pages. */
  lastReceivedAt(pageId: string): Promise<number | undefined>;
  /** How many events are in which status. Reads everything. */
  countByStatus(): Promise<Record<string, number>>;
}

/** How far back a Page is looked for: a Page that was never heard of must not cost a look at everything. */
const MAX_SEARCHED_EVENTS = 10_000;

export function createInbox({ db }: Pick<Database, 'db'>, write: Write<Tables>): Inbox {
  return {
    async record(delivered, receivedAt) {
      if (delivered.length === 0) return [];
      const topics = delivered.map(({ event }) => lockKeyOf(event));
      return write(topics, (trx) => recordEvents(trx, delivered, receivedAt));
    },

    async listWaiting(limit, now) {
      const oldest = db
        .selectFrom('inbox')
        .select(['id', 'conversation'])
        .where('status', '=', sql.lit('pending'))
        .where((eb) =>
          eb.not(
            eb.exists(
              eb
                .selectFrom('claims')
                .select('holder')
                .whereRef('claims.conversation', '=', 'inbox.conversation')
                .where('until', '>=', now),
            ),
          ),
        )
        .orderBy('id')
        .limit(limit);
      const rows = await db
        .selectFrom(oldest.as('oldest'))
        .select('conversation')
        .groupBy('conversation')
        .orderBy((eb) => eb.fn.min('id'))
        .execute();
      return rows.map((row) => row.conversation as ConversationId);
    },

    lease: (conversations, claim) => write(conversations, (trx) => acquireLeases(trx, conversations, claim)),

    markDispatched: (conversation, inboxIds, holder) =>
      write([conversation], async (trx) => {
        await trx.updateTable('inbox').set({ status: 'dispatched' }).where('id', 'in', inboxIds).execute();
        await releaseLease(trx, conversation, holder);
        return hasPendingEvents(trx, conversation);
      }),

    markDead: (conversation, inboxId, reason, holder) =>
      write([conversation], async (trx) => {
        await trx.updateTable('inbox').set({ status: 'dead', reason }).where('id', '=', inboxId).execute();
        await releaseLease(trx, conversation, holder);
        return hasPendingEvents(trx, conversation);
      }),

    release: (conversation, holder) =>
      write([conversation], async (trx) => {
        await releaseLease(trx, conversation, holder);
        return hasPendingEvents(trx, conversation);
      }),

    extendLease: (conversation, holder, until) =>
      write([conversation], (trx) => extendLease(trx, conversation, holder, until)),

    async backlog() {
      const count = async (status: 'pending' | 'dead') => {
        const { events } = await db
          .selectFrom('inbox')
          .select((eb) => eb.fn.countAll<number>().as('events'))
          .where('status', '=', sql.lit(status))
          .executeTakeFirstOrThrow();
        return Number(events);
      };
      return { pending: await count('pending'), dead: await count('dead') };
    },

    async oldestPendingAt() {
      const row = await db
        .selectFrom('inbox')
        .select('received_at')
        .where('status', '=', sql.lit('pending'))
        .orderBy('id')
        .limit(1)
        .executeTakeFirst();
      return row && Number(row.received_at);
    },

    async lastReceivedAt(pageId) {
      const newest = db
        .selectFrom('inbox')
        .select(['page_id', 'received_at'])
        .orderBy('id', 'desc')
        .limit(MAX_SEARCHED_EVENTS);
      const { at } = await db
        .selectFrom(newest.as('newest'))
        .select((eb) => eb.fn.max('received_at').as('at'))
        .where('page_id', '=', pageId)
        .executeTakeFirstOrThrow();
      return at === null ? undefined : Number(at);
    },

    async countByStatus() {
      const rows = await db
        .selectFrom('inbox')
        .select(['status', (eb) => eb.fn.countAll<number>().as('events')])
        .groupBy('status')
        .execute();
      return Object.fromEntries(rows.map((row) => [row.status, Number(row.events)]));
    },
  };
}

/** Asked after the claim ended: whoever could not claim because of it has kept its events before. */
async function hasPendingEvents(
  trx: Transaction<Tables>,
  conversation: InboundEvent['conversation'],
): Promise<boolean> {
  const row = await trx
    .selectFrom('inbox')
    .select('id')
    .where('status', '=', sql.lit('pending'))
    .where('conversation', '=', conversation ?? null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
