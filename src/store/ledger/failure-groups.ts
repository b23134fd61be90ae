/** Figures of sends that are not `sent`, for metrics and for the doctor. An index covers just these rows. */

import { sql, type Kysely } from 'kysely';
import type { Tables } from '../db/tables.ts';
import type { FailureGroup } from './send-record.ts';
import { fromStoredStatus } from './send-states.ts';

/** See `Ledger.counts`. */
export async function countByStatus(db: Kysely<Tables>): Promise<Record<FailureGroup['status'], number>> {
  const rows = await db
    .selectFrom('sends')
    .select(['status', (eb) => eb.fn.countAll<number>().as('sends')])
    .where('status', '!=', sql.lit('sent'))
    .groupBy('status')
    .execute();
  const none = { calling: 0, waiting: 0, unconfirmed: 0, refused: 0, failed: 0, unknown: 0 };
  return { ...none, ...Object.fromEntries(rows.map((row) => [fromStoredStatus(row.status), Number(row.sends)])) };
}

/** See `Ledger.failureGroups`. */
export async function findFailureGroups(db: Kysely<Tables>, since: number): Promise<readonly FailureGroup[]> {
  const lastAt = sql<number>`max(coalesce(settled_at, created_at))`;
  const rows = await db
    .selectFrom('sends')
    .select(['status', 'code', (eb) => eb.fn.countAll<number>().as('sends'), lastAt.as('last_at')])
    .where('status', '!=', sql.lit('sent'))
    .where((eb) => eb.or([eb('settled_at', 'is', null), eb('settled_at', '>=', since)]))
    .groupBy(['status', 'code'])
    .orderBy(lastAt, 'desc')
    .execute();
  return rows.map(({ status, code, sends, last_at }) => ({
    status: fromStoredStatus(status) as FailureGroup['status'],
    code: code ?? fromStoredStatus(status),
    sends: Number(sends),
    lastAt: Number(last_at),
  }));
}
