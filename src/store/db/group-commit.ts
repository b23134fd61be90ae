import { setImmediate as nextEventLoopTurn } from 'node:timers/promises';
import type { Kysely, Transaction } from 'kysely';
import { isDeadlock, isStoreUnavailable, tooLate, toStoreError } from './store-error.ts';

/** Statements of one transaction. May run twice, so it has no effect except through `trx`. */
export type Work<DB, T> = (trx: Transaction<DB>) => Promise<T>;

/**
 * Runs work in a transaction, and resolves when it is as durable as asked for. Works with a common lock key, such as a
 * conversation, run one after the other, in all processes.
 */
export type Write<DB> = <T>(lockKeys: readonly string[], work: Work<DB, T>, options?: WriteOptions) => Promise<T>;

/** What a commit survives: a power cut, or only a crash of the process (docs/decisions/013-durability-classes.md). */
export type Durability = 'durable' | 'lazy';

/** Resolves when a commit is on disk. */
export type Flush = () => Promise<void>;

/** How soon a work is written, and how surely. */
export interface WriteOptions {
  /**
   * `durable` resolves when the commit is on disk. `lazy` resolves when it is committed, and is on disk
   * within 100 ms (SQLite) or 0.6 s (PostgreSQL). Default: `durable`.
   */
  readonly durability?: Durability;
  /** Waits up to 10 ms for other work, and shares its transaction. For what nobody waits for. Default: written at once. */
  readonly lingers?: boolean;
  /**
   * Rejects after this long, ms. The work is then not begun any more; if it has begun, it may still be committed. Default:
   * waits for the database.
   */
  readonly withinMs?: number;
}

/** The database to commit to. */
export interface GroupCommitOptions<DB> {
  readonly db: Kysely<DB>;
  /** How many transactions may run at the same time. */
  readonly maxTransactions: number;
  /** Locks the keys until the transaction ends. A lazy transaction may reach the disk after its commit. */
  readonly lock: (trx: Transaction<DB>, lockKeys: readonly string[], durability: Durability) => Promise<void>;
  /** Called in a transaction: how to flush its commit. Left out: the commit itself does it. */
  readonly flushOf?: () => Flush;
}

