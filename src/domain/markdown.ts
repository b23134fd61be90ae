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
