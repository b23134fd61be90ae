/** What administrators and metrics ask of the inbox: how much waits, since when, and when a Page was last heard of. */

import { type Kysely, sql } from 'kysely';
import type { Tables } from '../db/tables.ts';

/** Bounds the search for a Page's last event: for a Page without events it must not read the whole table. */
const MAX_SEARCHED_EVENTS = 10_000;

/** Numbers of pending and of dead events, from their partial indexes. */
export async function countBacklog(db: Kysely<Tables>): Promise<{ readonly pending: number; readonly dead: number }> {
  const count = async (status: 'pending' | 'dead') => {
    const { events } = await db
      .selectFrom('inbox')
      .select((eb) => eb.fn.countAll<number>().as('events'))
      .where('status', '=', sql.lit(status))
      .executeTakeFirstOrThrow();
    return Number(events);
  };
  return { pending: await count('pending'), dead: await count('dead') };
}

/** When the oldest pending event was received. */
export async function findOldestPendingAt(db: Kysely<Tables>): Promise<number | undefined> {
  const row = await db
    .selectFrom('inbox')
    .select('received_at')
    .where('status', '=', sql.lit('pending'))
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
  return row && Number(row.received_at);
}

/** When the last event of a Page was received, if it is among the newest 10,000 of all Pages. */
export async function findLastReceivedAt(db: Kysely<Tables>, pageId: string): Promise<number | undefined> {
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
}

/** What the inbox knows of one Page. Times are epoch ms, real time. */
export interface PageBacklog {
  /** When the last event was received, if it is among the newest 10,000 of all Pages. */
  readonly lastReceivedAt?: number;
  /** Events that wait for delivery, of the 10,000 oldest of all Pages. */
  readonly pending: number;
  readonly oldestPendingAt?: number;
  readonly dead: number;
}

/** What the inbox knows of each Page of which it has such events. */
export async function readPageBacklogs(db: Kysely<Tables>): Promise<ReadonlyMap<string, PageBacklog>> {
  const inbox = () => db.selectFrom('inbox').select(['page_id', 'received_at']).limit(MAX_SEARCHED_EVENTS);
  const newest = inbox().orderBy('id', 'desc').as('newest');
  const pending = inbox().where('status', '=', sql.lit('pending')).orderBy('id').as('pending');
  const dead = db.selectFrom('inbox').select(['page_id']).where('status', '=', sql.lit('dead')).as('dead');
  const [last, waiting, given] = await Promise.all([
    db
      .selectFrom(newest)
      .select(['page_id', (eb) => eb.fn.max('received_at').as('at')])
      .groupBy('page_id')
      .execute(),
    db
      .selectFrom(pending)
      .select(['page_id', (eb) => eb.fn.countAll<number>().as('events'), (eb) => eb.fn.min('received_at').as('at')])
      .groupBy('page_id')
      .execute(),
    db
      .selectFrom(dead)
      .select(['page_id', (eb) => eb.fn.countAll<number>().as('events')])
      .groupBy('page_id')
      .execute(),
  ]);
  const lastAt = new Map(last.map(({ page_id, at }) => [page_id, Number(at)]));
  const pendingOf = new Map(waiting.map(({ page_id, events, at }) => [page_id, { events, at }]));
  const deadOf = new Map(given.map(({ page_id, events }) => [page_id, Number(events)]));
  return new Map(
    [...new Set([...lastAt.keys(), ...pendingOf.keys(), ...deadOf.keys()])].map((page) => {
      const [lastReceivedAt, waits] = [lastAt.get(page), pendingOf.get(page)];
      const backlog: PageBacklog = {
        ...(lastReceivedAt !== undefined && { lastReceivedAt }),
        pending: Number(waits?.events ?? 0),
        ...(waits && { oldestPendingAt: Number(waits.at) }),
        dead: deadOf.get(page) ?? 0,
      };
      return [page, backlog];
    }),
  );
}

/** Number of events in each status. */
export async function countEventsByStatus(db: Kysely<Tables>): Promise<Record<string, number>> {
  const rows = await db
    .selectFrom('inbox')
    .select(['status', (eb) => eb.fn.countAll<number>().as('events')])
    .groupBy('status')
    .execute();
  return Object.fromEntries(rows.map((row) => [row.status, Number(row.events)]));
}
