import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { inReplyTo, quickReply, silently, textMessage } from '../../src/index.ts';
import { LIMITS } from '../../src/messenger/outbound/limits.ts';
import { outboundMessage, outboundMessages } from '../../src/messenger/outbound/sayable.ts';
import { splitText } from '../../src/messenger/outbound/split-text.ts';
import { codeOf } from './code-of.ts';

const FAMILY = '👨‍👩‍👧‍👦';
const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const graphemes = (text: string) => Array.from(segmenter.segment(text), ({ segment }) => segment);
const words = (text: string) => text.split(/[^\S\u00A0\u202F]+/u).filter((word) => word !== '');
const bytes = (text: string) => Buffer.byteLength(text, 'utf8');

test('a text that fits is unchanged, including its spaces', () => {
  expect(splitText('  Hello\n\nAna ', 'messenger')).toEqual(['  Hello\n\nAna ']);
});

test('a long text breaks at the end of a sentence', () => {
  const sentence = `${'word '.repeat(299)}end.`;
  expect(splitText(`${sentence} ${sentence}`, 'messenger')).toEqual([sentence, sentence]);
});

test('a sentence end that would leave a part half empty is ignored for the end of a word', () => {
  const text = `Hi. ${'word '.repeat(500)}`;
  const [first = ''] = splitText(text, 'messenger');
  expect(first.length).toBeGreaterThan(1900);
  expect(first.endsWith('word')).toBe(true);
});

test('a sentence end inside quotes or brackets counts as one', () => {
  const sentence = `“${'word '.repeat(250)}end!”`;
  expect(splitText(`${sentence} ${'more '.repeat(250)}`, 'messenger')[0]).toBe(sentence);
});

test('a word longer than a message breaks between characters, never inside an emoji', () => {
  const parts = splitText(FAMILY.repeat(500), 'messenger');
  expect(parts.length).toBeGreaterThan(2);
  expect(parts.flatMap(graphemes).every((character) => character === FAMILY)).toBe(true);
  expect(parts.join('')).toBe(FAMILY.repeat(500));
});

test('a grapheme that would fill a message alone is split', () => {
  const parts = splitText(`a${'\u0301'.repeat(5000)}`, 'messenger');
  expect(parts.every((part) => part.length <= LIMITS.textChars)).toBe(true);
  expect(parts.join('')).toBe(`a${'\u0301'.repeat(5000)}`);
});

test('there is no break at a no-break space', () => {
  const [first = ''] = splitText(`${'x'.repeat(1000)} ${'10\u00A0€'.repeat(400)}`, 'messenger');
  expect(first).toBe('x'.repeat(1000));
});

test('a text of more than 20 messages is rejected', () => {
  expect(codeOf(() => splitText('x'.repeat(20 * LIMITS.textChars), 'messenger'))).toBeUndefined();
  expect(codeOf(() => splitText('x'.repeat(20 * LIMITS.textChars + 1), 'messenger'))).toBe('text_too_long');
});

describe('the work of the segmenter, which copies all that it was given for each grapheme,', () => {
  let copied = 0;
  const { segment } = Intl.Segmenter.prototype;

  function* counted(segments: Intl.Segments, length: number): Generator<Intl.SegmentData, undefined> {
    for (const one of segments) {
      copied += length;
      yield one;
    }
  }

  test.each([
    ['words', 'word '.repeat(7000)],
    ['one word that is far too long', 'x'.repeat(100_000)],
    ['one letter with accents', `a${'\u0301'.repeat(30_000)}`],
  ])('does not grow with the text: %s', (_, long) => {
    copied = 0;
    vi.spyOn(Intl.Segmenter.prototype, 'segment').mockImplementation(function segmentCounted(
      this: Intl.Segmenter,
      text,
    ) {
      const segments = segment.call(this, text);
      return {
        [Symbol.iterator]: () => counted(segments, text.length),
        containing(index) {
          copied += text.length;
          return segments.containing(index);
        },
      };
    });
    codeOf(() => splitText(long, 'messenger'));
    vi.restoreAllMocks();
    expect(copied).toBeGreaterThan(0);
    // At once, 35,000 characters took 1.2 billion.
    expect(copied).toBeLessThan(300 * 20 * LIMITS.textChars);
  });
});

test('the segmenter exists in a bare context, as in the sandbox', () => {
  const count: unknown = runInNewContext(
    `[...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment('a${FAMILY}b')].length`,
  );
  expect(count).toBe(3);
});

describe.each(['messenger', 'instagram'] as const)('on %s', (channel) => {
  const most = channel === 'messenger' ? LIMITS.textChars : LIMITS.instagramTextBytes;
  const size = (text: string) => (channel === 'messenger' ? text.length : bytes(text));
  const word = fc.oneof(
    fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }),
    fc.constantFrom(FAMILY, '👍🏽', '🇵🇹', 'e\u0301', '10\u00A0€', 'Olá!', 'end.', '“so?”', '\u0301', '\u200d'),
  );
  const space = fc.constantFrom(' ', '\n', '\n\n', '  ', '\t', '\r\n');
  const text = fc
    .array(fc.tuple(word, space), { minLength: 60, maxLength: 250 })
    .map((pairs) => pairs.flat().join(''))
    .filter((long) => long.trim() !== '');

  test('parts hold the same words in their order, and none is too long or empty', () => {
    fc.assert(
      fc.property(text, (long) => {
        const parts = splitText(long, channel);
        expect(parts.flatMap(words)).toEqual(words(long));
        for (const part of parts) {
          expect(part.trim()).not.toBe('');
          if (parts.length > 1) expect(size(part)).toBeLessThanOrEqual(most);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('no grapheme is broken', () => {
    fc.assert(
      fc.property(text, (long) => {
        const visible = (texts: readonly string[]) => texts.flatMap(graphemes).filter((one) => one.trim() !== '');
        expect(visible(splitText(long, channel))).toEqual(visible([long]));
      }),
      { numRuns: 60 },
    );
  });

  test('a text without a space breaks too, and nothing of it is lost', () => {
    const solid = fc.array(fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }), {
      minLength: 100,
      maxLength: 300,
    });
    fc.assert(
      fc.property(solid, (pieces) => {
        const long = pieces.join('').replaceAll(/\s/g, '');
        fc.pre(long !== '');
        const parts = splitText(long, channel);
        expect(parts.join('')).toBe(long);
        expect(parts.every((part) => size(part) <= most)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

test('quick replies are on the last part, the quote on the first, and silence on all', () => {
  const long = textMessage('word '.repeat(500), [quickReply('Yes')]);
  const parts = outboundMessages(silently(inReplyTo('m_Text1', long)));
  expect(parts).toMatchObject([
    { replyTo: 'm_Text1', notification: 'silent' },
    { notification: 'silent', message: { quick_replies: [{ title: 'Yes' }] } },
  ]);
  expect(parts[0]!.message).not.toHaveProperty('quick_replies');
  expect(parts[1]).not.toHaveProperty('replyTo');
});

test('the transcript has a long text in one piece', () => {
  expect(outboundMessage('word '.repeat(500))).toEqual({ text: 'word '.repeat(500) });
});
