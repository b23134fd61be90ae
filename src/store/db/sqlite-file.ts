import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { SqliteStatement } from 'kysely';
import { BotError } from '../../domain/bot-error.ts';
import type { Flush } from './group-commit.ts';
import { SqliteConnection } from './sqlite-connection.ts';
import type { SqliteWriter } from './sqlite-dialect.ts';

/** Updates the schema of a file that was just opened. */
export type Migrate = (connection: SqliteConnection) => Promise<void>;

/**
 * The connection to a SQLite file, reopened after the file was removed or replaced: SQLite itself would go on writing to
 * the deleted file.
 */
export class SqliteFile implements SqliteWriter {
  readonly #path: string;
  readonly #migrate: Migrate;
  #connection: SqliteConnection | undefined;
  #inode: number | undefined;
  /** After a failed flush nobody knows which pages of the log are on disk. */
  #distrustsLog = false;

  private constructor(path: string, migrateFile: Migrate) {
    this.#path = path;
    this.#migrate = migrateFile;
  }

  static async open(path: string, migrateFile: Migrate): Promise<SqliteFile> {
    mkdirSync(dirname(path), { recursive: true });
    const file = new SqliteFile(path, migrateFile);
    await file.check();
    return file;
  }

  async check(): Promise<void> {
    if (this.#connection && this.#inode === this.#inodeNow()) return;
    this.close();
    const connection = await SqliteConnection.open(this.#path);
    try {
      if (this.#distrustsLog) connection.checkpoint();
      await this.#migrate(connection);
    } catch (error) {
      connection.close();
      throw error;
    }
    this.#distrustsLog = false;
    this.#connection = connection;
    this.#inode = this.#inodeNow();
  }

  get isOpen(): boolean {
    return this.#connection !== undefined;
  }

  begin(): Promise<void> {
    return this.#opened().begin();
  }

  rollback(): void {
    this.#connection?.rollback();
  }

  /** How to flush what the connection that is open now has committed. A failure closes this connection. */
  flushOf(): Flush {
    const connection = this.#opened();
    return async () => {
      try {
        await connection.flush();
      } catch (error) {
        if (connection === this.#connection) {
          this.#distrustsLog = true;
          this.close();
        }
        throw error;
      }
    };
  }

  prepare(sql: string): SqliteStatement {
    return this.#opened().prepare(sql);
  }

  close(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }

  #opened(): SqliteConnection {
    if (this.#connection) return this.#connection;
    throw new BotError('store_unavailable', `The store is closed: ${this.#path} is not open any more.`);
  }

  #inodeNow(): number | undefined {
    return statSync(this.#path, { throwIfNoEntry: false })?.ino;
  }
}
