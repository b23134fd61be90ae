/** Every pattern reads a text in bounded time, and finds what JavaScript finds. */

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { boundPatterns } from '../../src/realm/patterns/bounded-patterns.ts';
import { createPlanner, MAX_PATTERN_TEXT_CHARS } from '../../src/realm/patterns/plan.ts';
import { enableLinearPatterns } from '../../src/temporal/linear-patterns.ts';

enableLinearPatterns();
const plan = createPlanner();
const planOf = ({ source, flags }: RegExp) => plan(source, flags);

describe('a pattern that JavaScript reads in exponential or high polynomial time', () => {
  test.each([
    /\S+@\S+\.\S+/,
    /\S+@\S+\.\S+/i,
    /.*a.*b.*c/,
    /(a+)+b/,
    /(A+)+b/i,
    /^(\w+\s?)*$/,
    /^(\w+\s?)*$/im,
    /(?:a|b|ab)*c/i,
    /^(([^<>()[\]\\.,;:\s@"]+(\.[^<>()[\]\\.,;:\s@"]+)*)|(".+"))@(([a-zA-Z\-0-9]+\.)+[a-zA-Z]{2,})$/i,
  ])('is run by the linear engine: %s', (pattern) => {
    const { maxChars, linear } = planOf(pattern);
    expect(linear).toBeDefined();
    expect(maxChars).toBe(MAX_PATTERN_TEXT_CHARS);
  });

  test.each([
    /^(\w+\s?)*$/u,
    /(a+)+b/iu,
    /(?=(a+)+b)a/,
    /(a{1,1000}){1,1000}b/,
    /^(\w+\s?)*(.)\2$/,
    /(?:a?){40}a{40}/,
    /(?<=(a+)+b)c/,
    new RegExp('^(\\w+\\s?)*$', 'v'),
    new RegExp('(a+)+b', 'd'),
  ])('is refused where that engine cannot run it: %s', (pattern) => {
    expect(planOf(pattern).maxChars).toBe(0);
  });
});

