/** The turns of a Page's rate limits, given away to whichever process asks first. Real time, epoch ms. */

import { sql, type Transaction } from 'kysely';
import type { Write } from './db/group-commit.ts';
import type { BudgetsTable, Tables } from './db/tables.ts';

export type RateLimitLane = BudgetsTable['lane'];

export interface SlotRate {
  /** Between two turns. */
  readonly intervalMs: number;
  /** How long nothing may have been said for the turns of that time to be taken at once. */
  readonly burstMs: number;
}

export interface RateLimitSlots {
  /** Takes the next `turns` turns of a Page. Gives the moment of the first; the others follow in the rate's interval. */
  take(pageId: string, lane: RateLimitLane, turns: number, rate: SlotRate, now: number): Promise<number>;
  /** Gives no turn before then to anybody: Meta said that it was too fast. Without a Page: the whole app was. */
  pause(pageId: string | undefined, until: number): Promise<void>;
}

/** No pause is longer, so a turn beyond it is of a clock that was wrong. */
const MAX_AHEAD_MS = 15 * 60_000;
const LANES: readonly RateLimitLane[] = ['messages', 'media'];

export function createRateLimitSlots(write: Write<Tables>): RateLimitSlots {
  return {
    take: (pageId, lane, turns, { intervalMs, burstMs }, now) =>
      write([`budget:${pageId}`], async (trx) => {
        const earliest = toMicros(now - burstMs);
        const length = toMicros(turns * intervalMs);
        const latest = toMicros(now + MAX_AHEAD_MS);
        const from = sql<number>`case when budgets.next_at_us not between ${earliest} and ${latest} then ${earliest} else budgets.next_at_us end`;
        const { next_at_us } = await trx
          .insertInto('budgets')
          .values({ page_id: pageId, lane, next_at_us: earliest + length })
          .onConflict((conflict) =>
            conflict.columns(['page_id', 'lane']).doUpdateSet({ next_at_us: sql<number>`${from} + ${length}` }),
          )
          .returning('next_at_us')
          .executeTakeFirstOrThrow();
        return (Number(next_at_us) - length) / 1000;
      }),

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
