import { isObject, valueAt, type JsonObject, MalformedError, shapeOf, within } from '../../../messenger/check/json.ts';
import { asAccountId, asId, asMid, asText } from '../../../messenger/check/meta-values.ts';

/** A reader that throws when the value is there and malformed. */
function optional<T>(expected: string, convert: (value: unknown) => T | undefined) {
  return (from: JsonObject, key: string): T | undefined => {
    const value = valueAt(from, key);
    if (value === undefined) return undefined;
    const converted = convert(value);
    if (converted === undefined) throw new MalformedError(`${key} should be ${expected} and is ${shapeOf(value)}`);
    return converted;
  };
}

/** A reader that also throws when the value is missing. */
function required<T>(read: (from: JsonObject, key: string) => T | undefined) {
  return (from: JsonObject, key: string): T => {
    const value = read(from, key);
    if (value === undefined) throw new MalformedError(`${key} is missing`);
    return value;
  };
}

// `optional…` gives `undefined` for a missing value; `…At` throws. All throw `MalformedError` for a value of another type.

/** A text. */
export const optionalText = optional('text', asText);
/** An id of digits, as text. */
export const optionalId = optional('an id', asId);
/** An id of a Page, an account or a person. */
export const optionalAccountId = optional('an id of letters and digits', asAccountId);
/** A message id. */
export const optionalMid = optional('a message id', asMid);
/** An object. */
export const optionalObject = optional('an object', (value) => (isObject(value) ? value : undefined));
/** A list. */
export const optionalList = optional('a list', (value): readonly unknown[] | undefined =>
  Array.isArray(value) ? value : undefined,
);

/** A required text. */
export const textAt = required(optionalText);
/** A required id. */
export const idAt = required(optionalId);
/** A required message id. */
export const midAt = required(optionalMid);
/** A required object. */
export const objectAt = required(optionalObject);

/** Reads every item of a list of objects; a missing list counts as empty. */
export function mapObjects<T>(from: JsonObject, key: string, read: (item: JsonObject) => T): T[] {
  return (optionalList(from, key) ?? []).map((item, index) =>
    within(`${key}[${index}]`, () => {
      if (!isObject(item)) throw new MalformedError(`item should be an object and is ${shapeOf(item)}`);
      return read(item);
    }),
  );
}
