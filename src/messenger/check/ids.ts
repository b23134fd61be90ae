import { asText, isObject, recordOf } from './json.ts';
import { MalformedError } from './malformed-error.ts';

/** Ids of Pages and people become part of workflow ids and send ids, where `:` and `/` separate. */
const ACCOUNT_ID = /^[\w.-]{1,255}$/;
const MAX_MID_CHARS = 1000;
/** Deeper than anything Meta sends; keeps recursion off the end of the stack. */
const MAX_DEPTH = 64;

/** An id as text, also when Meta printed a number. `undefined` if digits of it are already lost. */
export function asId(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined;
  return asText(value) || undefined;
}

/** The id of a Page or a person. */
export function asAccountId(value: unknown): string | undefined {
  const id = asId(value);
  return id !== undefined && ACCOUNT_ID.test(id) ? id : undefined;
}

export function asMid(value: unknown): string | undefined {
  const mid = asId(value);
  return mid !== undefined && mid.length <= MAX_MID_CHARS ? mid : undefined;
}

/** A copy in which every number under `id` or `…_id` is text, as ids are everywhere else. */
export function withIdsAsText(value: unknown, depth = 0): unknown {
  if (depth > MAX_DEPTH) throw new MalformedError(`value is nested deeper than ${MAX_DEPTH} levels`);
  if (Array.isArray(value)) return value.map((item) => withIdsAsText(item, depth + 1));
  if (!isObject(value)) return value;
  return recordOf(
    Object.entries(value).map(([key, part]) => [
      key,
      typeof part === 'number' && /(?:^|_)id$/.test(key) ? (asId(part) ?? part) : withIdsAsText(part, depth + 1),
    ]),
  );
}
