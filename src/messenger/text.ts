/** Words and lengths of texts, as people and Meta count them. */

/**
 * The words of a text without case, accents and punctuation, separated by single spaces; in any script. Also alike: digits
 * of all scripts, full-width and positional letter forms, and letters with a stroke, a hook or no dot (`đ`, `ł`, `ı`). Marks
 * that are not seen (variation selectors, direction marks, joiners, soft hyphens) do not count. Vowel signs do: in Hindi or
 * Thai they are letters of the word.
 */
export function normalizeWords(text: string): string {
  if (isAscii(text))
    return text
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, ' ')
      .trim();
  return foldLetters(text.replaceAll(UNSEEN, '').normalize('NFKD'))
    .toLowerCase()
    .replaceAll(FOLDED_LETTER, fold)
    .replaceAll(/\p{Nd}/gu, asciiDigit)
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim();
}

/** A text without marks that are not seen, with full-width letters and the digits of all scripts in their usual form. */
export function cleanText(text: string): string {
  if (isAscii(text)) return text.trim();
  return text
    .normalize('NFKC')
    .replaceAll(UNSEEN, '')
    .replaceAll(/\p{Nd}/gu, asciiDigit)
    .trim();
}

/** The source of a pattern with folded letters, as it is compared with normalized words. Classes (`[à-ü]`) stay. */
export function foldPatternSource(source: string): string {
  return source
    .split(/(\[(?:\\.|[^\\\]])*\])/)
    .map((part) => (part.startsWith('[') ? part : foldLetters(part.normalize('NFD')).replaceAll(FOLDED_LETTER, fold)))
    .join('')
    .normalize('NFC');
}

/**
 * The entry whose title a text is: exactly, in any case; else the only one with the same words. A title without words
 * (`👍`) must be there exactly.
 */
export function findByTitle<Entry>(
  text: string | undefined,
  entries: readonly Entry[],
  titleOf: (entry: Entry) => string,
): Entry | undefined {
  if (text === undefined) return undefined;
  const typed = cleanText(text).toLowerCase();
  const exact = entries.find((entry) => cleanText(titleOf(entry)).toLowerCase() === typed);
  if (exact !== undefined) return exact;
  const words = normalizeWords(text);
  const alike = words === '' ? [] : entries.filter((entry) => normalizeWords(titleOf(entry)) === words);
  return alike.length === 1 ? alike[0] : undefined;
}

/** Length in Unicode code points, the unit that Meta's character limits are read in: most emoji count as one. */
export function countCodePoints(text: string): number {
  return Array.from(text).length;
}

/** At most `maxChars` code points of a text; a longer one ends with `…`. */
export function truncate(text: string, maxChars: number): string {
  const points = Array.from(text);
  if (points.length <= maxChars) return text;
  const kept = points.slice(0, maxChars - 1).join('');
  return `${kept.trimEnd()}…`;
}

/** Invisible: direction marks, joiners, variation selectors, soft hyphens, fillers; and enclosing marks such as a keycap's. */
const UNSEEN = /[\p{Cf}\p{Default_Ignorable_Code_Point}\p{Me}]/gu;

/** Marks that people leave out when they type: Latin, Greek and Cyrillic accents, Hebrew and Arabic vowels, the nukta, the tatweel. */
const ACCENTS =
  /[\u0300-\u036F\u1AB0-\u1AFF\u1DC0-\u1DFF\u20D0-\u20FF\uFE20-\uFE2F\u0591-\u05BD\u05BF\u05C1\u05C2\u05C4\u05C5\u05C7\u0610-\u061A\u0640\u064B-\u065F\u0670\u06D6-\u06ED\u093C\u09BC\u0A3C]/g;

/** Letters that have no decomposition, and forms of one letter, in small letters. Plain ASCII first, then each script's own. */
const FOLDED: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  þ: 'th',
  ...spread('đðɖɗ', 'd'),
  ...spread('łƚ', 'l'),
  ...spread('øɔ', 'o'),
  ...spread('ıɨ', 'i'),
  ...spread('ħ', 'h'),
  ...spread('ŧ', 't'),
  ...spread('ŋ', 'n'),
  ...spread('əɛ', 'e'),
  ...spread('ƀɓ', 'b'),
  ...spread('ƙĸ', 'k'),
  ƒ: 'f',
  ɠ: 'g',
  ƴ: 'y',
  ʉ: 'u',
  ȷ: 'j',
  // Greek, Cyrillic, Hebrew: the final forms and the letter with an upturn
  ς: 'σ',
  ґ: 'г',
  ...Object.fromEntries([...'ךםןףץ'].map((letter, index) => [letter, 'כמנפצ'.charAt(index)])),
  // Arabic, Persian, Urdu
  ...spread('ىیے', 'ي'),
  ک: 'ك',
  ٱ: 'ا',
  ...spread('ةہھە', 'ه'),
  // Hindi: the nasal sign with and without the moon; Thai: two of the letter e look like the letter ae
  'ँ': 'ं',
  เเ: 'แ',
  // Letters that look like an apostrophe and are typed for one
  ...spread('ʹʻʼʽˈʾʿ', ' '),
};
const FOLDED_LETTER = new RegExp(Object.keys(FOLDED).join('|'), 'giu');

function spread(letters: string, folded: string): Readonly<Record<string, string>> {
  return Object.fromEntries([...letters].map((letter) => [letter, folded]));
}

/** ASCII needs no folding, and most texts are ASCII: that way takes less than half the time. */
function isAscii(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- all of ASCII
  return /^[\0-\x7F]*$/.test(text);
}

function fold(letter: string): string {
  return FOLDED[letter.toLowerCase()] ?? letter;
}

function foldLetters(decomposed: string): string {
  return decomposed.replaceAll(UNSEEN, '').replaceAll(ACCENTS, '');
}

/** Unicode keeps the ten digits of a script together, from zero to nine, and sometimes two sets one after the other. */
function asciiDigit(digit: string): string {
  const point = digit.codePointAt(0) ?? 0;
  if (point < 0x80) return digit;
  let before = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(point - before - 1))) before += 1;
  return String(before % 10);
}
