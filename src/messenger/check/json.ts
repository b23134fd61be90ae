/** JSON that comes from outside: from Meta, from a bot that is plain JavaScript, or from a database. */

/** An object whose values have not been checked yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** True for an object that is neither `null` nor a list. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value under a key. `null` counts as missing; inherited properties do not exist. */
export function valueAt(from: JsonObject, key: string): unknown {
  return Object.hasOwn(from, key) ? (from[key] ?? undefined) : undefined;
}

/** An object whose keys are data, without `__proto__`, which would change what a later copy inherits. */
export function recordOf<T>(entries: Iterable<readonly [string, T]>): Record<string, T> {
  return Object.fromEntries([...entries].filter(([key]) => key !== '__proto__'));
}

type UndefinedForOptional<T> = { readonly [K in keyof T]-?: object extends Pick<T, K> ? T[K] | undefined : T[K] };

/** An object without the fields that are `undefined`, so that what Meta left out stays left out. */
export function compact<T extends object>(fields: UndefinedForOptional<T>): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

/** Describes the type of a value for an error message, without the value itself, which may be personal data. */
export function shapeOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return value === '' ? 'empty' : `text of ${value.length} characters`;
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** Input that does not have the shape Meta documents. The message names the field, never its value. */
export class MalformedError extends Error {}

/** Runs `read`; a {@link MalformedError} from it gets `place` as the prefix of its path. */
export function within<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (problem) {
    if (problem instanceof MalformedError) throw new MalformedError(`${place}.${problem.message}`);
    throw problem;
  }
}
