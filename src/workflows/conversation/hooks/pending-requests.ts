/**
 * What one hook has asked everthread for: sends, activities, starts of sequences. They belong to the hook, which ends only
 * when all of them are done, and none is accepted after its end.
 */
export class PendingRequests {
  /** Requests that are not done yet. */
  pending = 0;
  #isClosed = false;

  /** True once the hook has ended. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Ends the hook: its context does nothing any more. */
  close(): void {
    this.#isClosed = true;
  }

  /** Throws once the hook has ended. */
  assertOpen(): void {
    if (!this.#isClosed) return;
    throw new Error('The hook is over; its context cannot be used any more. Await everything in the hook.');
  }

  /** Makes a request; throws once the hook has ended. */
  run<T>(request: () => Promise<T>): Promise<T> {
    this.assertOpen();
    return this.#settle(request);
  }

  /** Handles no failure: one that the hook does not await either is reported (`bot-code.ts`). */
  async #settle<T>(request: () => Promise<T>): Promise<T> {
    this.pending += 1;
    try {
      return await request();
    } finally {
      this.pending -= 1;
    }
  }
}
