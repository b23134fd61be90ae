import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJson } from '../../../src/api/webhook/parse-json.ts';
import { BotError } from '../../../src/domain/bot-error.ts';
import { fixtureBytes, fixtureNames } from '../../support/fixtures.ts';

const parse = (text: string) => parseJson(Buffer.from(text));

function codeOf(bytes: Buffer): string {
  try {
    parseJson(bytes);
  } catch (error) {
    return error instanceof BotError ? error.code : String(error);
  }
  return 'parsed';
}

test('whole numbers beyond 2^53 survive as text, all others stay numbers', () => {
  expect(parse('[9007199254740993, -9007199254740993, 9007199254740991, 12, 8.25, 1e3]')).toEqual([
    '9007199254740993',
    '-9007199254740993',
    9007199254740991,
    12,
    8.25,
    1000,
  ]);
});

test('a number that is too large for any number stays what it was', () => {
  expect(parse('[1e999]')).toEqual(['1e999']);
});

test('ids that differ in the last digit only stay different', () => {
  const body = parseJson(fixtureBytes('big-ids')) as { entry: { messaging: { order?: unknown }[] }[] };
  expect(body.entry[3]?.messaging[0]?.order).toMatchObject({
    products: [{ id: '9007199254740993' }, { id: '9007199254740992' }],
  });
});

test.each(fixtureNames().filter((name) => name !== 'big-ids'))(
  '%s.json comes out as from the built-in parser',
  (name) => {
    expect(parseJson(fixtureBytes(name))).toEqual(JSON.parse(fixtureBytes(name).toString()));
  },
);

test('any JSON without long numbers comes out as from the built-in parser', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      fc.pre(!/\d{16}/.test(text));
      const expected: unknown = JSON.parse(text);
      expect(JSON.stringify(parse(text))).toBe(JSON.stringify(expected));
    }),
  );
});

test('of two equal keys the last one counts', () => {
  expect(parse('{"a": 1, "a": 2}')).toEqual({ a: 2 });
});

test.each(['', 'x', '{', '[1,]', '{"a"}', "{'a': 1}", '01', 'NaN', '"\n"', '{} {}'])('%j is no JSON', (text) => {
  expect(codeOf(Buffer.from(text))).toBe('not_json');
});

test('bytes that are no UTF-8 are no JSON', () => {
  expect(codeOf(Buffer.from([0x22, 0xc3, 0x28, 0x22]))).toBe('not_json');
  expect(codeOf(Buffer.from('"é"', 'latin1'))).toBe('not_json');
});

test('64 levels are enough, 65 are refused, and millions neither crash nor hang', () => {
  const nested = (levels: number) => Buffer.from('['.repeat(levels) + ']'.repeat(levels));
  expect(codeOf(nested(64))).toBe('parsed');
  expect(codeOf(nested(65))).toBe('not_json');
  expect(codeOf(nested(2_000_000))).toBe('not_json');
  expect(codeOf(Buffer.from('{"a":'.repeat(500_000)))).toBe('not_json');
});

test('brackets that somebody wrote into a text are no levels', () => {
  expect(parse(JSON.stringify(`\\"${'[{'.repeat(100)}`))).toBe(`\\"${'[{'.repeat(100)}`);
});

test('keys named __proto__ and constructor are plain data and change no other object', () => {
  const parsed = parse('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}') as object;
  expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
  expect('polluted' in parsed).toBe(false);
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
});

test('random bytes are refused with a code or parsed, never anything else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      expect(['parsed', 'not_json']).toContain(codeOf(Buffer.from(bytes)));
    }),
  );
});
