import { isObject } from '../check/json.ts';

const OFFSET = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;
const MAX_DEPTH = 64;

/**
 * Sixteen hex digits that are the same for the same JSON, whatever the order of its keys. Addresses are left out:
 * a redelivered event can carry another signed address for the same photo.
 */
export function fingerprint(value: unknown): string {
  return fnv1a64(canonical(value, 0));
}

/** FNV-1a over UTF-16 code units. It tells events of one person and one moment apart; it is no protection. */
function fnv1a64(text: string): string {
  let hash = OFFSET;
  for (let index = 0; index < text.length; index += 1) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(index))) * PRIME);
  }
  return hash.toString(16).padStart(16, '0');
}

/** Numbers are written like text, because Meta prints the same id both ways. */
function canonical(value: unknown, depth: number): string {
  if (depth > MAX_DEPTH) return '…';
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, depth + 1)).join()}]`;
  if (!isObject(value)) return JSON.stringify(String(value));
  const fields = Object.entries(value)
    .filter(([, part]) => !isAddress(part))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, part]) => `${JSON.stringify(key)}:${canonical(part, depth + 1)}`);
  return `{${fields.join()}}`;
}

function isAddress(value: unknown): boolean {
  return typeof value === 'string' && /^https?:\/\//i.test(value);
}
