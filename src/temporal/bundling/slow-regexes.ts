/**
 * Finds regular expressions with catastrophic backtracking, such as `/^(\w+\s?)*$/`. A person's message could block a
 * whole worker: JavaScript runs a regular expression as one step, which the step budget cannot count, and when Temporal
 * interrupts it after five seconds inside a promise, Node 20 ends the process.
 */

import { createContext, Script } from 'node:vm';
import type { Program } from 'acorn';
import { simple } from 'acorn-walk';

/** A regular expression in the code. */
export interface RegexLiteral {
  readonly source: string;
  readonly flags: string;
  /** Offset in the code, from 0. */
  readonly start: number;
}

/** Long enough for exponential backtracking to exceed the time limit. */
const TEXT_CHARS = 50;
const TIME_LIMIT_MS = 1000;

/** Finds the regular expression literals of a program. */
export function findRegexes(program: Program): RegexLiteral[] {
  const patterns: RegexLiteral[] = [];
  simple(program, {
    Literal({ regex, start }) {
      if (regex) patterns.push({ source: regex.pattern, flags: regex.flags, start });
    },
  });
  return patterns;
}

/** Tries a regular expression on adversarial texts. `true` is certain; `false` is not. */
export function isSlowRegex({ source, flags }: Pick<RegexLiteral, 'source' | 'flags'>): boolean {
  // Backtracking is exponential only with a repeated group.
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

/** A repeated unit with an end that does not match, also after the words with which the pattern may begin. */
function adversarialTexts(source: string): string[] {
  const letters = [...new Set(source.replaceAll(/\\./g, '').match(/[\p{L}\d]/gu))].slice(0, 10);
  const units = ['a', '1', ' ', '.', '-', 'a ', 'a.', 'a1', ...letters];
  const words = source.replaceAll(/\\./g, '\n').match(/[\p{L}\d ]{2,}/gu) ?? [];
  const beginnings = ['', ...words.slice(0, 4)];
  return beginnings.flatMap((beginning) =>
    units.flatMap((unit) => ['!', '\n', ''].map((end) => beginning + unit.repeat(TEXT_CHARS / unit.length) + end)),
  );
}
