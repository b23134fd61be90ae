import type { Database } from './database.ts';
import { toStoreError } from './store-error.ts';

/** Whoever asks within this time gets the answer of the last write, so that asking often costs nothing. */
const RESULT_LIFETIME_MS = 500;

/**
 * Makes the question whether the store can write. It is answered by writing: a full disk takes a change of nothing
 * and refuses the smallest row.
 */
export function createWriteProbe({ db }: Pick<Database, 'db'>): () => Promise<void> {
  let last: { readonly at: number; readonly answer: Promise<void> } | undefined;

  async function probe(at: number): Promise<void> {
    try {
      // Alone, not in a group: it must not share the fate of others, nor hold its one row for them.
      await db.transaction().execute((trx) =>
        trx
          .insertInto('pulse')
          .values({ id: 1, at })
          .onConflict((conflict) => conflict.column('id').doUpdateSet({ at }))
          .execute(),
      );
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
