import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { SqliteStatement } from 'kysely';
import { BotError } from '../../domain/bot-error.ts';
import { createFileChecks } from './file-check.ts';
import type { Flush } from './group-commit.ts';
import { fileIdOf, requireSameStore, type KnownFile } from './known-file.ts';
import { retryWhileBusy, SqliteConnection } from './sqlite-connection.ts';
import type { SqliteWriter } from './sqlite-dialect.ts';
import { isDamage, toStoreError } from './store-error.ts';
import type { StoreIdentity } from './store-identity.ts';

/** How long a start waits for another process, which may be changing the schema. */
const MAX_OPENING_WAIT_MS = 30_000;

/** Updates the schema of a file that was just opened, and reads its identity. */
export type Prepare = (connection: SqliteConnection) => Promise<StoreIdentity>;

/**
 * The connection to a SQLite file. It is closed when the file is removed or replaced, because SQLite itself would go on
 * writing to the deleted file, and opened again when the file is back. A damaged file is not used any more.
 */
export class SqliteFile implements SqliteWriter {
  readonly #path: string;
  readonly #prepare: Prepare;
  /** Begins a check for damage when one is due. */
  readonly inspect: () => Promise<void>;
  #connection: SqliteConnection | undefined;
  /** The file that was opened last. */
  #known: KnownFile | undefined;
  /** After a failed flush nobody knows which pages of the log are on disk. */
  #distrustsLog = false;
  #damage: BotError | undefined;

  private constructor(path: string, prepare: Prepare) {
    this.#path = path;
    this.#prepare = prepare;
    this.inspect = createFileChecks(path, (error) => this.#markDamaged(error));
  }

  /** Creates the file and its folder if they are not there. */
  static async open(path: string, prepare: Prepare): Promise<SqliteFile> {
    mkdirSync(dirname(path), { recursive: true });
    const file = new SqliteFile(path, prepare);
    await retryWhileBusy(() => file.check(), MAX_OPENING_WAIT_MS);
    return file;
  }

  async check(): Promise<void> {
    if (this.#damage) throw this.#damage;
    if (this.#connection && this.#isInPlace()) return;
    this.close();
    if (this.#known) requireSameStore(this.#path, this.#known);
    const connection = await SqliteConnection.open(this.#path, (error) => this.#markDamaged(error));
    try {
      if (this.#distrustsLog) connection.checkpoint();
      const identity = await this.#prepare(connection);
      this.#known = { identity, fileId: fileIdOf(this.#path), logId: fileIdOf(`${this.#path}-wal`) };
    } catch (error) {
      connection.close();
      throw error;
    }
    this.#distrustsLog = false;
    this.#connection = connection;
  }

  get isOpen(): boolean {
    return this.#connection !== undefined;
  }

  get identity(): StoreIdentity {
    if (this.#known) return this.#known.identity;
    throw this.#closedError();
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
      // What was committed to a file that is gone is not stored.
      if (connection !== this.#connection || !this.#isInPlace()) await this.check();
    };
  }

  /** Empties the write-ahead log into the file. @throws while another process prevents it. */
  async scrub(): Promise<void> {
    await this.check();
    await retryWhileBusy(() => this.#opened().checkpoint());
  }

  prepare(sql: string): SqliteStatement {
    return this.#opened().prepare(sql);
  }

  close(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }

  #isInPlace(): boolean {
    return this.#known?.fileId !== undefined && fileIdOf(this.#path) === this.#known.fileId;
  }

  /** Later writes could make it worse, so that a person has to decide; an error that is not about damage changes nothing. */
  #markDamaged(error: unknown): void {
    if (isDamage(error)) this.#damage ??= toStoreError(error);
  }

  #opened(): SqliteConnection {
    if (this.#connection) return this.#connection;
    throw this.#closedError();
  }

  #closedError(): BotError {
    return new BotError('store_unavailable', `The store is closed: ${this.#path} is not open any more.`);
  }
}
