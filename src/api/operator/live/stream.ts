import { Readable } from 'node:stream';

/** The body of one answer that goes on until one side ends it. */
export interface LiveStream {
  readonly body: Readable;
  /** Cuts a client that has not read what it was sent before: it comes back and goes on after the last event it has read. */
  write(text: string): void;
  /** Ends the answer; a client that does not read is cut. */
  end(): void;
}

/** What may wait for a client that does not read; the socket holds a little more. */
export const MAX_UNREAD_BYTES = 1024 * 1024;
/** How long the last bytes may take. */
const END_WITHIN_MS = 1000;

/** Opens a stream, with how long browsers wait before they connect again. */
export function createLiveStream(retryMs: number): LiveStream {
  const body = new Readable({ read() {} });
  let hasEnded = false;
  body.push(`retry: ${retryMs}\n\n`);
  return {
    body,
    write(text) {
      if (hasEnded || body.destroyed) return;
      if (body.readableLength > MAX_UNREAD_BYTES) body.destroy();
      else body.push(text);
    },
    end() {
      if (hasEnded) return;
      hasEnded = true;
      body.push(null);
      setTimeout(() => body.destroy(), END_WITHIN_MS).unref();
    },
  };
}
