import type { SqliteStatement } from 'kysely';
import type Libsql from 'libsql';

/** Lists of different lengths make different statements; the ones used last stay. */
const MAX_STATEMENTS = 200;

/** Prepared statements of one connection, by their SQL. */
export class SqliteStatements {
  readonly #database: InstanceType<typeof Libsql>;
  /** In the order of their last use. */
  readonly #statements = new Map<string, SqliteStatement>();

  constructor(database: InstanceType<typeof Libsql>) {
    this.#database = database;
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
    const statement = this.#database.prepare(sql);
    // Asking the library takes as long as running a small statement, and Kysely asks at every execution.
    const reader = statement.reader;
    return {
      reader,
      all: (parameters) => statement.all(parameters),
      run: (parameters) => statement.run(parameters),
      iterate: (parameters) => statement.iterate(parameters),
    };
  }

  #dropOldest(): void {
    const [oldest] = this.#statements.keys();
    if (oldest !== undefined) this.#statements.delete(oldest);
  }
}
