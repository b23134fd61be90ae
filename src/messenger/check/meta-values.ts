/** Values that Meta writes in more than one way: ids as numbers or text, times in seconds or milliseconds. */

import { isObject, MalformedError, recordOf } from './json.ts';

/** Ids of Pages and people become part of workflow ids and send ids, where `:` and `/` separate. */
const ACCOUNT_ID = /^[\w.-]{1,255}$/;
const MAX_MID_CHARS = 1000;
/** Deeper than anything Meta sends; keeps the recursion from overflowing the stack. */
const MAX_NESTING_LEVELS = 64;

/** The text as it came, without NUL, which PostgreSQL cannot store; `undefined` for anything but text. */
export function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value.replaceAll('\0', '') : undefined;
}

/** An id as text, also when Meta wrote a number. `undefined` for a number too large to be exact. */
export function asId(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined;
  return asText(value) || undefined;
}

/** The id of a Page or a person; `undefined` if it could not be part of a workflow id. */
export function asAccountId(value: unknown): string | undefined {
  const id = asId(value);
  return id !== undefined && ACCOUNT_ID.test(id) ? id : undefined;
}

/** A message id (Meta's `mid`), at most 1,000 characters. */
export function asMid(value: unknown): string | undefined {
  const mid = asId(value);
  return mid !== undefined && mid.length <= MAX_MID_CHARS ? mid : undefined;
}

/** A copy in which every number under `id` or `…_id` is text, as ids are everywhere else. */
export function withIdsAsText(value: unknown, depth = 0): unknown {
  if (depth > MAX_NESTING_LEVELS) {
    throw new MalformedError(`value is nested deeper than ${MAX_NESTING_LEVELS} levels`);
  }
  if (Array.isArray(value)) return value.map((item) => withIdsAsText(item, depth + 1));
  if (!isObject(value)) return value;
  return recordOf(
    Object.entries(value).map(([key, part]) => [
      key,
      typeof part === 'number' && /(?:^|_)id$/.test(key) ? (asId(part) ?? part) : withIdsAsText(part, depth + 1),
    ]),
  );
}

const SECONDS_END = 1e11;
const MILLISECONDS_END = 1e14;

/**
 * A point in time in epoch ms, whichever unit Meta used: most webhooks have milliseconds, lead ads and calls have
 * seconds, and the dashboard's test prints digits as text. The magnitude decides: 1e11 s is the year 5138, 1e11 ms is 1973.
 */
export function epochMs(value: unknown): number | undefined {
  const count = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
  if (typeof count !== 'number' || !Number.isFinite(count) || count <= 0 || count > Number.MAX_SAFE_INTEGER) {
    return undefined;
  }
  if (count < SECONDS_END) return Math.round(count * 1000);
  return Math.round(count < MILLISECONDS_END ? count : count / 1000);
}
