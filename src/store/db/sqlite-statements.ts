import type { SqliteStatement } from 'kysely';
import type Libsql from 'libsql';

/** Lists of different lengths make different statements; the ones used last stay. */
const MAX_STATEMENTS = 200;

/** Called with every error that SQLite reports, before it is thrown. */
export type OnSqliteError = (error: unknown) => void;

/** Prepared statements of one connection, by their SQL. */
export class SqliteStatements {
  readonly #database: InstanceType<typeof Libsql>;
  /** In the order of their last use. */
  readonly #statements = new Map<string, SqliteStatement>();

  readonly #onError: OnSqliteError;

  constructor(database: InstanceType<typeof Libsql>, onError: OnSqliteError) {
    this.#database = database;
    this.#onError = onError;
  }

  /** The statement for this SQL, prepared if it is not there. SQLite adapts it to a changed schema by itself. */
  prepare(sql: string): SqliteStatement {
    const known = this.#statements.get(sql);
    const statement = known ?? this.#prepareNew(sql);
    if (known) this.#statements.delete(sql);
    else if (this.#statements.size >= MAX_STATEMENTS) this.#dropOldest();
    this.#statements.set(sql, statement);
    return statement;
  }

  /** Forgets all of them; the connection is about to close. */
  clear(): void {
    this.#statements.clear();
  }

  #prepareNew(sql: string): SqliteStatement {
    const statement = this.#reporting(() => this.#database.prepare(sql));
    // Asking the library takes as long as running a small statement, and Kysely asks at every execution.
    const reader = statement.reader;
    return {
      reader,
      all: (parameters) => this.#reporting(() => statement.all(parameters)),
      run: (parameters) => this.#reporting(() => statement.run(parameters)),
      iterate: (parameters) => statement.iterate(parameters),
    };
  }

  #reporting<T>(operation: () => T): T {
    try {
      return operation();
    } catch (error) {
      this.#onError(error);
      throw error;
    }
  }

  #dropOldest(): void {
    const [oldest] = this.#statements.keys();
    if (oldest !== undefined) this.#statements.delete(oldest);
  }
}
