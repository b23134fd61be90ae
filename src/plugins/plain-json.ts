const MAX_DEPTH = 50;

/**
 * A copy of a value that is plain JSON; throws for anything that would come back as something else, and names it:
 * "state.when is a Date". A property that is `undefined` is left out, as JSON does.
 */
export function plainJson<T>(value: T, name: string, most = Infinity): T {
  const found = foreign(value, name, 0);
  if (found !== undefined)
    throw new Error(`${found}. Keep plain JSON: texts, numbers, booleans, null, lists, objects.`);
  const json = JSON.stringify(value) as string | undefined;
  if (json === undefined) throw new Error(`${name} is missing`);
  if (json.length > most) throw new Error(`${name} has ${json.length} characters as JSON; at most ${most} are kept`);
  return JSON.parse(json) as T;
}

/** Says what is no JSON, and where. */
function foreign(value: unknown, path: string, depth: number): string | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined;
    case 'number':
      return Number.isFinite(value) ? undefined : `${path} is ${value}`;
    case 'object':
      return value === null ? undefined : foreignPart(value, path, depth);
    default:
      return `${path} is a ${typeof value}`;
  }
}

function foreignPart(value: object, path: string, depth: number): string | undefined {
  if (depth > MAX_DEPTH) return `${path} is nested more than ${MAX_DEPTH} levels deep, or contains itself`;
  if (!Array.isArray(value) && !isPlain(value)) return `${path} is a ${value.constructor.name}`;
  for (const [key, part] of Object.entries(value)) {
    if (part === undefined && !Array.isArray(value)) continue;
    const found = foreign(part, `${path}.${key}`, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** Makes sure that nobody changes it for the others. */
export function frozen<T>(json: T): T {
  if (typeof json === 'object' && json !== null && !Object.isFrozen(json)) {
    Object.freeze(json);
    for (const part of Object.values(json)) frozen<unknown>(part);
  }
  return json;
}
