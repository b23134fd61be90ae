import { Kysely } from 'kysely';
import type { Flush, GroupCommitOptions } from './group-commit.ts';
import { migrate } from './migrations.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import { sqliteDialect } from './sqlite-dialect.ts';
import { SqliteFile } from './sqlite-file.ts';
import { toStoreError } from './store-error.ts';
import { ensureIdentity, type StoreIdentity } from './store-identity.ts';
import type { Tables } from './tables.ts';

/** The open database under the store. */
export interface Database {
  readonly db: Kysely<Tables>;
  readonly identity: StoreIdentity;
  /** How many transactions may run at the same time. SQLite has one writer. */
  readonly maxTransactions: number;
  /** Makes other transactions with one of these lock keys wait until this one ends. */
  readonly lock: GroupCommitOptions<Tables>['lock'];
  /** Called in a transaction: how to flush its commit. PostgreSQL has none, because its commits flush. */
  readonly flushOf?: () => Flush;
  /** Flushes what is committed, and closes the connections. */
  close(): Promise<void>;
}

/** How a store is opened. */
export interface OpenOptions {
  /**
   * Whether a SQLite file is first read from end to end, and refused when it is damaged: for a process that is about to
   * write to it for long. Default: no.
   */
  readonly checksFile?: boolean;
}

/** Opens `file:path/to/store.db` or `postgres://…` and brings its schema up to date. */
export async function openStoreDatabase(url: string, { checksFile = false }: OpenOptions = {}): Promise<Database> {
  try {
    return url.startsWith('file:') ? await openSqlite(url.slice('file:'.length), checksFile) : await openPostgres(url);
  } catch (error) {
    throw toStoreError(error);
  }
}

async function openSqlite(path: string, checksFile: boolean): Promise<Database> {
  const file = await SqliteFile.open(path, async (connection: SqliteConnection) => {
    if (checksFile) connection.checkFile();
    await migrate(new Kysely<Tables>({ dialect: sqliteDialect(connection) }), 'sqlite');
  });
  const db = new Kysely<Tables>({ dialect: sqliteDialect(file) });
  return {
    db,
    identity: await ensureIdentity(db),
    maxTransactions: 1,
    lock: async () => {},
    flushOf: () => file.flushOf(),
    async close() {
      try {
        if (file.isOpen) await file.flushOf()();
      } finally {
        await db.destroy();
      }
    },
  };
}

async function openPostgres(url: string): Promise<Database> {
  // A command that reads an SQLite file starts without the driver.
  const { lockInPostgres, MAX_POSTGRES_TRANSACTIONS, postgresDialect, postgresForMigrations } =
    await import('./postgres.ts');
  const forMigrations = new Kysely<Tables>({ dialect: postgresForMigrations(url) });
  try {
    await migrate(forMigrations, 'postgres');
  } finally {
    await forMigrations.destroy();
  }
  const db = new Kysely<Tables>({ dialect: postgresDialect(url) });
  const identity = await ensureIdentity(db);
  return { db, identity, maxTransactions: MAX_POSTGRES_TRANSACTIONS, lock: lockInPostgres, close: () => db.destroy() };
}
