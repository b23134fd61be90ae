import { cleanText, foldPatternSource, normalizeWords } from '../messenger/text.ts';

/**
 * Whether what a person typed fits a pattern: as typed, or without marks that are not seen, or by its normalized words (no
 * accents, no punctuation), which are compared with the pattern's own letters folded alike: `/^cancelar inscrição$/i` fits
 * "Cancelar inscricao!". A pattern that says what must not be there (`[^…]`, `(?!…)`) is not tried on the words: it would
 * miss what they left out.
 */
export function fits(pattern: RegExp, text: string | undefined): boolean {
  if (text === undefined) return false;
  if (fitsExactly(pattern, text)) return true;
  const cleaned = cleanText(text);
  if (cleaned !== text && fitsExactly(pattern, cleaned)) return true;
  const { source } = pattern;
  if (NEGATIONS.some((negation) => source.includes(negation))) return false;
  const words = normalizeWords(text).normalize('NFC');
  return words !== '' && words !== cleaned && new RegExp(foldPatternSource(source), flagsOf(pattern)).test(words);
}

/** Whether a payload, which no person typed, fits a pattern. */
export function fitsExactly(pattern: RegExp, payload: string | undefined): boolean {
  if (payload === undefined) return false;
  // A pattern with the flag `g` or `y` remembers where it stopped; here it starts anew each time.
  const isFresh = !pattern.global && !pattern.sticky;
  return (isFresh ? pattern : new RegExp(pattern.source, flagsOf(pattern))).test(payload);
}

/** What a person could type to fit a pattern: its first alternative that is plain words, such as `human` of `/human|agent/i`. */
export function wordsThatFit(pattern: RegExp): readonly string[] {
  const alternatives = pattern.source.split('|').map((part) => part.replaceAll(/\\b|[\^$()]|\?:/g, ''));
  const words = alternatives.find((part) => /^[\p{L}\p{N} ]{2,}$/u.test(part) && fits(pattern, part));
  return words === undefined ? [] : [words];
}

const NEGATIONS = ['[^', '(?!', '(?<!'] as const;

function flagsOf({ flags }: RegExp): string {
  return flags.replaceAll(/[gy]/g, '');
}
