/**
 * Checks the parts of an outbound message, whether built or written by hand: a bot may be plain JavaScript, and its texts
 * may come from a database. Each `require…` function returns the checked value or throws a `BotError` that names the
 * limit. `what` is the subject of the error's sentence: "The title of a card".
 */

import { BotError } from '../../domain/bot-error.ts';
import { countCodePoints } from '../text.ts';
import { isObject, shapeOf, type JsonObject } from './json.ts';

/** An object with no keys but these. Throws `message_invalid`, which ends with `cure`. */
export function requireObject(what: string, value: unknown, keys: readonly string[], cure: string): JsonObject {
  if (!isObject(value)) throw invalidMessage(`${what} is ${shapeOf(value)} and not an object`, cure);
  const unknownKey = Object.keys(value).find((key) => !keys.includes(key));
  if (unknownKey === undefined) return value;
  throw invalidMessage(`${what} has the key "${unknownKey.slice(0, 40)}", which Meta does not take there`, cure);
}

/** `{ [key]: read(value) }`, or `{}` when there is no value under the key; for spreading into an object. */
export function readOptional<Key extends string, Value>(
  from: JsonObject,
  key: Key,
  read: (value: unknown) => Value,
): { readonly [Only in Key]?: Value } {
  const value = from[key];
  const part = value === undefined ? {} : { [key]: read(value) };
  return part as { readonly [Only in Key]?: Value };
}

/**
 * Text with a visible character and at most `maxChars` code points; without `maxChars` of any length. Throws
 * `message_invalid`, `text_empty` or `text_too_long`; the error never contains the text, which may be personal data.
 */
export function requireText(what: string, value: unknown, maxChars: number = Infinity): string {
  if (typeof value !== 'string')
    throw invalidMessage(`${what} is ${shapeOf(value)} and not a text`, 'Give it a string');
  if (value.trim() === '') {
    throw new BotError('text_empty', `${what} is empty. Give it at least one visible character.`);
  }
  const length = countCodePoints(value);
  if (length <= maxChars) return value;
  throw new BotError(
    'text_too_long',
    `${what} has ${length} characters and Meta takes at most ${maxChars}. Shorten it.`,
  );
}

/** A list of `min` to `max` items, which are not checked. Throws `message_invalid` or `wrong_number_of_items`. */
export function requireList(what: string, value: unknown, min: number, max: number): readonly unknown[] {
  if (!Array.isArray(value)) throw invalidMessage(`${what} are ${shapeOf(value)} and not a list`, 'Give it an array');
  if (value.length >= min && value.length <= max) return value;
  const limit = min === max ? `exactly ${max}` : `${min} to ${max}`;
  throw new BotError('wrong_number_of_items', `${what} are ${value.length} and Meta takes ${limit}. Change the list.`);
}

/** A finite number from `min` to `max`. Throws `number_invalid`. */
export function requireNumber(what: string, value: unknown, min: number, max: number): number {
  if (typeof value === 'number' && value >= min && value <= max && Number.isFinite(value)) return value;
  const found = typeof value === 'number' ? String(value) : shapeOf(value);
  const limit = Number.isFinite(max) ? `a number from ${min} to ${max}` : `a number from ${min} up`;
  throw new BotError('number_invalid', `${what} is ${found} and Meta takes ${limit}. Change it.`);
}

/** An integer from `min` to `max`. Throws `number_invalid`. */
export function requireWholeNumber(what: string, value: unknown, min: number, max: number): number {
  const number = requireNumber(what, value, min, max);
  if (Number.isInteger(number)) return number;
  throw new BotError('number_invalid', `${what} is ${number} and Meta takes whole numbers only. Round it.`);
}

/** An http or https URL. Throws `url_invalid`. */
export function requireUrl(what: string, value: unknown): string {
  if (typeof value === 'string' && /^https?:\/\/\S+$/i.test(value)) return value;
  const found = typeof value === 'string' ? `"${value.slice(0, 60)}"` : shapeOf(value);
  throw new BotError('url_invalid', `${what} is ${found}, which is no web address. Begin it with https://.`);
}

/** One of Meta's ids: 1 to 20 digits, as text because a number would lose digits. Throws `id_invalid`. */
export function requireId(what: string, value: unknown): string {
  if (typeof value === 'string' && /^\d{1,20}$/.test(value)) return value;
  const found = typeof value === 'string' ? `"${value.slice(0, 40)}"` : shapeOf(value);
  throw new BotError('id_invalid', `${what} is ${found}. Give it the digits of Meta's id, as a string.`);
}

/** One of the choices. Throws `message_invalid`. */
export function requireChoice<Choice extends string>(what: string, value: unknown, choices: readonly Choice[]): Choice {
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  const given = typeof value === 'string' ? `"${value.slice(0, 40)}"` : shapeOf(value);
  throw invalidMessage(`${what} is ${given}`, `Choose one of ${choices.join(', ')}`);
}

/** `true` or `false`. Throws `message_invalid`. */
export function requireBoolean(what: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw invalidMessage(`${what} is ${shapeOf(value)} and not true or false`, 'Give it a boolean');
}

/** The error `message_invalid`. Both sentences are given without their full stop. */
export function invalidMessage(problem: string, cure: string): BotError {
  return new BotError('message_invalid', `${problem}. ${cure}.`);
}
