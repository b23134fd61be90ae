import { setTimeout as delay } from 'node:timers/promises';
import type { SqliteDatabase, SqliteStatement } from 'kysely';
import Libsql from 'libsql';
import { type OnSqliteError, SqliteStatements } from './sqlite-statements.ts';
import { WalFlusher } from './wal-flusher.ts';

/** How long we wait for another process that writes: a webhook must be answered within Meta's 5 s. */
const MAX_BUSY_WAIT_MS = 3000;
const BUSY_RETRY_MS = 5;
/** SQLite's own wait blocks the process: it is short, and we retry for the rest of the time. */
const BUSY_TIMEOUT_MS = 50;

/**
 * An open SQLite file. A commit survives a crash of the process; it survives a power cut once it is flushed (WAL,
 * synchronous=NORMAL: SQLite itself flushes the log before a checkpoint, and the database after it).
 */
export class SqliteConnection implements SqliteDatabase {
  readonly #database: InstanceType<typeof Libsql>;
  readonly #statements: SqliteStatements;

  readonly #wal: WalFlusher;
  readonly #onError: OnSqliteError;

  private constructor(database: InstanceType<typeof Libsql>, path: string, onError: OnSqliteError) {
    this.#database = database;
    this.#onError = onError;
    this.#statements = new SqliteStatements(database, onError);
    this.#wal = new WalFlusher(path);
  }

  /** Never creates the folder: a missing one may be a volume that is not mounted. */
  static open(path: string, onError: OnSqliteError = () => {}): Promise<SqliteConnection> {
    return retryWhileBusy(() => {
      const database = openSqliteFile(path);
      try {
        database.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
        database.pragma('journal_mode = WAL');
        database.pragma('synchronous = NORMAL');
        // What is deleted is overwritten with zeros: an erased person is in no free page.
        database.pragma('secure_delete = ON');
      } catch (error) {
        database.close();
        throw error;
      }
      return new SqliteConnection(database, path, onError);
    });
  }

  prepare(sql: string): SqliteStatement {
    return this.#statements.prepare(sql);
  }

  /** Takes the write lock at once (`begin immediate`), so that nothing read in the transaction is stale. */
  async begin(): Promise<void> {
    // A rollback that failed, for instance on a full disk, left its transaction open.
    this.rollback();
    try {
      await retryWhileBusy(() => this.#database.exec('begin immediate'));
    } catch (error) {
      this.#onError(error);
      throw error;
    }
  }

  /** Ends an open transaction without a commit; after some errors SQLite has done so by itself. */
  rollback(): void {
    if (this.#database.inTransaction) this.#database.exec('rollback');
  }

  /** Resolves when everything that was committed before is on disk. Never succeeds again after it has failed once. */
  flush(): Promise<void> {
    return this.#wal.flush();
  }

  /**
   * Writes everything in the log to the database file, and flushes that.
   *
   * @throws while another process prevents it.
   */
  checkpoint(): void {
    const [row] = this.#database.pragma('wal_checkpoint(TRUNCATE)') as { readonly busy: number }[];
    if (row?.busy === 0) return;
    throw Object.assign(new Error('The write-ahead log is in use'), { code: 'SQLITE_BUSY' });
  }

  close(): void {
    this.#wal.close();
    this.#statements.clear();
    this.#database.close();
  }
}

/** The id of the store in this file, which must exist; `undefined` when it is none. Changes nothing in the file. */
export function readStoreId(path: string): string | undefined {
  const database = openSqliteFile(path);
  try {
    const rows = database.prepare('select store_id from store_identity').all() as { readonly store_id: string }[];
    return rows[0]?.store_id;
  } catch (error) {
    if (isBusy(error)) throw error;
    return undefined;
  } finally {
    database.close();
  }
}

/** Adds the error code that the library leaves out. */
function openSqliteFile(path: string): InstanceType<typeof Libsql> {
  try {
    return new Libsql(path);
  } catch (cause) {
    throw Object.assign(new Error(`${path} cannot be opened`, { cause }), { code: 'SQLITE_CANTOPEN' });
  }
}

/** Retries while another process holds the file. */
export async function retryWhileBusy<T>(operation: () => T | Promise<T>, maxWaitMs = MAX_BUSY_WAIT_MS): Promise<T> {
  const until = Date.now() + maxWaitMs;
  for (;;) {
    try {
      return await operation();
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
