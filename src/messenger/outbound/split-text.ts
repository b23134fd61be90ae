import { BotError } from '../../domain/bot-error.ts';
import type { Channel } from '../../domain/conversation-id.ts';
import { LIMITS } from './limits.ts';

/** A text that needs more messages than this is rejected. */
const MAX_PARTS = 20;

const SENTENCE_END = /[.!?…。！？]["'”’»)\]]*$/u;
const NO_BREAK_SPACES: ReadonlySet<string> = new Set(['\u00A0', '\u202F']);

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
  const source = graphemes(text);
  for (let rest: readonly string[] = []; ;) {
    rest = readAhead(rest, source, size, maxSize);
    if (rest.length === 0) return parts;
    if (parts.length === MAX_PARTS) throw tooLong(text, maxSize);
    const end = endOfPart(rest, size, maxSize);
    parts.push(withoutTrailingSpace(rest.slice(0, end)).join(''));
    rest = rest.slice(end);
  }
}

/** What comes next, from its first word on: as much as a part holds, and the grapheme after it. */
function readAhead(
  rest: readonly string[],
  source: Iterator<string, void>,
  size: (text: string) => number,
  maxSize: number,
): readonly string[] {
  const ahead = [...withoutLeadingSpace(rest)];
  let filled = ahead.reduce((sum, character) => sum + size(character), 0);
  while (filled <= maxSize) {
    const { value, done } = source.next();
    if (done === true || value === undefined) break;
    if (ahead.length === 0 && isBreakable(value)) continue;
    ahead.push(value);
    filled += size(value);
  }
  return ahead;
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
    if (isBreakable(rest[at] ?? '') && !isBreakable(rest[at - 1] ?? '')) breaks.push(at);
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
  const start = rest.findIndex((character) => !isBreakable(character));
  return start === -1 ? [] : rest.slice(start);
}

function withoutTrailingSpace(part: readonly string[]): readonly string[] {
  return part.slice(0, part.findLastIndex((character) => !isBreakable(character)) + 1);
}

/** The longest emoji, families with skin tones, have 35 code units; anything longer is not meant to be read. */
const MAX_GRAPHEME_CHARS = 100;

/** V8 copies the whole segmented text for each grapheme, so a long text is segmented in pieces of this length. */
const PIECE_CHARS = 256;

/**
 * The graphemes (characters as a person counts them) of a text, as far as they are asked for; an overlong one is split into
 * code points.
 */
function* graphemes(text: string): Generator<string, void> {
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  for (let start = 0; start < text.length;) {
    for (const grapheme of nextGraphemes(segmenter, text, start)) {
      start += grapheme.length;
      if (grapheme.length > MAX_GRAPHEME_CHARS) yield* grapheme;
      else yield grapheme;
    }
  }
}

/** At least one grapheme from `start` on, which is where one begins: those that certainly end within a piece. */
function nextGraphemes(segmenter: Intl.Segmenter, text: string, start: number): readonly string[] {
  const end = endOfPiece(text, start + PIECE_CHARS);
  const found = Array.from(segmenter.segment(text.slice(start, end)), ({ segment }) => segment);
  if (end === text.length) return found;
  return found.length > 1 ? found.slice(0, -1) : [overlongGrapheme(segmenter, text, start)];
}

/** A grapheme that fills a piece. */
function overlongGrapheme(segmenter: Intl.Segmenter, text: string, start: number): string {
  for (let length = 2 * PIECE_CHARS; ; length *= 2) {
    const end = endOfPiece(text, start + length);
    const grapheme = segmenter.segment(text.slice(start, end)).containing(0)?.segment ?? '';
    if (end === text.length || start + grapheme.length < end) return grapheme;
  }
}

/** Not between the two halves of a code point. */
function endOfPiece(text: string, end: number): number {
  if (end >= text.length) return text.length;
  return (text.codePointAt(end - 1) ?? 0) > 0xffff ? end - 1 : end;
}

/** White space at which a line may break. A pattern would take longer, and is asked several times for each character. */
function isBreakable(grapheme: string): boolean {
  return grapheme !== '' && grapheme.trim() === '' && !NO_BREAK_SPACES.has(grapheme);
}

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
