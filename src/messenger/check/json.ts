export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `null` counts as missing; inherited properties do not exist. */
export function valueAt(from: JsonObject, key: string): unknown {
  return Object.hasOwn(from, key) ? (from[key] ?? undefined) : undefined;
}

/** Text as it came, without NUL, which PostgreSQL cannot store. */
export function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value.replaceAll('\0', '') : undefined;
}

/** An object whose keys are data, without the one key that could change what a later copy of it inherits. */
export function recordOf<T>(entries: Iterable<readonly [string, T]>): Record<string, T> {
  return Object.fromEntries([...entries].filter(([key]) => key !== '__proto__'));
}

type Fields<T> = { readonly [K in keyof T]-?: object extends Pick<T, K> ? T[K] | undefined : T[K] };

/** An object of only those fields that are known, so that what Meta left out is left out. */
export function compact<T extends object>(fields: Fields<T>): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
