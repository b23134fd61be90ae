import type { Readable } from 'node:stream';

const KEPT_LINES = 20;

/** Keeps the last lines that streams have written, for the day something has to be explained. */
export function keepTail(...streams: readonly Readable[]): () => string {
  let tail = '';
  for (const stream of streams) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      tail = (tail + chunk).split('\n').slice(-KEPT_LINES).join('\n');
    });
  }
  return () => tail.trim();
}
