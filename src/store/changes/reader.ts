import type { Change, Changes } from './index.ts';

/** Follows the change log: each change comes once, however late its transaction ends. */
export interface ChangeReader {
  /** The changes that became visible since the last call. */
  next(): Promise<readonly Change[]>;
  /** Every change up to this id has come. */
  readonly settledUpTo: number;
  /** The highest id that has come. */
  readonly newest: number;
}

/** How many changes come at once. */
const CHANGES_PER_READ = 500;
/**
 * After this long an id that never became visible belongs to a transaction that was rolled back: the statements of ours
 * end within seconds.
 */
const MAX_TRANSACTION_MS = 60_000;
/** How many ids before a visible one may belong to transactions that have not ended. */
const MAX_MISSING = 1000;

/** Begins at the end of the log. */
export async function openChangeReader(changes: Changes, now: () => number = Date.now): Promise<ChangeReader> {
  let newest = 0;
  /** Ids that are not visible, and when that was noticed: in ascending order of time. */
  const missing = new Map<number, number>();

  function note(id: number): void {
    if (id <= newest) {
      missing.delete(id);
      return;
    }
    // The first id of all shows nothing of what is before it, except that it is near.
    for (let gap = Math.max(newest + 1, id - MAX_MISSING); gap < id; gap += 1) missing.set(gap, now());
    newest = id;
  }

  for (const id of await changes.newestIds(MAX_MISSING)) note(id);

  return {
    async next() {
      const read = await changes.read({ after: newest, missing: [...missing.keys()], limit: CHANGES_PER_READ });
      for (const { id } of read) note(id);
      for (const [gap, noticedAt] of missing) {
        if (now() - noticedAt < MAX_TRANSACTION_MS && missing.size <= MAX_MISSING) break;
        missing.delete(gap);
      }
      return read;
    },
    get settledUpTo() {
      return missing.size === 0 ? newest : Math.min(...missing.keys()) - 1;
    },
    get newest() {
      return newest;
    },
  };
}
