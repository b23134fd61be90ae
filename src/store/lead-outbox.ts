/**
 * Transactional outbox: leads that wait to be posted to a webhook. A lead is saved and put into the outbox by the same
 * write, so a crash cannot lose it in between. Real time, epoch ms.
 */

import { sql, type ExpressionBuilder, type Updateable } from 'kysely';
import type { Lead } from '../domain/lead.ts';
import type { Database } from './db/database.ts';
import type { Write } from './db/group-commit.ts';
import type { Tables } from './db/tables.ts';
import { cipherOf } from './encryption/column-cipher.ts';
import { toLead } from './leads.ts';

/** A lead that this process alone may deliver until the lease expires. */
export interface LeasedLead {
  readonly lead: Lead;
  /** Counts from 1; distinguishes this lease from later ones. */
  readonly attempt: number;
  /** When the lead was leased for the first time. */
  readonly firstTriedAt: number;
}

/** A try to deliver a lead that did not succeed. */
export interface LeadDeliveryFailure {
  /** Why, without personal data. */
  readonly trouble: string;
  /** When to try again; left out: the lead is given up. */
  readonly retryAt?: number;
}

/** Which of the leads that were given up. */
export interface GivenUpLeads {
  readonly leadIds: readonly string[];
  /** Ids of Pages; left out: all. */
  readonly pages?: readonly string[] | undefined;
}

/** Leads by the state of their delivery. */
export interface LeadOutbox {
  /** Leases leads that are due, the longest due first. After `expiresAt` they are due again. */
  lease(limit: number, now: number, expiresAt: number): Promise<readonly LeasedLead[]>;
  /** The webhook took the lead. */
  markDelivered(leadId: string): Promise<void>;
  /** Records that this attempt failed; does nothing if another attempt has begun since. */
  recordFailure(leadId: string, attempt: number, failure: LeadDeliveryFailure): Promise<void>;
  /** Makes leads that were given up due again; resolves to their ids. */
  retryGivenUp(which?: GivenUpLeads): Promise<readonly string[]>;
  /** Leaves leads that were given up undelivered for good; resolves to their ids. */
  dropGivenUp(which: GivenUpLeads): Promise<readonly string[]>;
  /** Number of leads not delivered, by state: `pending`, `given_up`. */
  countUndelivered(): Promise<Readonly<Record<string, number>>>;
  /** The failure of the lead that has failed for the longest time, and since when; `undefined` if none fails. */
  findTrouble(): Promise<{ readonly trouble: string; readonly since: number } | undefined>;
}

/** One key for all leases: they run one after the other, so two processes never lease the same lead. */
const OUTBOX_LOCK_KEYS = ['lead outbox'];

/** Spelled like the partial index, so that delivered leads, which are most, are not read. */
const isUndelivered = (eb: ExpressionBuilder<Tables, 'leads'>) => eb('delivery', '!=', sql.lit('delivered'));

/** The outbox in the table `leads`. */
export function createLeadOutbox({ db }: Pick<Database, 'db'>, write: Write<Tables>): LeadOutbox {
  const isDue = (now: number) => (eb: ExpressionBuilder<Tables, 'leads'>) =>
    eb.and([isUndelivered(eb), eb('delivery', '=', sql.lit('pending')), eb('due_at', '<=', now)]);

  function changeGivenUp(
    change: Updateable<Tables['leads']>,
    { leadIds, pages }: Partial<GivenUpLeads> = {},
  ): Promise<readonly string[]> {
    return write(OUTBOX_LOCK_KEYS, async (trx) => {
      let query = trx
        .updateTable('leads')
        .set(change)
        .where(isUndelivered)
        .where('delivery', '=', sql.lit('given_up'))
        .returning('lead_id');
      if (leadIds) query = query.where('lead_id', 'in', [...leadIds, '']);
      if (pages) {
        query = query.where('conversation', 'in', (eb) =>
          eb
            .selectFrom('contacts')
            .select('conversation')
            .where('page_id', 'in', [...pages, '']),
        );
      }
      return (await query.execute()).map((row) => row.lead_id);
    });
  }

  return {
    async lease(limit, now, expiresAt) {
      // A read first: most of the time nothing is due, and a read costs no transaction.
      const due = await db.selectFrom('leads').select('lead_id').where(isDue(now)).limit(1).execute();
      if (due.length === 0) return [];
      const rows = await write(OUTBOX_LOCK_KEYS, (trx) =>
        trx
          .updateTable('leads')
          .set((eb) => ({
            attempts: eb('attempts', '+', 1),
            due_at: expiresAt,
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
        lead: toLead(cipherOf(db).open('leads', row)),
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

    retryGivenUp: (which) =>
      changeGivenUp({ delivery: 'pending', due_at: 0, attempts: 0, first_tried_at: null }, which),
    dropGivenUp: (which) => changeGivenUp({ delivery: 'dropped' }, which),

    async countUndelivered() {
      const rows = await db
        .selectFrom('leads')
        .select((eb) => ['delivery', eb.fn.countAll<number>().as('number')])
        .where(isUndelivered)
        .where('delivery', '!=', 'dropped')
        .groupBy('delivery')
        .execute();
      return Object.fromEntries(rows.map(({ delivery, number }) => [delivery, Number(number)]));
    },

    async findTrouble() {
      const row = await db
        .selectFrom('leads')
        .select(['trouble', 'first_tried_at'])
        .where(isUndelivered)
        .where('delivery', '!=', 'dropped')
        .where('trouble', 'is not', null)
        .orderBy('first_tried_at')
        .limit(1)
        .executeTakeFirst();
      return row?.trouble == null ? undefined : { trouble: row.trouble, since: row.first_tried_at ?? 0 };
    },
  };
}
