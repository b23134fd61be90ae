/** The structure of a regular expression: what its cost and its case-insensitive form are computed from. */

/** A part of a pattern. `source` is its text. */
export type Part =
  /** One character of a set. */
  | { readonly kind: 'character'; readonly source: string }
  /** `^`, `$`, `\b`, `\B`. */
  | { readonly kind: 'assertion'; readonly source: string }
  | { readonly kind: 'look'; readonly open: string; readonly body: Part; readonly isBehind: boolean }
  | { readonly kind: 'group'; readonly open: string; readonly body: Part }
  | { readonly kind: 'back-reference'; readonly source: string }
  | { readonly kind: 'sequence'; readonly parts: readonly Part[] }
  | { readonly kind: 'choice'; readonly options: readonly Part[] }
  | {
      readonly kind: 'repeat';
      readonly body: Part;
      readonly min: number;
      readonly max: number;
      readonly source: string;
    };

const OPENINGS = /\((?:\?(?:[:=!]|<[=!]|<[^>]*>))?/y;
const QUANTIFIERS = /(?:[*+?]|\{(\d+)(?:(,)(\d*))?\})\??/y;
const UNICODE_ESCAPES = /\\(?:u\{[^}]*\}|u[dD][89abAB][^\W_]{2}\\u[dD][c-fC-F][^\W_]{2}|[pP]\{[^}]*\}|k<[^>]*>)/y;
const ESCAPES = /\\(?:x[\da-fA-F]{2}|u[\da-fA-F]{4}|c[a-zA-Z]|[0-3][0-7]{0,2}|[4-7][0-7]?|[^])/y;

/** Reads a pattern that the engine accepts; `undefined` for syntax that is not known here. */
export function parsePattern(source: string, flags: string): Part | undefined {
  const isUnicode = /[uv]/.test(flags);
  const hasNames = isUnicode || /\(\?<[^=!]/.test(source);
  const groups = countGroups(source);
  let at = 0;

  function choice(): Part | undefined {
    const options: Part[] = [];
    do {
      const option = sequence();
      if (!option) return undefined;
      options.push(option);
    } while (take('|'));
    return options.length === 1 ? options[0] : { kind: 'choice', options };
  }

  function sequence(): Part | undefined {
    const parts: Part[] = [];
    while (at < source.length && source[at] !== '|' && source[at] !== ')') {
      const part = term();
      if (!part) return undefined;
      parts.push(part);
    }
    return { kind: 'sequence', parts };
  }

  function term(): Part | undefined {
    const body = atom();
    const found = body && matchAt(QUANTIFIERS, source, at);
    if (!body || !found) return body;
    at += found[0].length;
    return { kind: 'repeat', body, ...countsOf(found), source: found[0] };
  }

  function atom(): Part | undefined {
    const char = source[at] ?? '';
    if (char === '(') return group();
    if (char === '[') return character(classLength(source, at, flags.includes('v')));
    if (char === '^' || char === '$') return { kind: 'assertion', source: advance(1) };
    if (char === '\\') return escape();
    return character(isUnicode ? String.fromCodePoint(source.codePointAt(at) ?? 0).length : 1);
  }

  function group(): Part | undefined {
    const open = matchAt(OPENINGS, source, at)?.[0] ?? '(';
    // A group with modifiers: `(?i:…)`.
    if (open === '(' && source[at + 1] === '?') return undefined;
    at += open.length;
    const body = choice();
    if (!body || !take(')')) return undefined;
    return /[=!]$/.test(open)
      ? { kind: 'look', open, body, isBehind: open.includes('<') }
      : { kind: 'group', open, body };
  }

  function escape(): Part {
    const next = source[at + 1] ?? '';
    if (next === 'b' || next === 'B') return { kind: 'assertion', source: advance(2) };
    if (next === 'k' && hasNames) {
      return { kind: 'back-reference', source: advance(source.indexOf('>', at) + 1 - at) };
    }
    const number = matchAt(/\\([1-9]\d*)/y, source, at);
    if (number && (isUnicode || Number(number[1]) <= groups)) {
      return { kind: 'back-reference', source: advance(number[0].length) };
    }
    const long = isUnicode ? matchAt(UNICODE_ESCAPES, source, at) : undefined;
    const found = long ?? matchAt(ESCAPES, source, at);
    // `\c` before no letter means a backslash.
    if (found?.[0] === String.raw`\c`) return { kind: 'character', source: `\\${advance(1)}` };
    return character(found?.[0].length ?? 1);
  }

  function character(length: number): Part {
    return { kind: 'character', source: advance(length) };
  }

  function advance(length: number): string {
    at += length;
    return source.slice(at - length, at);
  }

  function take(char: string): boolean {
    if (source[at] !== char) return false;
    at += 1;
    return true;
  }

  const whole = choice();
  return at === source.length ? whole : undefined;
}

function countsOf([source, low, comma, high]: RegExpExecArray): { min: number; max: number } {
  if (low === undefined) return { min: source.startsWith('+') ? 1 : 0, max: source.startsWith('?') ? 1 : Infinity };
  const min = Number(low);
  if (comma === undefined) return { min, max: min };
  return { min, max: high === '' ? Infinity : Number(high) };
}

/** Capturing groups: a number above them is no back-reference. */
function countGroups(source: string): number {
  let count = 0;
  let isInClass = false;
  for (let i = 0; i < source.length; i += 1) {
    const char = source[i];
    if (char === '\\') i += 1;
    else if (char === '[') isInClass = true;
    else if (char === ']') isInClass = false;
    else if (char === '(' && !isInClass && (source[i + 1] !== '?' || /^\?<[^=!]/.test(source.slice(i + 1, i + 4)))) {
      count += 1;
    }
  }
  return count;
}

/** With the flag `v`, classes contain classes. */
function classLength(source: string, start: number, isNested: boolean): number {
  let depth = 0;
  for (let i = start; i < source.length; i += 1) {
    const char = source[i];
    if (char === '\\') i += 1;
    else if (char === '[' && (isNested || i === start)) depth += 1;
    else if (char === ']') depth -= 1;
    if (depth === 0) return i + 1 - start;
  }
  return source.length - start;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  const anchored = new RegExp(pattern);
  anchored.lastIndex = at;
  return anchored.exec(text) ?? undefined;
}
