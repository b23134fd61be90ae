import {
  type DatabaseConnection,
  type Dialect,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDialect,
  SqliteDriver,
} from 'kysely';

/** What a SQLite database must be able to do for us beside what Kysely asks of it. */
export interface SqliteWriter extends SqliteDatabase {
  /** Runs before each use; rejects when the database cannot be used at the moment. */
  check?(): Promise<void>;
  begin(): Promise<void>;
  rollback(): void;
}

/** Kysely's dialect, with transactions that lock at once and migrations that happen wholly or not at all. */
export function sqliteDialect(database: SqliteWriter): Dialect {
  const usual = new SqliteDialect({ database });
  return {
    createAdapter: () => new TransactionalDdlAdapter(),
    createDriver: () => new LockingDriver(database),
    createIntrospector: (db) => usual.createIntrospector(db),
    createQueryCompiler: () => usual.createQueryCompiler(),
  };
}

class TransactionalDdlAdapter extends SqliteAdapter {
  /** SQLite can take back what a transaction did to the schema; Kysely does not count on it unless told. */
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
