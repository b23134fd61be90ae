import { createHash } from 'node:crypto';

/** PostgreSQL indexes no value beyond some 2,700 bytes; every id that Meta gives is far below. */
const MAX_KEY_BYTES = 1000;

/** An id as it stands in an indexed column: itself, or the hash of one that no index takes. */
export function shortKey(id: string): string {
  if (Buffer.byteLength(id) <= MAX_KEY_BYTES) return id;
  return `sha256:${createHash('sha256').update(id).digest('hex')}`;
}
