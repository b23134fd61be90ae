import { setTimeout as delay } from 'node:timers/promises';
import type { SqliteDatabase, SqliteStatement } from 'kysely';
import Libsql from 'libsql';

/** How long we wait for another process that is writing. */
const MAX_BUSY_WAIT_MS = 5000;
const BUSY_RETRY_MS = 5;
/** SQLite waits with the whole process; so it waits briefly, and we wait for the rest. */
const BUSY_TIMEOUT_MS = 50;

/** An open SQLite file. A commit is on disk when it returns (WAL, synchronous=FULL). */
export class SqliteConnection implements SqliteDatabase {
  readonly #database: InstanceType<typeof Libsql>;

  private constructor(database: InstanceType<typeof Libsql>) {
    this.#database = database;
  }

  /** Never makes the folder: one that is gone may be a volume that is not mounted at the moment. */
  static open(path: string): Promise<SqliteConnection> {
    return retryWhileBusy(() => {
      const database = openSqliteFile(path);
      try {
        database.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
        database.pragma('journal_mode = WAL');
        database.pragma('synchronous = FULL');
      } catch (error) {
        database.close();
        throw error;
      }
      return new SqliteConnection(database);
    });
  }

  prepare(sql: string): SqliteStatement {
    return this.#database.prepare(sql);
  }

  /** Begins to write: the lock is taken at once, so that nothing read in the transaction is stale. */
  async begin(): Promise<void> {
    // A roll-back that failed, on a full disk for instance, left its transaction open.
    this.rollback();
    await retryWhileBusy(() => this.#database.exec('begin immediate'));
  }

  /** Takes back what is not committed; after some errors SQLite has done so by itself. */
  rollback(): void {
    if (this.#database.inTransaction) this.#database.exec('rollback');
  }

  close(): void {
    this.#database.close();
  }
}

/** The library says what it could not open without saying so in a code. */
function openSqliteFile(path: string): InstanceType<typeof Libsql> {
  try {
    return new Libsql(path);
  } catch (cause) {
    throw Object.assign(new Error(`${path} cannot be opened`, { cause }), { code: 'SQLITE_CANTOPEN' });
  }
}

/** Tries again while another process has the file. */
async function retryWhileBusy<T>(act: () => T): Promise<T> {
  const until = Date.now() + MAX_BUSY_WAIT_MS;
  for (;;) {
    try {
      return act();
    } catch (error) {
      if (!isBusy(error) || Date.now() > until) throw error;
      await delay(BUSY_RETRY_MS);
    }
  }
}

function isBusy(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^SQLITE_(BUSY|LOCKED)/.test(code);
}
