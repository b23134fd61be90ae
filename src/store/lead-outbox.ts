/**
 * Leads on their way to a webhook. A lead is in the outbox from the moment it is kept: there is no second write that a
 * crash could prevent. Real time, epoch ms.
 */

import { sql, type ExpressionBuilder } from 'kysely';
import type { Database } from './db/database.ts';
import type { Write } from './db/group-commit.ts';
import type { Tables } from './db/tables.ts';
import { toStoredLead, type StoredLead } from './leads.ts';

/** A lead that its holder alone may deliver for a while. */
export interface LeasedLead {
  readonly lead: StoredLead;
  /** Counts from 1, and tells this claim from later ones. */
  readonly attempt: number;
  readonly firstTriedAt: number;
}

export interface LeadDeliveryFailure {
  /** Why, in words that name nobody. */
  readonly trouble: string;
  /** When it is tried again; left out: never. */
  readonly retryAt?: number;
}

export interface LeadOutbox {
  /** Takes leads that are due, the longest due first. Another process gets them when the claim has run out. */
  lease(limit: number, now: number, until: number): Promise<readonly LeasedLead[]>;
  markDelivered(leadId: string): Promise<void>;
  /** Says so of this attempt; does nothing when somebody else has tried since. */
  recordFailure(leadId: string, attempt: number, failure: LeadDeliveryFailure): Promise<void>;
  /** Puts back what was given up; says how many. */
  retryGivenUp(): Promise<number>;
  /** How many were not delivered: `pending`, `given_up`. */
  countUndelivered(): Promise<Readonly<Record<string, number>>>;
  /** The last failure among those that wait or were given up, and since when there is trouble. */
  findTrouble(): Promise<{ readonly trouble: string; readonly since: number } | undefined>;
}

/** Claims run one after the other: two processes never take the same row. */
const OUTBOX_LOCK_KEYS = ['lead outbox'];

/** In the words of the index, so that the delivered ones, which are most, are not looked at. */
const isUndelivered = (eb: ExpressionBuilder<Tables, 'leads'>) => eb('delivery', '!=', sql.lit('delivered'));

export function createLeadOutbox({ db }: Pick<Database, 'db'>, write: Write<Tables>): LeadOutbox {
  const isDue = (now: number) => (eb: ExpressionBuilder<Tables, 'leads'>) =>
    eb.and([isUndelivered(eb), eb('delivery', '=', sql.lit('pending')), eb('due_at', '<=', now)]);

  return {
    async lease(limit, now, until) {
      // Looking costs no write: most of the time there is nothing.
      const due = await db.selectFrom('leads').select('lead_id').where(isDue(now)).limit(1).execute();
      if (due.length === 0) return [];
      const rows = await write(OUTBOX_LOCK_KEYS, (trx) =>
        trx
          .updateTable('leads')
          .set((eb) => ({
            attempts: eb('attempts', '+', 1),
            due_at: until,
            first_tried_at: eb.fn.coalesce('first_tried_at', eb.val(now)),
          }))
          .where('lead_id', 'in', (eb) =>
            eb
              .selectFrom('leads')
              .select('lead_id')
              .where(isDue(now))
              .orderBy('due_at')
              .orderBy('lead_id')
              .limit(limit),
          )
          .where(isDue(now))
          .returningAll()
          .execute(),
      );
      return rows.map((row) => ({
        lead: toStoredLead(row),
        attempt: row.attempts,
        firstTriedAt: row.first_tried_at ?? now,
      }));
    },

    async markDelivered(leadId) {
      await write([leadId], (trx) =>
        trx.updateTable('leads').set({ delivery: 'delivered', trouble: null }).where('lead_id', '=', leadId).execute(),
      );
    },

    async recordFailure(leadId, attempt, { trouble, retryAt }) {
      await write([leadId], (trx) =>
        trx
          .updateTable('leads')
          .set({ trouble, ...(retryAt === undefined ? { delivery: 'given_up' } : { due_at: retryAt }) })
          .where('lead_id', '=', leadId)
          .where('delivery', '=', 'pending')
          .where('attempts', '=', attempt)
          .execute(),
      );
    },

    retryGivenUp: () =>
      write(OUTBOX_LOCK_KEYS, async (trx) => {
        const rows = await trx
          .updateTable('leads')
          .set({ delivery: 'pending', due_at: 0, attempts: 0, first_tried_at: null })
          .where(isUndelivered)
          .where('delivery', '=', sql.lit('given_up'))
          .returning('lead_id')
          .execute();
        return rows.length;
      }),

    async countUndelivered() {
      const rows = await db
        .selectFrom('leads')
        .select((eb) => ['delivery', eb.fn.countAll<number>().as('number')])
        .where(isUndelivered)
        .groupBy('delivery')
        .execute();
      return Object.fromEntries(rows.map(({ delivery, number }) => [delivery, Number(number)]));
    },

    async findTrouble() {
      const row = await db
        .selectFrom('leads')
        .select(['trouble', 'first_tried_at'])
        .where(isUndelivered)
        .where('trouble', 'is not', null)
        .orderBy('first_tried_at')
        .limit(1)
        .executeTakeFirst();
      return row?.trouble == null ? undefined : { trouble: row.trouble, since: row.first_tried_at ?? 0 };
    },
  };
}
