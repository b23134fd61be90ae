/** The encryption of a store: whether it is on, which keys its data may need, and how to get rid of old ones. */

import { sql } from 'kysely';
import type { Database } from '../db/database.ts';
import type { Write } from '../db/group-commit.ts';
import type { Tables } from '../db/tables.ts';
import { cipherOf } from './column-cipher.ts';
import { rotateColumns, type RotationProgress } from './rotate.ts';

export type { RotationProgress } from './rotate.ts';

/** What administrators do with the keys of a store. */
export interface StoreEncryption {
  /** Whether names and texts are encrypted, so that nobody can search for them. */
  readonly isOn: boolean;
  /** Rewrites everything with the newest key. */
  rotate(): AsyncGenerator<RotationProgress>;
  /**
   * Rewrites the file of a SQLite store, so that no older value is left in its free pages; nobody can write meanwhile. Resolves
   * to `false` on PostgreSQL, where an administrator does it with VACUUM FULL.
   */
  vacuum(): Promise<boolean>;
  /** The ids of the keys without which no process starts, the oldest first. */
  listKeys(): Promise<readonly string[]>;
  /** Lets processes start without this key: nothing needs it any more. */
  forgetKey(id: string): Promise<void>;
}

/** The encryption of an open database. */
export function createStoreEncryption(database: Database, write: Write<Tables>): StoreEncryption {
  const { db } = database;
  return {
    isOn: cipherOf(db).newestPrefix !== undefined,
    rotate: () => rotateColumns(database, write),
    async vacuum() {
      if (database.kind !== 'sqlite') return false;
      await sql`vacuum`.execute(db);
      await sql`pragma wal_checkpoint(truncate)`.execute(db);
      return true;
    },
    async listKeys() {
      const rows = await db.selectFrom('encryption_keys').select('key_id').orderBy('first_used_at').execute();
      return rows.map(({ key_id }) => key_id);
    },
    forgetKey: (id) =>
      write(['encryption rotation'], async (trx) => {
        await trx.deleteFrom('encryption_keys').where('key_id', '=', id).execute();
      }),
  };
}
