/**
 * Text of others in Temporal's UI, which reads details and summaries as Markdown (CommonMark, perhaps with the extensions of
 * GitHub): it must look as it was written, stay on its line, and become no link, image or heading.
 */

/** Would end the line, or change the order in which letters are shown. */
const INVISIBLE =
  /[\s\p{Cc}\p{Zl}\p{Zp}\u061C\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF\u{E0000}-\u{E007F}]+/gu;
/** Markdown with GitHub's extensions links these by themselves, and no backslash prevents it. */
const LINKED = /:\/\/|www\.|@|(?:mailto|xmpp):/i;
const SPECIAL = /[\\`*[\]<>|~]|&(?=#?\w+;)/g;
/** An underscore within a word means nothing. */
const UNDERSCORE = /(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu;
/** At the beginning of a line: a heading, a list, a rule. */
const BLOCK = /^[-+=#]|^(\d{1,9})(?=[.)]( |$))/;

/** The first `max` characters of a text, so that Markdown shows them as they are, on one line. */
export function escapeMarkdown(text: string, max: number): string {
  if (text.length <= max && isPlain(text)) return text;
  const line = text
    .slice(0, max * 4)
    .replaceAll(INVISIBLE, ' ')
    .replaceAll(/\p{Cs}/gu, '\uFFFD')
    .trim();
  const short = line.length > max ? `${line.slice(0, max).replace(/[\uD800-\uDBFF]$/, '')}…` : line;
  return short
    .split(' ')
    .map((word) => (LINKED.test(word) ? asCode(word) : escapeWord(word)))
    .join(' ')
    .replace(BLOCK, (_, digits?: string) => (digits === undefined ? `\\${_}` : `${digits}\\`));
}

/** What may stand anywhere in a plain text. */
const PLAIN: ReadonlySet<string> = new Set(`,!?'()%"`);
/** Scripts without marks that change how letters are shown: Latin, Cyrillic, Vietnamese, kana, Chinese. */
const LETTERS = [
  [0xc0, 0x24f],
  [0x400, 0x481],
  [0x1ea0, 0x1eff],
  [0x3041, 0x3096],
  [0x30a1, 0x30fa],
  [0x4e00, 0x9fff],
] as const;

/**
 * Whether a text certainly looks the same in Markdown. Most lines of a conversation do, and the details of every turn show the
 * last ten: patterns would take ten times as long.
 */
function isPlain(text: string): boolean {
  let before = '';
  for (const char of text) {
    if (!mayFollow(before, char)) return false;
    before = char;
  }
  return before !== ' ';
}

function mayFollow(before: string, char: string): boolean {
  // A letter after a dot or a colon may make an address.
  if (isLetter(char)) return before !== '.' && before !== ':';
  // At the beginning it may make a list.
  if (isDigit(char)) return before !== '';
  if (char === '.' || char === ':' || char === '-') return isLetter(before) || isDigit(before);
  if (char === ' ') return before !== '' && before !== ' ';
  return PLAIN.has(char);
}

function isDigit(char: string): boolean {
  return char >= '0' && char <= '9';
}

function isLetter(char: string): boolean {
  if ((char >= 'a' && char <= 'z') || (char >= 'A' && char <= 'Z')) return true;
  const code = char.charCodeAt(0);
  return char.length === 1 && code > 0x7f && LETTERS.some(([from, to]) => code >= from && code <= to);
}

/** The text that {@link escapeMarkdown} was given, as far as it went. */
export function unescapeMarkdown(markdown: string): string {
  return markdown.replaceAll(
    /`([^`]*)`|\\([!-/:-@[-`{-~])/g,
    (_, code?: string, literal?: string) => code ?? literal ?? '',
  );
}

/** A backtick would end the code. */
function asCode(word: string): string {
  return `\`${word.replaceAll('`', "'")}\``;
}

function escapeWord(word: string): string {
  return word.replaceAll(SPECIAL, String.raw`\$&`).replaceAll(UNDERSCORE, String.raw`\_`);
}
