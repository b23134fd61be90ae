import { existsSync } from 'node:fs';
import { Kysely } from 'kysely';
import { checkSqliteFile } from './file-check.ts';
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
  /** Begins a check for damage when one is due: the next use fails if it finds some. PostgreSQL has none. */
  readonly inspect?: () => Promise<void>;
  /**
   * Empties the write-ahead log into the file, so that neither has what was deleted. PostgreSQL has none. @throws while another
   * connection reads an old state.
   */
  readonly scrub?: () => Promise<void>;
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
  if (checksFile && existsSync(path)) await checkSqliteFile(path);
  const file = await SqliteFile.open(path, async (connection: SqliteConnection) => {
    const bare = new Kysely<Tables>({ dialect: sqliteDialect(connection) });
    await migrate(bare, 'sqlite');
    return ensureIdentity(bare);
  });
  const db = new Kysely<Tables>({ dialect: sqliteDialect(file) });
  return {
    db,
    identity: file.identity,
    maxTransactions: 1,
    lock: async () => {},
    flushOf: () => file.flushOf(),
    inspect: () => file.inspect(),
    scrub: () => file.scrub(),
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
  let identity: StoreIdentity;
  const forMigrations = new Kysely<Tables>({ dialect: postgresForMigrations(url) });
  try {
    await migrate(forMigrations, 'postgres');
    identity = await ensureIdentity(forMigrations);
  } finally {
    await forMigrations.destroy();
  }
  const db = new Kysely<Tables>({ dialect: postgresDialect(url) });
  return { db, identity, maxTransactions: MAX_POSTGRES_TRANSACTIONS, lock: lockInPostgres, close: () => db.destroy() };
}
