/** Slots of the Pages' rate limits, shared by all processes: a token bucket in the database. Real time, epoch ms. */

import { sql, type Transaction } from 'kysely';
import { compileOnce } from './db/compile-once.ts';
import type { Write } from './db/group-commit.ts';
import type { BudgetsTable, Tables } from './db/tables.ts';

/** Meta limits messages with media apart from others. */
export type RateLimitLane = BudgetsTable['lane'];

/** How fast slots follow each other. */
export interface SlotRate {
  /** Between two slots. */
  readonly intervalMs: number;
  /** Slots that expired unused within this time may be taken at once. */
  readonly burstMs: number;
}

/** Reserves slots. */
export interface RateLimitSlots {
  /** Reserves the next `slots` slots of a Page. Resolves to the time of the first; the others follow at `intervalMs`. */
  take(pageId: string, lane: RateLimitLane, slots: number, rate: SlotRate, now: number): Promise<number>;
  /** No slot is before `until`: Meta said that the Page, or without one the whole app, sent too fast. */
  pause(pageId: string | undefined, until: number): Promise<void>;
}

/** No pause is longer, so a slot beyond it comes from a clock that was wrong. */
const MAX_AHEAD_MS = 15 * 60_000;
const LANES: readonly RateLimitLane[] = ['messages', 'media'];

/** Slots in the table `budgets`. */
export function createRateLimitSlots(write: Write<Tables>): RateLimitSlots {
  return {
    take: (pageId, lane, slots, { intervalMs, burstMs }, now) =>
      write(
        [`budget:${pageId}`],
        async (trx) => {
          const earliest = toMicros(now - burstMs);
          const length = toMicros(slots * intervalMs);
          const latest = toMicros(now + MAX_AHEAD_MS);
          const [row] = await reserveSlots(trx, { pageId, lane, earliest, latest, length, first: earliest + length });
          return (Number(row?.next_at_us) - length) / 1000;
        },
        // Slots from before a power cut are long past.
        { durability: 'lazy' },
      ),

    pause: (pageId, until) =>
      write([pageId === undefined ? 'budgets' : `budget:${pageId}`], async (trx) => {
        if (pageId !== undefined)
          for (const lane of LANES) await insertMissingBudget(trx, pageId, lane, toMicros(until));
        await trx
          .updateTable('budgets')
          .set({ next_at_us: toMicros(until) })
          .where('next_at_us', '<', toMicros(until))
          .$if(pageId !== undefined, (query) => query.where('page_id', '=', pageId ?? ''))
          .execute();
      }),
  };
}

interface SlotValues {
  readonly pageId: string;
  readonly lane: RateLimitLane;
  readonly earliest: number;
  readonly latest: number;
  readonly length: number;
  /** The end of the first reservation of a Page. */
  readonly first: number;
}

const reserveSlots = compileOnce((db, { pageId, lane, earliest, latest, length, first }: SlotValues) => {
  const from = sql<number>`case when budgets.next_at_us not between ${earliest} and ${latest} then ${earliest} else budgets.next_at_us end`;
  return db
    .insertInto('budgets')
    .values({ page_id: pageId, lane, next_at_us: first })
    .onConflict((conflict) =>
      conflict.columns(['page_id', 'lane']).doUpdateSet({ next_at_us: sql<number>`${from} + ${length}` }),
    )
    .returning('next_at_us');
});

async function insertMissingBudget(
  trx: Transaction<Tables>,
  page_id: string,
  lane: RateLimitLane,
  next_at_us: number,
): Promise<void> {
  await trx
    .insertInto('budgets')
    .values({ page_id, lane, next_at_us })
    .onConflict((conflict) => conflict.columns(['page_id', 'lane']).doNothing())
    .execute();
}

function toMicros(ms: number): number {
  return Math.round(ms * 1000);
}
