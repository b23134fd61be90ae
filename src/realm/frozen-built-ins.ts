/**
 * Freezes the built-in objects of a realm. All conversations of a thread share them, so what one changes, others would see,
 * and a replay would not.
 */

/** What programs often give objects of their own by assignment; a frozen prototype would forbid that. */
const OVERRIDDEN: readonly PropertyKey[] = [
  'constructor',
  'name',
  'message',
  'toString',
  'toLocaleString',
  'valueOf',
  'toJSON',
  'bind',
];

type Properties = Map<PropertyKey, unknown>;

/**
 * Notes the built-in objects as they are now. The function that it returns freezes them, with what has been added since: a
 * polyfill that the bot adds while it is loaded. The bot is loaded again for each conversation; what it then assigns to the
 * same property is ignored while `isLoading` holds.
 */
export function noteBuiltIns(isLoading: () => boolean): () => void {
  const roots = findRoots();
  const pristine = new Map<object, Properties>();
  for (const object of reachable(roots)) pristine.set(object, propertiesOf(object));
  const iterators = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())) as object;
  let isFrozen = false;

  return () => {
    if (isFrozen) return;
    isFrozen = true;
    for (const object of reachable(roots)) {
      const known = pristine.get(object);
      for (const key of Reflect.ownKeys(object)) {
        const property = Reflect.getOwnPropertyDescriptor(object, key);
        if (!property?.configurable || !property.writable) continue;
        const isAdded = known !== undefined && (!known.has(key) || known.get(key) !== property.value);
        const mayOverride =
          isAdded ||
          object === Object.prototype ||
          object === iterators ||
          (isPrototype(object) && OVERRIDDEN.includes(key));
        if (mayOverride) allowOverride(object, key, property, isAdded ? isLoading : () => false);
      }
      Object.freeze(object);
    }
    pristine.clear();
  };
}

/** Turns a property into one that an object which inherits it may still assign. */
function allowOverride(object: object, key: PropertyKey, property: PropertyDescriptor, ignores: () => boolean): void {
  const { value, enumerable = false } = property as { value: unknown; enumerable?: boolean };
  Object.defineProperty(object, key, {
    enumerable,
    configurable: false,
    get: () => value,
    set(this: unknown, own: unknown) {
      if (this !== object && typeof this === 'object' && this !== null) {
        Object.defineProperty(this, key, { value: own, writable: true, enumerable: true, configurable: true });
      } else if (this !== object && typeof this === 'function') {
        Object.defineProperty(this, key, { value: own, writable: true, enumerable: true, configurable: true });
      } else if (!ignores()) {
        throw new TypeError(
          `Cannot assign to "${String(key)}" of a built-in object: all conversations share it. Write a function of your own.`,
        );
      }
    },
  });
}

/** The values of JavaScript's global names, and the objects that have none. */
function findRoots(): readonly object[] {
  const named = Reflect.ownKeys(globalThis)
    .filter((key) => typeof key === 'string' && !key.startsWith('__') && key !== 'globalThis')
    .map((key) => Reflect.getOwnPropertyDescriptor(globalThis, key)?.value as unknown);
  const hidden = [
    async function () {},
    function* () {},
    async function* () {},
    [][Symbol.iterator](),
    new Map()[Symbol.iterator](),
    new Set()[Symbol.iterator](),
    ''[Symbol.iterator](),
    /a/[Symbol.matchAll](''),
  ].map((value) => Object.getPrototypeOf(value) as unknown);
  return [...named, ...hidden].filter(isObject);
}

/** Every object of this realm that these lead to: by properties, accessors and prototypes. */
function reachable(roots: readonly object[]): Set<object> {
  const found = new Set<object>();
  const open = [...roots];
  for (let object = open.pop(); object; object = open.pop()) {
    if (found.has(object) || !isOfThisRealm(object)) continue;
    found.add(object);
    const values: unknown[] = [Object.getPrototypeOf(object)];
    for (const key of Reflect.ownKeys(object)) {
      const property = Reflect.getOwnPropertyDescriptor(object, key);
      if (property) values.push(...(Object.values(property) as unknown[]));
    }
    for (const value of values) if (isObject(value) && value !== globalThis) open.push(value);
  }
  return found;
}

/** Objects of Node, such as `URL`, end at another `Object.prototype`. */
function isOfThisRealm(object: object): boolean {
  let last = object;
  for (let next: unknown = object; isObject(next); next = Object.getPrototypeOf(next)) last = next;
  return last === Object.prototype;
}

function isPrototype(object: object): boolean {
  const { constructor } = object as { constructor?: unknown };
  return typeof constructor === 'function' && constructor.prototype === object;
}

function propertiesOf(object: object): Properties {
  return new Map(
    Reflect.ownKeys(object).map((key) => [key, Reflect.getOwnPropertyDescriptor(object, key)?.value as unknown]),
  );
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
