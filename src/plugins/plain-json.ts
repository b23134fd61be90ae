const MAX_JSON_DEPTH = 50;

/**
 * Copies a value that is plain JSON; throws for anything that JSON would change, and names it: "state.when is a Date". A
 * property that is `undefined` is left out, as JSON does. `max` is the longest JSON text allowed, in characters.
 */
export function copyPlainJson<T>(value: T, name: string, max = Infinity): T {
  const found = findForeign(value, name, 0);
  if (found !== undefined)
    throw new Error(`${found}. Keep plain JSON: texts, numbers, booleans, null, lists, objects.`);
  const json = JSON.stringify(value) as string | undefined;
  if (json === undefined) throw new Error(`${name} is missing`);
  if (json.length > max) throw new Error(`${name} has ${json.length} characters as JSON; at most ${max} are allowed`);
  return JSON.parse(json) as T;
}

/** What is not JSON, and where; `undefined` when all of it is. */
function findForeign(value: unknown, path: string, depth: number): string | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined;
    case 'number':
      return Number.isFinite(value) ? undefined : `${path} is ${value}`;
    case 'object':
      return value === null ? undefined : findForeignPart(value, path, depth);
    default:
      return `${path} is a ${typeof value}`;
  }
}

function findForeignPart(value: object, path: string, depth: number): string | undefined {
  if (depth > MAX_JSON_DEPTH) return `${path} is nested more than ${MAX_JSON_DEPTH} levels deep, or contains itself`;
  if (!Array.isArray(value) && !isPlain(value)) return `${path} is a ${value.constructor.name}`;
  for (const [key, part] of Object.entries(value)) {
    if (part === undefined && !Array.isArray(value)) continue;
    const found = findForeign(part, `${path}.${key}`, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** Freezes a JSON value with everything in it, because several plugins get the same one, and returns it. */
export function freezeJson<T>(json: T): T {
  if (typeof json === 'object' && json !== null && !Object.isFrozen(json)) {
    Object.freeze(json);
    for (const part of Object.values(json)) freezeJson<unknown>(part);
  }
  return json;
}