describe('a usual pattern reads at least this many characters', () => {
  test.each([
    [/\B(?=(\d{3})+(?!\d))/g, 1000],
    [/^(?!\.)(?!.*\.\.)([A-Z0-9_'+\-.]*)[A-Z0-9_+-]@([A-Z0-9][A-Z0-9-]*\.)+[A-Z]{2,}$/i, 1000],
    [/^(?=.*[A-Z])(?=.*\d).{8,}$/, MAX_PATTERN_TEXT_CHARS],
    [/[^\p{L}\p{M}\p{N}]+/gu, MAX_PATTERN_TEXT_CHARS],
    [/^\p{L}+(?:\s\p{L}+)*$/u, 200],
    [/^(.+)\1$/, 1000],
    [/(\d+)(?=px)/, 1000],
    [/a{1,1000}/, MAX_PATTERN_TEXT_CHARS],
    [/(?<year>\d{4})-(?<month>\d\d)/u, MAX_PATTERN_TEXT_CHARS],
    [/\p{Extended_Pictographic}(?:\u200d\p{Extended_Pictographic})*/gu, 1000],
    [/^[^\s@]+@[^\s@]+\.[^\s@]+$/u, 1000],
  ])('%s: %d', (pattern, chars) => {
    expect(planOf(pattern).maxChars).toBeGreaterThanOrEqual(chars);
  });
});

/** Patterns of nested groups, alternatives, classes and repetitions. */
const PATTERNS = fc.letrec<{ pattern: string; atom: string; sequence: string }>((tie) => ({
  atom: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom(
      'a',
      'B',
      'ß',
      'ſ',
      'K',
      'µ',
      'é',
      'Σ',
      '.',
      '\\w',
      '\\W',
      '\\s',
      '\\d',
      '\\b',
      '^',
      '$',
      '\\x41',
      '\\u0130',
      '\\n',
      '1',
      ' ',
    ),
    fc.constantFrom('[a-c]', '[^a]', '[A-Zé]', '[\\wß]', '[^\\Wk]', '[Α-Ω]', '[\\u017f]', '[^\\u0390-\\u03ff]', '[-.]'),
    tie('pattern').map((pattern) => `(?:${pattern})`),
    tie('pattern').map((pattern) => `(${pattern})`),
    tie('pattern').map((pattern) => `(?<n${pattern.length}>${pattern})`),
  ),
  sequence: fc
    .array(fc.tuple(tie('atom'), fc.constantFrom('', '', '', '*', '+', '?', '*?', '+?', '{2}', '{1,3}')), {
      minLength: 1,
      maxLength: 4,
    })
    .map((parts) => parts.map(([atom, repeat]) => (/^(?:\\b|\^|\$)$/.test(atom) ? atom : atom + repeat)).join('')),
  pattern: fc.array(tie('sequence'), { minLength: 1, maxLength: 2 }).map((options) => options.join('|')),
})).pattern;
const TEXTS = fc
  .array(
    fc.constantFrom(
      'a',
      'A',
      'b',
      'B',
      'ß',
      'ſ',
      's',
      'S',
      'K',
      'k',
      'µ',
      'μ',
      'é',
      'É',
      'σ',
      'ς',
      'Σ',
      'ı',
      'İ',
      'i',
      ' ',
      '.',
      '1',
      '\n',
    ),
    { maxLength: 14 },
  )
  .map((chars) => chars.join(''));
const FLAGS = fc.constantFrom('i', 'im', 'is', 'ig', 'iy', '', 'g', 'ms');

test('the linear form of a pattern finds what the pattern finds, in any case', () => {
  let compared = 0;
  fc.assert(
    fc.property(PATTERNS, FLAGS, TEXTS, fc.nat(3), (source, flags, text, lastIndex) => {
      let pattern: RegExp;
      try {
        pattern = new RegExp(source, flags);
      } catch {
        return;
      }
      const { linear } = planOf(pattern);
      if (!linear) return;
      compared += 1;
      pattern.lastIndex = lastIndex;
      linear.lastIndex = lastIndex;
      expect(JSON.stringify(found(linear, text))).toBe(JSON.stringify(found(pattern, text)));
      expect(linear.lastIndex).toBe(pattern.lastIndex);
    }),
    { numRuns: 2000 },
  );
  expect(compared).toBeGreaterThan(400);
});

function found(pattern: RegExp, text: string) {
  const result = pattern.exec(text);
  return result && [[...result], result.index, result.input, { ...result.groups }];
}

describe('in a realm whose patterns are bounded', () => {
  const kept = ['exec', 'compile', Symbol.split].map(
    (name) => [name, Object.getOwnPropertyDescriptor(RegExp.prototype, name)] as const,
  );
  let spent = 0;
  const nativeSplit = RegExp.prototype[Symbol.split];

  beforeAll(() => boundPatterns((turns) => void (spent += turns)));
  afterAll(() => {
    for (const [name, property] of kept) Object.defineProperty(RegExp.prototype, name, property ?? {});
  });

  const at = '@'.repeat(3000);
  test.each<[string, () => unknown]>([
    ['a literal', () => /\S+@\S+\.\S+/.test(at)],
    ['dots', () => /.*a.*b.*c/.test('ab'.repeat(5000))],
    ['a pattern built at run time', () => new RegExp(['\\S+@', '\\S+\\.\\S+'].join('')).test(at)],
    ['the flag i', () => /\S+@\S+\.\S+/i.exec(at)],
    ['match', () => at.match(/\S+@\S+\.\S+/g)],
    ['matchAll', () => [...at.matchAll(/\S+@\S+\.\S+/g)]],
    ['replace', () => at.replace(/\S+@\S+\.\S+/, '')],
    ['replaceAll', () => at.replaceAll(/\S+@\S+\.\S+/g, '')],
    ['search', () => at.search(/\S+@\S+\.\S+/)],
    ['split', () => at.split(/\S+@\S+\.\S+/)],
    ['Symbol.replace', () => /(a+)+b/[Symbol.replace]('a'.repeat(3000), '')],
    ['a subclass', () => new (class extends RegExp {})('(a+)+b').test('a'.repeat(3000))],
    ['a text that is far too long', () => /(a+)+b/.test('a'.repeat(1_000_000))],
  ])('%s ends', (_, attack) => {
    const before = spent;
    const startedAt = performance.now();
    attack();
    expect(performance.now() - startedAt).toBeLessThan(2000);
    expect(spent - before).toBeGreaterThan(5000);
  });

  test('what cannot be bounded throws, with the cure', () => {
    expect(() => /^(\w+\s?)*$/u.test('a')).toThrow(
      'The pattern /^(\\w+\\s?)*$/u takes for ever on a text of 200 characters, and a person who sends one would stop the worker. Leave out the flag u, or write it without a repetition inside a repetition.',
    );
  });

  test('a text is cut where a pattern would take too long, and the rest stays', () => {
    const text = `${'1'.repeat(5000)}px`;
    expect(/(\d+)(?=px)/.exec(text)).toBeNull();
    expect(text.replaceAll(/\d(?!z)/g, '').length).toBeLessThan(text.length);
    expect(/^\d/.exec('1'.repeat(30_000))?.input).toHaveLength(30_000);
  });

  test('a global replacement of quadratic cost spends more than a budget', () => {
    const before = spent;
    'a'.repeat(5000).replaceAll(/(?:.*z|a)/g, 'b');
    expect(spent - before).toBeGreaterThan(1_000_000);
  });

  test('a pattern cannot change its meaning afterwards', () => {
    expect(RegExp.prototype).not.toHaveProperty('compile');
  });

  test('a pattern is no other object: exec of nonsense throws as ever', () => {
    expect(() => RegExp.prototype.exec.call({} as RegExp, 'a')).toThrow(TypeError);
    expect(() => RegExp.prototype.exec.call(RegExp.prototype, 'a')).toThrow(TypeError);
  });

  test('split finds what the built-in one finds', () => {
    fc.assert(
      fc.property(
        PATTERNS,
        fc.constantFrom('', 'i', 'g', 'y', 'u', 'm'),
        TEXTS,
        fc.option(fc.nat(4)),
        (source, flags, text, limit) => {
          let pattern: RegExp;
          try {
            pattern = new RegExp(source, flags);
            pattern.exec('');
          } catch {
            return;
          }
          const expected = nativeSplit.call(pattern, text, limit ?? undefined);
          let found: string[];
          try {
            found = text.split(pattern, limit ?? undefined);
          } catch (error) {
            // A sticky pattern reads from one place; split reads from every place, which may cost too much.
            expect(String(error)).toContain('takes for ever');
            expect(flags).toBe('y');
            return;
          }
          expect(found).toEqual(expected);
        },
      ),
      { numRuns: 800 },
    );
  });
});
