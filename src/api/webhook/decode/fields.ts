import { isObject, valueAt, type JsonObject, MalformedError, shapeOf, within } from '../../../messenger/check/json.ts';
import { asAccountId, asId, asMid, asText } from '../../../messenger/check/meta-values.ts';

/** A reader that says what is wrong when something is there and does not fit. */
function optional<T>(expected: string, convert: (value: unknown) => T | undefined) {
  return (from: JsonObject, key: string): T | undefined => {
    const value = valueAt(from, key);
    if (value === undefined) return undefined;
    const converted = convert(value);
    if (converted === undefined) throw new MalformedError(`${key} should be ${expected} and is ${shapeOf(value)}`);
    return converted;
  };
}

/** A reader that also insists that something is there. */
function required<T>(read: (from: JsonObject, key: string) => T | undefined) {
  return (from: JsonObject, key: string): T => {
    const value = read(from, key);
    if (value === undefined) throw new MalformedError(`${key} is missing`);
    return value;
  };
}

export const optionalText = optional('text', asText);
export const optionalId = optional('an id', asId);
export const optionalAccountId = optional('an id of letters and digits', asAccountId);
export const optionalMid = optional('a message id', asMid);
export const optionalObject = optional('an object', (value) => (isObject(value) ? value : undefined));
export const optionalList = optional('a list', (value): readonly unknown[] | undefined =>
  Array.isArray(value) ? value : undefined,
);

export const textAt = required(optionalText);
export const idAt = required(optionalId);
export const midAt = required(optionalMid);
export const objectAt = required(optionalObject);

/** Reads every item of a list of objects; a list that is not there is empty. */
export function mapObjects<T>(from: JsonObject, key: string, read: (item: JsonObject) => T): T[] {
  return (optionalList(from, key) ?? []).map((item, index) =>
    within(`${key}[${index}]`, () => {
      if (!isObject(item)) throw new MalformedError(`item should be an object and is ${shapeOf(item)}`);
      return read(item);
    }),
  );
}
