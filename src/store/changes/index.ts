/** The change log: which rows that operators may be looking at have changed. Triggers write it, see `db/change-triggers.ts`. */

import type { Database } from '../db/database.ts';
import type { Write } from '../db/group-commit.ts';
import type { ChangesTable, Tables } from '../db/tables.ts';
import type { ChangePosition } from './position.ts';

/** One change, without its content: that is in the row that it names. */
export interface Change {
  /** Later changes have higher ids. On PostgreSQL a transaction that ends later may make a lower id visible. */
  readonly id: number;
  readonly kind: ChangesTable['kind'];
  readonly conversation: string;
  /** What changed: a message id, a send id, a note id or the id of a Page. */
  readonly ref: string | null;
}

/** Reads the change log, and forgets its old part. */
export interface Changes {
  /** Tells the ids of this store from those of another one. */
  readonly storeId: string;
  /** The changes that are visible and were not read yet at that position; the first of them, by id. */
  read(position: ChangePosition, limit: number): Promise<readonly Change[]>;
  /** The highest ids, in ascending order. */
  newestIds(limit: number): Promise<readonly number[]>;
  /** Forgets all but the newest {@link KEPT_CHANGES} ids. */
  prune(): Promise<void>;
}

/** Whether somebody was erased, and nobody knows any more who it was. */
export function isForgotten({ kind, conversation }: Pick<Change, 'kind' | 'conversation'>): boolean {
  return kind === 'erased' && conversation === '';
}

/** How many changes are kept: more than a client that was disconnected reads. */
export const KEPT_CHANGES = 20_000;
/** How many rows a transaction deletes: others wait for it. */
const ROWS_PER_DELETE = 2000;
const LOCK_KEYS = ['changes'];

/** The change log in the table `changes`. */
export function createChanges({ db, identity }: Pick<Database, 'db' | 'identity'>, write: Write<Tables>): Changes {
  async function newestIds(limit: number): Promise<readonly number[]> {
    const rows = await db.selectFrom('changes').select('id').orderBy('id', 'desc').limit(limit).execute();
    return rows.map(({ id }) => id).toReversed();
  }

  async function oldestId(): Promise<number | undefined> {
    const row = await db.selectFrom('changes').select('id').orderBy('id').limit(1).executeTakeFirst();
    return row?.id;
  }

  return {
    storeId: identity.storeId,

    read: ({ newest, missing }, limit) =>
      db
        .selectFrom('changes')
        .select(['id', 'kind', 'conversation', 'ref'])
        .where((eb) =>
          missing.length === 0 ? eb('id', '>', newest) : eb.or([eb('id', '>', newest), eb('id', 'in', missing)]),
        )
        .orderBy('id')
        .limit(limit)
        .execute(),

    newestIds,

    async prune() {
      const [newest = 0] = await newestIds(1);
      for (;;) {
        const oldest = await oldestId();
        if (oldest === undefined || oldest > newest - KEPT_CHANGES) return;
        const end = Math.min(oldest + ROWS_PER_DELETE, newest - KEPT_CHANGES + 1);
        await write(LOCK_KEYS, (trx) => trx.deleteFrom('changes').where('id', '<', end).execute(), {
          durability: 'lazy',
        });
      }
    },
  };
}
