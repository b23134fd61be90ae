import type { Kysely, Transaction } from 'kysely';

/** Some statements that must be kept together. It may run twice, so it does nothing but speak to `trx`. */
export type Work<DB, T> = (trx: Transaction<DB>) => Promise<T>;

/** Runs work in a transaction and resolves once it is on disk. */
export type Write<DB> = <T>(work: Work<DB, T>) => Promise<T>;

interface Waiting<DB> {
  readonly run: Work<DB, void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Bounds how long one transaction holds the writer. */
const LARGEST_GROUP = 256;

/**
 * Group commit: work that arrives while a transaction is under way shares the next one, and so its fsync.
 * When a group fails, each of its members is tried alone, so one bad row fails nobody else.
 */
export function groupCommit<DB>(db: Kysely<DB>, lanes: number): Write<DB> {
  const queue: Waiting<DB>[] = [];
  let busyLanes = 0;

  async function commit(group: readonly Waiting<DB>[]): Promise<void> {
    let hasBegun = false;
    try {
      await db.transaction().execute(async (trx) => {
        hasBegun = true;
        for (const member of group) await member.run(trx);
      });
    } catch (error) {
      if (hasBegun && group.length > 1) for (const member of group) await commit([member]);
      else for (const member of group) member.reject(error);
      return;
    }
    for (const member of group) member.resolve();
  }

  async function drain(): Promise<void> {
    busyLanes += 1;
    while (queue.length > 0) await commit(queue.splice(0, LARGEST_GROUP));
    busyLanes -= 1;
  }

  return <T>(work: Work<DB, T>) =>
    new Promise<T>((resolve, reject) => {
      let result: T;
      queue.push({
        run: async (trx) => {
          result = await work(trx);
        },
        resolve: () => resolve(result),
        reject,
      });
      if (busyLanes < lanes) void drain();
    });
}
