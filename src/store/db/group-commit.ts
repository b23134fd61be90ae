import { setImmediate as nextRound } from 'node:timers/promises';
import type { Kysely, Transaction } from 'kysely';
import { isDeadlock, isStoreUnavailable, toStoreError } from './store-error.ts';

/** Some statements that must be kept together. It may run twice, so it does nothing but speak to `trx`. */
export type Work<DB, T> = (trx: Transaction<DB>) => Promise<T>;

/**
 * Runs work in a transaction and resolves once it is on disk. `lockKeys` names what the work is about, such as its
 * conversations: two works about the same run one after the other, in every process.
 */
export type Write<DB> = <T>(lockKeys: readonly string[], work: Work<DB, T>) => Promise<T>;

export interface GroupCommitOptions<DB> {
  readonly db: Kysely<DB>;
  /** How many transactions may run side by side. */
  readonly maxTransactions: number;
  /** Locks the keys until the transaction ends. */
  readonly lock: (trx: Transaction<DB>, lockKeys: readonly string[]) => Promise<void>;
}

interface QueuedWork<DB> {
  readonly lockKeys: readonly string[];
  readonly run: Work<DB, void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** How a transaction went; `culprit` is the member whose statement failed. */
type GroupOutcome<DB> =
  | 'committed'
  | { readonly error: unknown; readonly hasBegun: boolean; readonly culprit?: QueuedWork<DB> };

/** Bounds how long one transaction holds the writer. */
const MAX_GROUP_SIZE = 256;
/** How often one that was not at fault is run again. */
const MAX_TRIES = 3;

/**
 * Group commit: work that arrives while a transaction is under way shares the next one, and so its fsync. Of a group
 * that fails, whoever is at fault is run alone and the others together once more, so one bad row fails nobody else.
 */
export function groupCommit<DB>({ db, maxTransactions, lock }: GroupCommitOptions<DB>): Write<DB> {
  const queue: QueuedWork<DB>[] = [];
  let openTransactions = 0;

  async function attempt(group: readonly QueuedWork<DB>[]): Promise<GroupOutcome<DB>> {
    let hasBegun = false;
    let culprit: QueuedWork<DB> | undefined;
    try {
      await db.transaction().execute(async (trx) => {
        hasBegun = true;
        await lock(trx, [...new Set(group.flatMap((member) => member.lockKeys))]);
        for (culprit of group) await culprit.run(trx);
        culprit = undefined;
      });
      return 'committed';
    } catch (error) {
      return { error, hasBegun, ...(culprit && { culprit }) };
    }
  }

  async function commit(group: readonly QueuedWork<DB>[], tries = MAX_TRIES): Promise<void> {
    const outcome = await attempt(group);
    if (outcome === 'committed') {
      for (const member of group) member.resolve();
      return;
    }
    const { error, hasBegun, culprit } = outcome;
    // Whoever waits has waited for this very failure: with nobody to write to, they must not queue for another.
    if (!hasBegun) return rejectAll([...group, ...queue.splice(0)], error);
    const mayPass = isStoreUnavailable(error) || isDeadlock(error);
    if (mayPass && tries > 1) return commit(group, tries - 1);
    if (mayPass || !culprit || group.length === 1) return rejectAll(group, error);
    await commit(group.filter((member) => member !== culprit));
    await commit([culprit]);
  }

  async function drain(): Promise<void> {
    openTransactions += 1;
    // SQLite held the thread while it committed: what arrived meanwhile is read first, and shares the next transaction.
    for (await nextRound(); queue.length > 0; await nextRound()) await commit(queue.splice(0, MAX_GROUP_SIZE));
    openTransactions -= 1;
  }

  return <T>(lockKeys: readonly string[], work: Work<DB, T>) =>
    new Promise<T>((resolve, reject) => {
      let result: T;
      queue.push({
        lockKeys,
        run: async (trx) => {
          result = await work(trx);
        },
        resolve: () => resolve(result),
        reject,
      });
      if (openTransactions < maxTransactions) void drain();
    });
}

function rejectAll(members: readonly Pick<QueuedWork<never>, 'reject'>[], error: unknown): void {
  const told = toStoreError(error);
  for (const member of members) member.reject(told);
}
