import type { Database } from './database.ts';
import { tooLate, toStoreError } from './store-error.ts';

/** The result of a probe is shared for this long, so that frequent health checks cost nothing. */
const RESULT_LIFETIME_MS = 500;
/** A health check has a time limit of a few seconds. */
const MAX_PROBE_MS = 4000;

/**
 * Creates a function that checks whether the store can write, by writing a row: on a full disk a transaction without
 * changes would succeed.
 */
export function createWriteProbe({
  db,
  flushOf,
  inspect,
}: Pick<Database, 'db' | 'flushOf' | 'inspect'>): () => Promise<void> {
  let last: { readonly at: number; readonly answer: Promise<void> } | undefined;

  async function probe(at: number): Promise<void> {
    await inspect?.();
    try {
      // Its own transaction: a failing group must not fail the probe, nor wait for its row lock.
      const flush = await db.transaction().execute(async (trx) => {
        await trx
          .insertInto('pulse')
          .values({ id: 1, at })
          .onConflict((conflict) => conflict.column('id').doUpdateSet({ at }))
          .execute();
        return flushOf?.();
      });
      await flush?.();
    } catch (error) {
      throw toStoreError(error);
    }
  }

  return () => {
    const at = Date.now();
    if (!last || at - last.at >= RESULT_LIFETIME_MS || at < last.at) last = { at, answer: inTime(probe(at)) };
    return last.answer;
  };
}

async function inTime(probe: Promise<void>): Promise<void> {
  let deadline: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    deadline = setTimeout(() => reject(tooLate(MAX_PROBE_MS)), MAX_PROBE_MS);
  });
  try {
    await Promise.race([probe, late]);
  } finally {
    clearTimeout(deadline);
  }
}
