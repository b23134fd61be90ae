import { createHash } from 'node:crypto';

/** PostgreSQL indexes no value above some 2,700 bytes; Meta's ids are far below. */
const MAX_KEY_BYTES = 1000;

/** The id for an indexed column: itself, or its hash if it is too long for an index. */
export function shortKey(id: string): string {
  if (Buffer.byteLength(id) <= MAX_KEY_BYTES) return id;
  return `sha256:${createHash('sha256').update(id).digest('hex')}`;
}
