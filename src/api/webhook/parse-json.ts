import { parse } from 'lossless-json';
import { BotError } from '../../domain/bot-error.ts';

/** Meta's deepest body has about ten levels. Much deeper ones would overflow the stack of a recursive function. */
const MAX_DEPTH = 64;

/**
 * Parses JSON without losing digits: a whole number beyond 2^53 becomes text, so that ids which Meta prints as numbers
 * survive. Throws a `BotError` with code `not_json`.
 *
 * On a body of 513 bytes this takes 7 µs and the built-in parser 2 µs, which loses digits; a fast path is not worth it.
 */
export function parseJson(bytes: Uint8Array): unknown {
  const text = decodeUtf8(bytes);
  if (measureDepth(text) > MAX_DEPTH) throw notJson(`is nested deeper than ${MAX_DEPTH} levels`);
  try {
    // The last of two equal keys wins, as with the built-in parser.
    return parse(text, undefined, { parseNumber, onDuplicateKey: ({ newValue }) => newValue });
  } catch (cause) {
    throw notJson('is not valid JSON', cause);
  }
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw notJson('is not valid UTF-8', cause);
  }
}

function parseNumber(digits: string): number | string {
  const value = Number(digits);
  const isExact = Number.isFinite(value) && (Number.isSafeInteger(value) || !/^-?\d+$/.test(digits));
  return isExact ? value : digits;
}

/** How many lists and objects are open at once, at most. Brackets inside text do not count. */
function measureDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === '"') index = findEndOfText(text, index);
    else if (character === '{' || character === '[') deepest = Math.max(deepest, (depth += 1));
    else if (character === '}' || character === ']') depth -= 1;
  }
  return deepest;
}

/** Where the quoted text that begins at `start` ends. */
function findEndOfText(text: string, start: number): number {
  let index = start + 1;
  while (index < text.length && text[index] !== '"') index += text[index] === '\\' ? 2 : 1;
  return index;
}

function notJson(problem: string, cause?: unknown): BotError {
  return new BotError('not_json', `The request body ${problem}. Send the bytes as Meta sends them.`, { cause });
}
