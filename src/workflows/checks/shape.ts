/**
 * Checks of values that come from outside: signals, updates and inputs, which anybody with access to Temporal can send by
 * hand. A check returns what is wrong as the end of a path, `.event.kind is missing`, and never quotes the value.
 */

/** What is wrong with a value; `undefined` when nothing is. */
export type Check = (value: unknown) => string | undefined;

/** JSON that is nested deeper could not be walked. */
const MAX_DEPTH = 100;
/** Times beyond this one are no dates, in epoch ms. */
const MAX_TIME_MS = 4e15;

/** Any text. */
export const text: Check = (value) => (typeof value === 'string' ? undefined : wrong(value, 'a text'));

/** True or false. */
export const flag: Check = (value) => (typeof value === 'boolean' ? undefined : wrong(value, 'true or false'));

/** Any list. */
export const someList: Check = (value) => (Array.isArray(value) ? undefined : wrong(value, 'a list'));

/** Any object. */
export const someObject: Check = (value) => (isObject(value) ? undefined : wrong(value, 'an object'));

/** A point in time, epoch ms. */
export const time: Check = wholeNumber(0, MAX_TIME_MS);

/** A whole number from `min` to `max`. */
export function wholeNumber(min: number, max: number): Check {
  return (value) =>
    Number.isInteger(value) && (value as number) >= min && (value as number) <= max
      ? undefined
      : wrong(value, `a whole number from ${min} to ${max}`);
}

/** A text of at most `max` characters. */
export function shortText(max: number): Check {
  return (value) =>
    typeof value === 'string' && value.length <= max ? undefined : wrong(value, `a text of at most ${max} characters`);
}

/** One of several texts. */
export function oneOf(...texts: readonly string[]): Check {
  return (value) => (texts.includes(value as string) ? undefined : wrong(value, `one of ${texts.join(', ')}`));
}

/** The value, or nothing. */
export function optional(check: Check): Check {
  return (value) => (value === undefined ? undefined : check(value));
}

/** A list of at most `max` items, each as `check` wants it. */
export function list(check: Check, max = Infinity): Check {
  return (value) => {
    if (!Array.isArray(value)) return wrong(value, 'a list');
    if (value.length > max) return ` has ${value.length} items; at most ${max} are allowed`;
    for (const [index, item] of value.entries()) {
      const problem = check(item);
      if (problem !== undefined) return `[${index}]${problem}`;
    }
    return undefined;
  };
}

/** An object with at least these properties. */
export function shape(properties: Readonly<Record<string, Check>>): Check {
  const checks = Object.entries(properties);
  return (value) => {
    if (!isObject(value)) return wrong(value, 'an object');
    for (const [name, check] of checks) {
      const problem = check(value[name]);
      if (problem !== undefined) return `.${name}${problem}`;
    }
    return undefined;
  };
}

/** JSON that can be walked, whatever is in it. */
export const shallow: Check = (value) =>
  isDeeperThan(value, MAX_DEPTH) ? ` is nested more than ${MAX_DEPTH} levels deep` : undefined;

/** What both checks want. */
export function both(one: Check, other: Check): Check {
  return (value) => one(value) ?? other(value);
}

/** Whether a value is an object with properties, and no list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isDeeperThan(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth === 0) return true;
  for (const part of Object.values(value)) if (isDeeperThan(part, depth - 1)) return true;
  return false;
}

function wrong(value: unknown, wanted: string): string {
  if (value === undefined) return ' is missing, or cannot be decoded';
  const found = value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`;
  return ` is ${found} where ${wanted} is expected`;
}
