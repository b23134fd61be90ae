import type { IncomingMessage, ServerResponse } from 'node:http';

/** So many bytes of every body always find room: Meta's usual webhook is a tenth of it. */
const FREE_BYTES = 32 * 1024;

/** What became of reading a body. */
export type ReadBody =
  | { readonly status: 'read'; readonly body: Buffer }
  /** Bodies that are under way hold all the memory there is for them. */
  | { readonly status: 'no_room' }
  | { readonly status: 'too_large' }
  /** The client closed the connection before the end. */
  | { readonly status: 'cut' };

/** Limits of `createBodyReader`, in bytes. */
export interface BodyLimits {
  /** The largest body. */
  readonly maxBytes: number;
  /** What all bodies may hold at once beyond the first 32 KiB of each. */
  readonly bufferBytes: number;
}

/**
 * Creates a reader of request bodies, which have to be read before their signature can be checked. Only bytes that have
 * arrived take memory, however many a client announces, and the first ones of each body are not counted: those who send
 * large or unfinished bodies cannot crowd out others. A body holds its memory until its response is closed.
 */
export function createBodyReader({ maxBytes, bufferBytes }: BodyLimits) {
  let heldBytes = 0;

  return function readBody(request: IncomingMessage, response: ServerResponse): Promise<ReadBody> {
    return new Promise((resolve) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      let held = 0;
      response.once('close', () => {
        heldBytes -= held;
        held = 0;
      });

      function hold(): boolean {
        const beyond = Math.max(0, bytes - FREE_BYTES) - held;
        if (heldBytes + beyond > bufferBytes) return false;
        held += beyond;
        heldBytes += beyond;
        return true;
      }

      function take(chunk: Buffer): void {
        bytes += chunk.length;
        if (bytes > maxBytes) finish({ status: 'too_large' });
        else if (hold()) chunks.push(chunk);
        else finish({ status: 'no_room' });
      }
      const end = () => finish({ status: 'read', body: Buffer.concat(chunks) });
      const cut = () => finish({ status: 'cut' });

      function finish(outcome: ReadBody): void {
        request.off('data', take).off('end', end).off('close', cut);
        resolve(outcome);
      }

      request.on('data', take).once('end', end).once('close', cut);
      // Stays: the connection may also break while the answer is on its way, which changes nothing then.
      request.on('error', cut);
      if (Number(request.headers['content-length'] ?? 0) > maxBytes) finish({ status: 'too_large' });
    });
  };
}
