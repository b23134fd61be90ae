import { BotError } from '../../domain/bot-error.ts';
import type { Channel } from '../../domain/conversation-id.ts';
import { LIMITS } from './limits.ts';

/** A text that needs more messages than this is rejected. */
const MAX_PARTS = 20;

const SENTENCE_END = /[.!?…。！？]["'”’»)\]]*$/u;
/** White space at which a line may break: not the two no-break spaces. */
const BREAKABLE_SPACE = /^[^\S\u00A0\u202F]+$/u;

/**
 * Splits a text into as few parts as the channel allows: at the last end of a sentence if that leaves the part at least
 * half full, else between two words, else between two graphemes, so never inside an emoji. The space at a break is dropped.
 *
 * @throws BotError `text_too_long` for more than 20 parts.
 */
export function splitText(text: string, channel: Channel): readonly string[] {
  const size = channel === 'instagram' ? utf8Bytes : codeUnits;
  const maxSize = channel === 'instagram' ? LIMITS.instagramTextBytes : LIMITS.textChars;
  if (size(text) <= maxSize) return [text];
  const parts: string[] = [];
  let rest = withoutLeadingSpace(graphemes(text));
  while (rest.length > 0) {
    if (parts.length === MAX_PARTS) throw tooLong(text, maxSize);
    const end = endOfPart(rest, size, maxSize);
    parts.push(withoutTrailingSpace(rest.slice(0, end)).join(''));
    rest = withoutLeadingSpace(rest.slice(end));
  }
  return parts;
}

/** How many graphemes go into the next part. */
function endOfPart(rest: readonly string[], size: (text: string) => number, maxSize: number): number {
  const room = fittingCount(rest, size, maxSize);
  if (room === rest.length) return room;
  const breaks = breaksUpTo(rest, room);
  const sentence = breaks.findLast(
    (end) => end > room / 2 && SENTENCE_END.test(rest.slice(Math.max(0, end - 8), end).join('')),
  );
  return sentence ?? breaks.at(-1) ?? room;
}

/** Indexes before a space, including the first grapheme that no longer fits. */
function breaksUpTo(rest: readonly string[], room: number): number[] {
  const breaks: number[] = [];
  for (let at = 1; at <= room; at += 1) {
    if (BREAKABLE_SPACE.test(rest[at] ?? '') && !BREAKABLE_SPACE.test(rest[at - 1] ?? '')) breaks.push(at);
  }
  return breaks;
}

function fittingCount(rest: readonly string[], size: (text: string) => number, maxSize: number): number {
  let filled = 0;
  for (const [index, character] of rest.entries()) {
    filled += size(character);
    if (filled > maxSize) return Math.max(1, index);
  }
  return rest.length;
}

function withoutLeadingSpace(rest: readonly string[]): readonly string[] {
  const start = rest.findIndex((character) => !BREAKABLE_SPACE.test(character));
  return start === -1 ? [] : rest.slice(start);
}

function withoutTrailingSpace(part: readonly string[]): readonly string[] {
  return part.slice(0, part.findLastIndex((character) => !BREAKABLE_SPACE.test(character)) + 1);
}

/** The graphemes (characters as a person counts them) of a text; an overlong one is split into code points. */
function graphemes(text: string): readonly string[] {
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  const whole = Array.from(segmenter.segment(text), ({ segment }) => segment);
  return whole.flatMap((segment) => (segment.length > MAX_GRAPHEME_CHARS ? Array.from(segment) : segment));
}

/** The longest emoji, families with skin tones, have 35 code units; anything longer is not meant to be read. */
const MAX_GRAPHEME_CHARS = 100;

/** Meta does not define a character. Code units are the largest count, so no part is too long by any definition. */
function codeUnits(text: string): number {
  return text.length;
}

function utf8Bytes(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}

function tooLong(text: string, maxSize: number): BotError {
  return new BotError(
    'text_too_long',
    `The text has ${text.length} characters, which is more than ${MAX_PARTS} messages of ${maxSize}. Shorten it.`,
  );
}
