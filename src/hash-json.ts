import { createHash } from 'node:crypto';

/** SHA-256 of values as JSON, in hexadecimal digits: tells requests apart, and names them without their content. */
export function hashJson(...values: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(values)).digest('hex');
}