interface QueuedWork<DB> {
  readonly lockKeys: readonly string[];
  readonly durability: Durability;
  readonly run: Work<DB, void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Result of a transaction; `culprit` is the member whose statement failed. */
type GroupOutcome<DB> =
  | { readonly flush: Flush | undefined }
  | { readonly error: unknown; readonly hasBegun: boolean; readonly culprit?: QueuedWork<DB> };

/** After this long a lazy commit is flushed, if no durable one came after it. */
const MAX_UNFLUSHED_MS = 100;
/** How long work that lingers waits for a transaction to share. */
const LINGER_MS = 10;
/** Bounds how long one transaction holds the writer. */
const MAX_GROUP_SIZE = 256;
/** How often a group is tried after a failure that is not a member's fault. */
const MAX_GROUP_TRIES = 3;

/**
 * Group commit: work that arrives during a transaction shares the next one, and its flush. When a group fails, the member
 * at fault runs alone and the others run again together, so that one bad row fails nothing else.
 */
export function groupCommit<DB>({ db, maxTransactions, lock, flushOf }: GroupCommitOptions<DB>): Write<DB> {
  const queue: QueuedWork<DB>[] = [];
  let openTransactions = 0;
  /** Whether something in the queue may not linger any more. */
  let isDue = false;
  let lingering: NodeJS.Timeout | undefined;
  let unflushed: NodeJS.Timeout | undefined;

  async function attempt(group: readonly QueuedWork<DB>[]): Promise<GroupOutcome<DB>> {
    let hasBegun = false;
    let culprit: QueuedWork<DB> | undefined;
    let flush: Flush | undefined;
    const durability = group.some(isDurable) ? 'durable' : 'lazy';
    try {
      await db.transaction().execute(async (trx) => {
        hasBegun = true;
        await lock(trx, [...new Set(group.flatMap((member) => member.lockKeys))], durability);
        for (culprit of group) await culprit.run(trx);
        culprit = undefined;
        flush = flushOf?.();
      });
      return { flush };
    } catch (error) {
      return { error, hasBegun, ...(culprit && { culprit }) };
    }
  }

  async function commit(group: readonly QueuedWork<DB>[], tries = MAX_GROUP_TRIES): Promise<void> {
    const outcome = await attempt(group);
    if ('flush' in outcome) return resolveAll(group, outcome.flush);
    const { error, hasBegun, culprit } = outcome;
    // Without a connection the queued work would fail in the same way, only later.
    if (!hasBegun) {
      isDue = false;
      return rejectAll([...group, ...queue.splice(0)], error);
    }
    const isTemporary = isStoreUnavailable(error) || isDeadlock(error);
    if (isTemporary && tries > 1) return commit(group, tries - 1);
    if (isTemporary || !culprit || group.length === 1) return rejectAll(group, error);
    await commit(group.filter((member) => member !== culprit));
    await commit([culprit]);
  }

  /** The next transaction does not wait for the flush of this one. */
  function resolveAll(group: readonly QueuedWork<DB>[], flush: Flush | undefined): void {
    const waiting = flush ? group.filter(isDurable) : [];
    for (const member of group) if (!waiting.includes(member)) member.resolve();
    if (!flush) return;
    if (waiting.length === 0) {
      unflushed ??= setTimeout(() => {
        unflushed = undefined;
        // The next write reports the failure: the connection is closed.
        flush().catch(() => {});
      }, MAX_UNFLUSHED_MS).unref();
      return;
    }
    clearTimeout(unflushed);
    unflushed = undefined;
    flush().then(
      () => {
        for (const member of waiting) member.resolve();
      },
      (error: unknown) => rejectAll(waiting, error),
    );
  }

  function startDraining(): void {
    isDue = true;
    if (openTransactions < maxTransactions) void drain();
  }

  async function drain(): Promise<void> {
    openTransactions += 1;
    // SQLite blocks the thread during a commit: input that arrived meanwhile is read first, and shares the next transaction.
    for (await nextEventLoopTurn(); isDue; await nextEventLoopTurn()) await commit(takeGroup());
    openTransactions -= 1;
  }

  function takeGroup(): QueuedWork<DB>[] {
    const group = queue.splice(0, MAX_GROUP_SIZE);
    isDue = queue.length > 0;
    clearTimeout(lingering);
    lingering = undefined;
    return group;
  }

  function giveUp(member: QueuedWork<DB>, withinMs: number): void {
    const place = queue.indexOf(member);
    if (place >= 0) queue.splice(place, 1);
    member.reject(tooLate(withinMs));
  }

  /** Writes the work that lingers after `LINGER_MS`, if no other work starts a transaction before. */
  function linger(): void {
    lingering ??= setTimeout(() => {
      lingering = undefined;
      startDraining();
    }, LINGER_MS);
  }

  return <T>(
    lockKeys: readonly string[],
    work: Work<DB, T>,
    { durability = 'durable', lingers = false, withinMs }: WriteOptions = {},
  ) =>
    new Promise<T>((resolve, reject) => {
      let result: T;
      const member: QueuedWork<DB> = {
        lockKeys,
        durability,
        run: async (trx) => {
          result = await work(trx);
        },
        resolve() {
          clearTimeout(deadline);
          resolve(result);
        },
        reject(error) {
          clearTimeout(deadline);
          reject(error);
        },
      };
      queue.push(member);
      const deadline = withinMs === undefined ? undefined : setTimeout(giveUp, withinMs, member, withinMs);
      if (lingers) linger();
      else startDraining();
    });
}

function isDurable({ durability }: { readonly durability: Durability }): boolean {
  return durability === 'durable';
}

function rejectAll(members: readonly Pick<QueuedWork<never>, 'reject'>[], error: unknown): void {
  const storeError = toStoreError(error);
  for (const member of members) member.reject(storeError);
}
