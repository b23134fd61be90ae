/**
 * Looks at the parts of a message, whoever wrote it: a bot may be plain JavaScript, and its words may come out of a
 * database. Every function gives back what is fine and throws a `BotError` that names the limit and the value. `what`
 * begins the sentence: "The title of a card".
 */

import { BotError } from '../../domain/bot-error.ts';
import { checkLength } from './text-length.ts';

/** An object at whose values nobody has looked yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** The object, if it has no other keys than these. */
export function checkedFields(what: string, value: unknown, keys: readonly string[], cure: string): Fields {
  if (!isFields(value)) throw invalid(`${what} is ${shapeOf(value)} and not an object`, cure);
  const strange = Object.keys(value).find((key) => !keys.includes(key));
  if (strange === undefined) return value;
  throw invalid(`${what} has the key "${strange.slice(0, 40)}", which Meta does not take there`, cure);
}

/** `{ [key]: read(value) }`, or nothing when there is no value; for spreading. */
export function optional<Key extends string, Value>(
  from: Fields,
  key: Key,
  read: (value: unknown) => Value,
): { readonly [Only in Key]?: Value } {
  const value = from[key];
  const part = value === undefined ? {} : { [key]: read(value) };
  return part as { readonly [Only in Key]?: Value };
}

/** A text of 1 to `most` characters; without `most` as long as one likes. */
export function checkedText(what: string, value: unknown, most: number = Infinity): string {
  if (typeof value !== 'string') throw invalid(`${what} is ${shapeOf(value)} and not a text`, 'Give it a string');
  checkLength(what, value, most);
  return value;
}

export function checkedList(what: string, value: unknown, least: number, most: number): readonly unknown[] {
  if (!Array.isArray(value)) throw invalid(`${what} are ${shapeOf(value)} and not a list`, 'Give it an array');
  if (value.length >= least && value.length <= most) return value;
  const limit = least === most ? `exactly ${most}` : `${least} to ${most}`;
  throw new BotError('wrong_number_of_items', `${what} are ${value.length} and Meta takes ${limit}. Change the list.`);
}

export function checkedNumber(what: string, value: unknown, least: number, most: number): number {
  if (typeof value === 'number' && value >= least && value <= most && Number.isFinite(value)) return value;
  const found = typeof value === 'number' ? String(value) : shapeOf(value);
  const limit = Number.isFinite(most) ? `a number from ${least} to ${most}` : `a number from ${least} up`;
  throw new BotError('number_invalid', `${what} is ${found} and Meta takes ${limit}. Change it.`);
}

export function checkedWholeNumber(what: string, value: unknown, least: number, most: number): number {
  const number = checkedNumber(what, value, least, most);
  if (Number.isInteger(number)) return number;
  throw new BotError('number_invalid', `${what} is ${number} and Meta takes whole numbers only. Round it.`);
}

export function checkedUrl(what: string, value: unknown): string {
  if (typeof value === 'string' && /^https?:\/\/\S+$/i.test(value)) return value;
  const found = typeof value === 'string' ? `"${value.slice(0, 60)}"` : shapeOf(value);
  throw new BotError('url_invalid', `${what} is ${found}, which is no web address. Begin it with https://.`);
}

/** Meta's ids are digits, too many of them for a number, so they are kept as text. */
export function checkedId(what: string, value: unknown): string {
  if (typeof value === 'string' && /^\d{1,20}$/.test(value)) return value;
  const found = typeof value === 'string' ? `"${value.slice(0, 40)}"` : shapeOf(value);
  throw new BotError('id_invalid', `${what} is ${found}. Give it the digits of Meta's id, as a string.`);
}

export function checkedChoice<Choice extends string>(what: string, value: unknown, choices: readonly Choice[]): Choice {
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  const given = typeof value === 'string' ? `"${value.slice(0, 40)}"` : shapeOf(value);
  throw invalid(`${what} is ${given}`, `Choose one of ${choices.join(', ')}`);
}

export function checkedFlag(what: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw invalid(`${what} is ${shapeOf(value)} and not true or false`, 'Give it a boolean');
}

/** `happened` without its full stop, then the cure without its own. */
export function invalid(happened: string, cure: string): BotError {
  return new BotError('message_invalid', `${happened}. ${cure}.`);
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shapeOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
