import { type Kysely, sql } from 'kysely';
import type { Tables } from '../db/tables.ts';
import { DAY_MS, readWaits, type DayRow, type NumbersQuery, type WaitTimes } from './per-day.ts';

/** People who waited for an operator, by how it ended, on the day on which they began to wait. */
export interface HandoffWaitRow extends DayRow {
  readonly kind: 'answered' | 'waiting' | 'leftToBot';
  readonly times: WaitTimes;
}

/** Waits for operators. */
export async function readHandoffWaits(
  db: Kysely<Tables>,
  { from, to, pages }: NumbersQuery,
): Promise<readonly HandoffWaitRow[]> {
  const ofPages = pages ? sql`and contacts.page_id in (${sql.join([...pages, ''])})` : sql``;
  const rows = await readWaits(
    db,
    sql`waits as (
      select contacts.page_id, since / ${sql.lit(DAY_MS)} as day, coalesce(ended_at, since) - since as wait_ms,
        case when ended_by = 'operator' then 'answered' when ended_by = 'bot' then 'leftToBot' else 'waiting' end as kind
      from handoff_waits join contacts on contacts.conversation = handoff_waits.conversation
      where since >= ${from} and since < ${to} ${ofPages}
    )`,
  );
  return rows.map((row) => ({ ...row, kind: row.kind as HandoffWaitRow['kind'] }));
}
