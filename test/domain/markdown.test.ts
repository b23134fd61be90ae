/** Text of others in Temporal's UI: it is shown as it was written, and is nothing but text. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeMarkdown, unescapeMarkdown } from '../../src/domain/markdown.ts';

const MAX = 200;

/** The text that a reader of CommonMark and of GitHub's extensions shows; throws for anything that is not plain text or code. */
function shown(markdown: string): string {
  if (/[\p{Cc}\p{Zl}\p{Zp}\u200E\u200F\u202A-\u202E\u2066-\u2069]/u.test(markdown))
    throw new Error('an invisible character');
  if (/^(?: {4}|[-+*=#]|>|\d+[.)](?: |$)|\|)/.test(markdown)) throw new Error('a block');
  let text = '';
  let plain = '';
  for (let index = 0; index < markdown.length; index += 1) {
    const character = markdown[index]!;
    const next = markdown[index + 1] ?? '';
    if (character === '\\' && /[!-/:-@[-`{-~]/.test(next)) {
      text += next;
      plain += next;
      index += 1;
    } else if (character === '`') {
      const end = markdown.indexOf('`', index + 1);
      if (end < 0 || markdown[end + 1] === '`') throw new Error('code without an end');
      text += markdown.slice(index + 1, end);
      plain += '\u0000';
      index = end;
    } else {
      const before = markdown.slice(0, index);
      if (/[\\*[\]<>|~]/.test(character)) throw new Error(`${character} is not escaped`);
      if (
        character === '_' &&
        !(/[\p{L}\p{N}_]$/u.test(before) && /^[\p{L}\p{N}_\\]/u.test(markdown.slice(index + 1)))
      ) {
        throw new Error('an underscore can begin or end emphasis');
      }
      if (character === '&' && /^&#?\w+;/.test(markdown.slice(index))) throw new Error('a character reference');
      text += character;
      plain += character;
    }
  }
  if (/:\/\/|www\.|\S@\S/i.test(plain)) throw new Error('a link');
  return text;
}

const SPECIAL = [
  '*',
  '_',
  '`',
  '\\',
  '[',
  ']',
  '(',
  ')',
  '<',
  '>',
  '#',
  '+',
  '-',
  '.',
  '!',
  '|',
  '~',
  '&',
  '=',
  ':',
  '@',
  '1',
  'a',
  ' ',
  '\n',
  '\t',
];
const pieces = [
  ...SPECIAL,
  '![x](http://a.example/b.png)',
  '[click](javascript:alert(1))',
  '<img src=x onerror=alert(1)>',
  '<!-- x -->',
  '&lt;b&gt;',
  '&#42;',
  '# Heading',
  '- [ ] item',
  '1. item',
  '| a | b |\n|---|---|',
  '```\ncode',
  '---',
  '===',
  'www.a.example',
  'https://a.example/?q=`x`',
  'ana@shop.example',
  '<https://a.example>',
  '\u202Eevil',
  '\u001B[31m',
  '\u2028',
  '\r\n\r\n# x',
  '\uD800',
  '👩‍👧',
];

const WEIRD = fc
  .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'grapheme' })))
  .map((parts) => parts.join(''));

describe('whatever a text is', () => {
  test('it is shown as plain text on one line, and is no longer than asked for', () => {
    fc.assert(
      fc.property(WEIRD, (text) => {
        const seen = shown(escapeMarkdown(text, MAX));
        expect(seen.length).toBeLessThanOrEqual(MAX + 1);
        expect(unescapeMarkdown(escapeMarkdown(text, MAX))).toBe(seen);
        // Nothing visible is lost or added; only a backtick within an address is another character.
        const visible = (value: string) => value.replaceAll(/[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '').replaceAll('`', "'");
        if (text.length <= MAX) expect(visible(seen)).toBe(visible(text.replaceAll(/\p{Cs}/gu, '\uFFFD')));
      }),
      { numRuns: 3000 },
    );
  });

  test.each(SPECIAL.flatMap((one) => SPECIAL.map((other) => one + other)))('such as %j', (pair) => {
    for (const text of [pair, `${pair} x`, `x ${pair}`, `x${pair}x`, pair + pair, `${pair} ${pair}`]) {
      expect(() => shown(escapeMarkdown(text, MAX)), JSON.stringify(text)).not.toThrow();
    }
  });
});

test.each([
  'Hi! Ask me about hours or prices.',
  'e-mail, 3.5 km, 50 %, (maybe), it’s 9:30; a/b = c + d #7',
  'snake_case_name and an-id-2',
  'Is this right?',
  'À bientôt, São João 👩‍👧',
  'AT&T, Tom & Ana',
])('ordinary text stays as it is: %s', (text) => {
  expect(escapeMarkdown(text, MAX)).toBe(text);
});

test.each([
  ['*bold* _it_ `code`', String.raw`\*bold\* \_it\_ \`code\``],
  ['[x](y)', String.raw`\[x\](y)`],
  ['# no heading', String.raw`\# no heading`],
  ['- no list', String.raw`\- no list`],
  ['1. no list', String.raw`1\. no list`],
  ['see https://a.example/x', 'see `https://a.example/x`'],
  ['ana@shop.example', '`ana@shop.example`'],
  ['two\nlines\u202E', 'two lines'],
  ['x'.repeat(300), `${'x'.repeat(MAX)}…`],
])('%j is written as %j', (text, markdown) => {
  expect(escapeMarkdown(text, MAX)).toBe(markdown);
});
