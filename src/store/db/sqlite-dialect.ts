import {
  type DatabaseConnection,
  type Dialect,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDialect,
  SqliteDriver,
} from 'kysely';

/** What the dialect needs of a SQLite database besides what Kysely needs. */
export interface SqliteWriter extends SqliteDatabase {
  /** Runs before each use; rejects if the database cannot be used now. */
  check?(): Promise<void>;
  /** Begins a transaction with the write lock. */
  begin(): Promise<void>;
  /** Ends an open transaction without a commit. */
  rollback(): void;
}

/** Kysely's dialect, with transactions that take the write lock at once, and atomic migrations. */
export function sqliteDialect(database: SqliteWriter): Dialect {
  const plain = new SqliteDialect({ database });
  return {
    createAdapter: () => new TransactionalDdlAdapter(),
    createDriver: () => new LockingDriver(database),
    createIntrospector: (db) => plain.createIntrospector(db),
    createQueryCompiler: () => plain.createQueryCompiler(),
  };
}

class TransactionalDdlAdapter extends SqliteAdapter {
  /** SQLite rolls schema changes back; Kysely relies on it only if the adapter says so. */
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class LockingDriver extends SqliteDriver {
  readonly #database: SqliteWriter;

  constructor(database: SqliteWriter) {
    super({ database });
    this.#database = database;
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await super.acquireConnection();
    try {
      await this.#database.check?.();
      return connection;
    } catch (error) {
      await this.releaseConnection();
      throw error;
    }
  }

  override async beginTransaction(_connection: DatabaseConnection): Promise<void> {
    await this.#database.begin();
  }

  override async rollbackTransaction(_connection: DatabaseConnection): Promise<void> {
    this.#database.rollback();
  }
}
