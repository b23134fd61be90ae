import { BotError } from '../../domain/bot-error.ts';
import type { Channel } from '../../domain/conversation-id.ts';
import { LIMITS } from './limits.ts';

/** A text that needs more messages than this is no answer to a person. */
const MAX_PARTS = 20;

const SENTENCE_END = /[.!?…。！？]["'”’»)\]]*$/u;
/** White space at which a line may be broken, so not the two that forbid it. */
const BREAKABLE_SPACE = /^[^\S\u00A0\u202F]+$/u;

/**
 * A text in as few messages as the channel takes: broken at the last sentence end of a part, if that leaves it at least
 * half full, else between two words, else between two characters as a person counts them, never inside an emoji. The
 * space at a break is dropped.
 */
export function splitText(text: string, channel: Channel): readonly string[] {
  const size = channel === 'instagram' ? utf8Bytes : codeUnits;
  const most = channel === 'instagram' ? LIMITS.instagramTextBytes : LIMITS.textChars;
  if (size(text) <= most) return [text];
  const parts: string[] = [];
  let rest = withoutLeadingSpace(characters(text));
  while (rest.length > 0) {
    if (parts.length === MAX_PARTS) throw tooLong(text, most);
    const end = endOfPart(rest, size, most);
    parts.push(withoutTrailingSpace(rest.slice(0, end)).join(''));
    rest = withoutLeadingSpace(rest.slice(end));
  }
  return parts;
}

/** How many of the characters go into the next part. */
function endOfPart(rest: readonly string[], size: (text: string) => number, most: number): number {
  const room = fitting(rest, size, most);
  if (room === rest.length) return room;
  const breaks = breaksUpTo(rest, room);
  const sentence = breaks.findLast(
    (end) => end > room / 2 && SENTENCE_END.test(rest.slice(Math.max(0, end - 8), end).join('')),
  );
  return sentence ?? breaks.at(-1) ?? room;
}

/** Places before a space, up to and with the one that no longer fits. */
function breaksUpTo(rest: readonly string[], room: number): number[] {
  const breaks: number[] = [];
  for (let at = 1; at <= room; at += 1) {
    if (BREAKABLE_SPACE.test(rest[at] ?? '') && !BREAKABLE_SPACE.test(rest[at - 1] ?? '')) breaks.push(at);
  }
  return breaks;
}

function fitting(rest: readonly string[], size: (text: string) => number, most: number): number {
  let filled = 0;
  for (const [index, character] of rest.entries()) {
    filled += size(character);
    if (filled > most) return Math.max(1, index);
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

/** Characters as a person counts them; one that would fill a message of its own is taken apart. */
function characters(text: string): readonly string[] {
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  const whole = Array.from(segmenter.segment(text), ({ segment }) => segment);
  return whole.flatMap((segment) => (segment.length > MAX_GRAPHEME_CHARS ? Array.from(segment) : segment));
}

/** The longest emoji are families of 11 code units with skin tones 35; what is longer is not meant to be read. */
const MAX_GRAPHEME_CHARS = 100;

/** Meta does not say what a character is; counted so, no emoji makes a part too long. */
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

function tooLong(text: string, most: number): BotError {
  return new BotError(
    'text_too_long',
    `The text has ${text.length} characters, which is more than ${MAX_PARTS} messages of ${most}. Shorten it.`,
  );
}
