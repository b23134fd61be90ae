/**
 * Finds regular expressions that take for ever on a short text, such as `/^(\w+\s?)*$/`. What a person writes can then
 * hold a whole worker: a regular expression is one step for JavaScript, nothing inside the sandbox can count it, and
 * where Temporal stops it after five seconds in the middle of a promise, Node 20 ends the process.
 */

import { createContext, Script } from 'node:vm';
import { parse } from 'acorn';
import { simple } from 'acorn-walk';

export interface RegexLiteral {
  readonly source: string;
  readonly flags: string;
  /** Where it stands in the code, from 0. */
  readonly start: number;
}

/** Long enough for anything exponential to take longer than anybody waits. */
const TEXT_CHARS = 50;
const TIME_LIMIT_MS = 1000;

/** All regular expressions that are written out in a piece of JavaScript. */
export function findRegexes(code: string): RegexLiteral[] {
  const patterns: RegexLiteral[] = [];
  simple(parse(code, { ecmaVersion: 'latest' }), {
    Literal({ regex, start }) {
      if (regex) patterns.push({ source: regex.pattern, flags: regex.flags, start });
    },
  });
  return patterns;
}

/** Tries it on texts made to make it stumble. What it finds is slow; it need not find everything. */
export function isSlowRegex({ source, flags }: Pick<RegexLiteral, 'source' | 'flags'>): boolean {
  // Without a repetition of a group there is nothing to multiply.
  if (!/\)[*+{]/.test(source)) return false;
  const context = createContext({ source, flags: flags.replaceAll(/[gy]/g, ''), texts: adversarialTexts(source) });
  try {
    new Script('const pattern = new RegExp(source, flags); for (const text of texts) pattern.test(text);').runInContext(
      context,
      { timeout: TIME_LIMIT_MS },
    );
    return false;
  } catch {
    return true;
  }
}

/** The same over and over, and an end that does not fit; after the words that the pattern asks for first. */
function adversarialTexts(source: string): string[] {
  const letters = [...new Set(source.replaceAll(/\\./g, '').match(/[\p{L}\d]/gu))].slice(0, 10);
  const units = ['a', '1', ' ', '.', '-', 'a ', 'a.', 'a1', ...letters];
  const words = source.replaceAll(/\\./g, '\n').match(/[\p{L}\d ]{2,}/gu) ?? [];
  const beginnings = ['', ...words.slice(0, 4)];
  return beginnings.flatMap((beginning) =>
    units.flatMap((unit) => ['!', '\n', ''].map((end) => beginning + unit.repeat(TEXT_CHARS / unit.length) + end)),
  );
}
