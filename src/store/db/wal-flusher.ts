import fs from 'node:fs';

/**
 * Flushes the write-ahead log of an open SQLite file with `fdatasync`, on libuv's thread pool, so that the process goes on
 * meanwhile. A flush covers the commits of all processes.
 */
export class WalFlusher {
  readonly #path: string;
  #descriptor: number | undefined;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  /** After a failed flush the kernel may have dropped the pages, and would report success for the next one. */
  #failure: { readonly error: unknown } | undefined;

  constructor(databasePath: string) {
    this.#path = `${databasePath}-wal`;
  }

  /** Resolves when everything that was committed before is on disk. One flush serves all who wait for the next. */
  flush(): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure.error);
    if (this.#next) return this.#next;
    if (!this.#running) return this.#start();
    // The one that is running may have begun before the commit.
    this.#next = this.#running.then(() => this.#start());
    return this.#next;
  }

  /** Flushes that are running end first: their descriptor must not become that of another file. */
  close(): void {
    const descriptor = this.#descriptor;
    this.#descriptor = undefined;
    this.#failure ??= { error: Object.assign(new Error(`${this.#path} is closed`), { code: 'EBADF' }) };
    if (descriptor === undefined) return;
    // SQLite has no lock on the log, which a close would release.
    const close = () => fs.closeSync(descriptor);
    if (this.#running) void this.#running.then(close, close);
    else close();
  }

  #start(): Promise<void> {
    this.#next = undefined;
    this.#running = this.#flushLog().then(
      () => {
        this.#running = undefined;
      },
      (error: unknown) => {
        this.#running = undefined;
        this.#failure ??= { error };
        throw error;
      },
    );
    return this.#running;
  }

  async #flushLog(): Promise<void> {
    if (this.#failure) throw this.#failure.error;
    // There is a log once something was committed, and it stays while the connection is open.
    this.#descriptor ??= fs.openSync(this.#path, 'r+');
    const descriptor = this.#descriptor;
    await new Promise<void>((resolve, reject) => {
      fs.fdatasync(descriptor, (error) => (error ? reject(error) : resolve()));
    });
  }
}
