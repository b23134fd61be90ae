import type { Change, Changes } from './index.ts';
import { MAX_MISSING, type ChangePosition } from './position.ts';

/** Follows the change log: each change comes once, however late its transaction ends. */
export interface ChangeReader {
  /** The changes that became visible since the last call. */
  next(): Promise<readonly Change[]>;
  /** What has come so far. */
  readonly position: ChangePosition;
}

/** The most changes that come at once. */
export const CHANGES_PER_READ = 500;
/**
 * After this long an id that never became visible belongs to a transaction that was rolled back: the statements of ours
 * end within seconds.
 */
const MAX_TRANSACTION_MS = 60_000;

/** Begins at the end of the log. */
export async function openChangeReader(changes: Changes): Promise<ChangeReader> {
  const newestIds = await changes.newestIds(MAX_MISSING);
  // Transactions of older ids have ended.
  let newest = newestIds.length === MAX_MISSING ? (newestIds[0] ?? 1) - 1 : 0;
  /** Ids that are not visible, ascending, and when that was noticed. */
  const missing = new Map<number, number>();

  function note(id: number): void {
    if (missing.delete(id)) return;
    for (let gap = Math.max(newest + 1, id - MAX_MISSING); gap < id; gap += 1) missing.set(gap, Date.now());
    newest = id;
  }

  newestIds.forEach(note);

  return {
    async next() {
      const read = await changes.read({ newest, missing: [...missing.keys()] }, CHANGES_PER_READ);
      for (const { id } of read) note(id);
      for (const [gap, noticedAt] of missing) {
        if (Date.now() - noticedAt < MAX_TRANSACTION_MS && missing.size <= MAX_MISSING) break;
        missing.delete(gap);
      }
      return read;
    },
    get position() {
      return { newest, missing: [...missing.keys()] };
    },
  };
}
