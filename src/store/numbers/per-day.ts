/** What numbers per day and Page share: the query, the day, and percentiles in SQL that both databases know. */

import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Tables } from '../db/tables.ts';

/** Which days and Pages. Epoch ms; `to` is the end of the last day. */
export interface NumbersQuery {
  readonly from: number;
  readonly to: number;
  /** Left out: all Pages. */
  readonly pages?: readonly string[] | undefined;
}

/** A day, ms. */
export const DAY_MS = 86_400_000;

/** A row of a query per day (days since 1970, UTC) and Page. */
export interface DayRow {
  readonly day: number;
  readonly page_id: string;
}

/** How long people waited for what came in the end. */
export interface WaitTimes {
  /** How many waits there were. */
  readonly answered: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** Waiting times of one kind on one day of one Page. */
export interface WaitRow extends DayRow {
  readonly kind: string;
  readonly times: WaitTimes;
}

/** The day of a column with a time: both databases divide whole numbers to whole numbers. */
export function dayOfColumn(column: string): RawBuilder<number> {
  return sql<number>`${sql.ref(column)} / ${sql.lit(DAY_MS)}`;
}

/** Groups waits; `ctes` defines at its end the table `waits` with page_id, day, kind and wait_ms. */
export async function readWaits(db: Kysely<Tables>, ctes: RawBuilder<unknown>): Promise<readonly WaitRow[]> {
  const { rows } = await sql<DayRow & { kind: string; answered: number; p50: number; p95: number }>`
    with ${ctes},
    ranked as (
      select page_id, day, kind, wait_ms,
        row_number() over (partition by page_id, day, kind order by wait_ms) as place,
        count(*) over (partition by page_id, day, kind) as answered
      from waits
    )
    select page_id, day, kind, max(answered) as answered,
      min(case when place >= (answered * 50 + 99) / 100 then wait_ms end) as p50,
      min(case when place >= (answered * 95 + 99) / 100 then wait_ms end) as p95
    from ranked
    group by page_id, day, kind`.execute(db);
  return rows.map(({ day, page_id, kind, answered, p50, p95 }) => ({
    day,
    page_id,
    kind,
    times: { answered: Number(answered), p50Ms: Number(p50), p95Ms: Number(p95) },
  }));
}
