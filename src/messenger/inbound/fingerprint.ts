import { isObject } from '../check/json.ts';

const OFFSET = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;
const MAX_HASH_LEVELS = 64;

/**
 * A hash of JSON as 16 hex digits, independent of the order of keys. URLs are left out: a redelivered event can have
 * another signed URL for the same photo.
 */
export function fingerprint(value: unknown): string {
  return fnv1a64(canonical(value, 0));
}

/** FNV-1a over UTF-16 code units. Distinguishes events of one person at one time; not cryptographic. */
function fnv1a64(text: string): string {
  let hash = OFFSET;
  for (let index = 0; index < text.length; index += 1) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(index))) * PRIME);
  }
  return hash.toString(16).padStart(16, '0');
}

/** Numbers become text, because Meta writes the same id both ways. */
function canonical(value: unknown, depth: number): string {
  if (depth > MAX_HASH_LEVELS) return '…';
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, depth + 1)).join()}]`;
  if (!isObject(value)) return JSON.stringify(String(value));
  const fields = Object.entries(value)
    .filter(([, part]) => !isWebUrl(part))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, part]) => `${JSON.stringify(key)}:${canonical(part, depth + 1)}`);
  return `{${fields.join()}}`;
}

function isWebUrl(value: unknown): boolean {
  return typeof value === 'string' && /^https?:\/\//i.test(value);
}
