import type { Database } from './database.ts';
import { toStoreError } from './store-error.ts';

/** The result of a probe is shared for this long, so that frequent health checks cost nothing. */
const RESULT_LIFETIME_MS = 500;

/**
 * Creates a function that checks whether the store can write, by writing a row: on a full disk a transaction without
 * changes would succeed.
 */
export function createWriteProbe({ db, flushOf }: Pick<Database, 'db' | 'flushOf'>): () => Promise<void> {
  let last: { readonly at: number; readonly answer: Promise<void> } | undefined;

  async function probe(at: number): Promise<void> {
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
    if (!last || at - last.at >= RESULT_LIFETIME_MS || at < last.at) last = { at, answer: probe(at) };
    return last.answer;
  };
}
