import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findByTitle, normalizeWords } from '../../src/messenger/text.ts';
import { fits, fitsExactly } from '../../src/plugins/pattern.ts';

describe('normalized words are alike', () => {
  test.each([
    ['Vietnamese with and without accents', 'Hủy đăng ký', 'huy dang ky'],
    ['Turkish in capitals, with and without dots', 'ABONELİKTEN ÇIK', 'abonelikten cik'],
    ['Turkish in small letters', 'abonelikten çık', 'abonelikten cik'],
    ['Polish', 'ŻÓŁĆ', 'zolc'],
    ['Danish', 'Smørrebrød', 'smorrebrod'],
    ['German', 'GROẞE Straße', 'grosse strasse'],
    ['French', 'Cœur à vif', 'coeur a vif'],
    ['Icelandic', 'Þórður', 'thordur'],
    ['Azerbaijani', 'Abunəliyi', 'abuneliyi'],
    ['Greek in capitals and with a final sigma', 'ΔΙΑΚΟΠΗΣ', 'διακοπής'],
    ['Russian', 'Ещё', 'еще'],
    ['Ukrainian', 'Ґанок', 'ганок'],
    ['Arabic with vowels, a lengthened line and other forms of alef', 'إِلْغَاء الاشْــتِراك', 'الغاء الاشتراك'],
    ['Arabic presentation forms', '\uFE97\uFEEE\uFED7\uFED2', 'توقف'],
    ['Persian and Arabic letter forms', 'کی', 'كي'],
    ['Hebrew with points, and a final form', 'עֲצוֹר שָׁלוֹם', 'עצור שלומ'],
    ['Hindi with and without a nukta', 'ज़रूर करेँ', 'जरूर करें'],
    ['Thai with two letters e', 'เเก้', 'แก้'],
    ['Japanese in half-width letters', 'ｽﾄｯﾌﾟ', 'ストップ'],
    ['full-width Latin', 'ＳＴＯＰ！', 'stop'],
    ['letters in a mathematical style', '𝐒𝐭𝐨𝐩 𝓼𝓽𝓸𝓹', 'stop stop'],
    ['a variation selector', 'STOP\uFE0F', 'stop'],
    ['a keycap', '1\uFE0F\u20E3', '1'],
    ['a direction mark and an embedding', '\u200F\u202ASTOP\u202C', 'stop'],
    ['a soft hyphen and a zero-width space', 'un\u00ADsub\u200Bscribe', 'unsubscribe'],
    ['a byte order mark and a word joiner', '\uFEFFst\u2060op', 'stop'],
    ['the quotation marks of many languages', '«stop» „stop“ 「stop」 ‹stop›', 'stop stop stop stop'],
    ['Spanish, Greek, Arabic, Hindi and Chinese punctuation', '¡¿stop;؟؛।。、！', 'stop'],
    ['an emoji with a skin colour and a flag', '🛑 stop 👍🏽 🇵🇹', 'stop'],
    ['the apostrophes', 'об’єкт обʼєкт', "об'єкт об'єкт"],
  ])('%s', (_, text, expected) => {
    expect(normalizeWords(text)).toBe(normalizeWords(expected));
    expect(normalizeWords(text)).not.toBe('');
  });

  test.each(Intl.supportedValuesOf('numberingSystem').filter((system) => digitsOf(system).every(isDigit)))(
    'the digits of %s',
    (system) => {
      expect(normalizeWords(digitsOf(system).join(''))).toBe('0123456789');
    },
  );

  test('however often they are normalized', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(normalizeWords(normalizeWords(text))).toBe(normalizeWords(text));
      }),
      { numRuns: 500 },
    );
  });
});

test.each([
  ['हाँ', 'ह'],
  ['か', 'が'],
  ['น้ำ', 'นา'],
  ['किताब', 'कताब'],
  ['ты', 'ти'],
])('vowel and sound signs are letters of a word: %s is not %s', (one, other) => {
  expect(normalizeWords(one)).not.toBe(normalizeWords(other));
});

function digitsOf(system: string): string[] {
  const format = new Intl.NumberFormat(`en-u-nu-${system}`, { useGrouping: false });
  return Array.from({ length: 10 }, (_, digit) => format.format(digit));
}

function isDigit(text: string): boolean {
  return /^\p{Nd}$/u.test(text);
}

describe('a typed title', () => {
  const find = (text: string, titles: readonly string[]) => findByTitle(text, titles, (title) => title);

  test.each([
    ['açaí!', ['Açaí', 'Café'], 'Açaí'],
    ['acai', ['Açaí', 'Café'], 'Açaí'],
    ['“Opening hours”', ['Opening hours', 'Prices'], 'Opening hours'],
    ['shop', ['🛒 Shop', '📞 Call'], '🛒 Shop'],
    ['👍', ['👍', '👎'], '👍'],
    ['👍\uFE0F', ['👍', '👎'], '👍'],
    ['👎', ['👍', '👎'], '👎'],
    ['❓', ['👍', '👎'], undefined],
    ['c#', ['C', 'C++', 'C#'], 'C#'],
    ['c!', ['C', 'C++', 'C#'], undefined],
    ['١', ['1', '2'], '1'],
    ['', ['👍'], undefined],
  ])('%j among %j is %j', (text, titles, expected) => {
    expect(find(text, titles)).toBe(expected);
  });
});

describe('a pattern', () => {
  test.each([
    [/^(cancel|stop)$/i, 'Cancel.'],
    [/^(cancel|stop)$/i, '“cancel”'],
    [/^iptal$/i, 'İPTAL!'],
    [/preço/i, 'PRECO'],
    [/preco/i, 'preço'],
    [/preço/i, 'prec\u0327o'],
    [/^đơn hàng$/i, 'don hang?'],
    [/^Đơn hàng$/i, 'Don hang'],
    [/^order \d+$/i, 'order ١٢'],
    [/^order$/i, '\u202Aorder\u202C'],
    [/^[a-z ]+$/i, '“stop it”'],
    [/\?$/, 'prices？'],
    [/👍/u, '👍🏽'],
    [/^수신거부$/, '수신거부!'],
  ])('%s fits %j', (pattern, text) => {
    expect(fits(pattern, text)).toBe(true);
  });

  test.each([
    [/^[^?]*$/, 'the price?'],
    [/^(?!.*\?).*$/, 'the price?'],
    [/^$/, '👍'],
    [/preço/i, 'prego'],
    [/^[à-ü]+$/i, 'abc'],
    [/^stop$/, 'do not stop'],
    [/x/, undefined],
  ])('%s does not fit %j', (pattern, text) => {
    expect(fits(pattern, text)).toBe(false);
  });

  test('is compared with a payload to the letter', () => {
    expect(fitsExactly(/^buy$/, 'buy')).toBe(true);
    expect(fitsExactly(/^buy$/, 'buy!')).toBe(false);
    expect(fitsExactly(/^buy$/i, 'búy')).toBe(false);
  });

  test('with a flag that remembers fits every time', () => {
    const pattern = /price/g;
    expect([fits(pattern, 'price'), fits(pattern, 'price')]).toEqual([true, true]);
  });
});
