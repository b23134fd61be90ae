import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeWebhook } from '../../src/api/webhook/decode/index.ts';
import { OPT_WORDS, optSignalOf } from '../../src/messenger/inbound/opt-signal.ts';
import { aText, webhookBody } from '../support/events.ts';
import { fixtureBytes } from '../support/fixtures.ts';

function wishIn(body: object): string | undefined {
  const [delivered] = decodeWebhook(body) ?? [];
  return delivered && optSignalOf(delivered.event);
}

function recorded(name: string): object {
  return JSON.parse(fixtureBytes(name).toString()) as object;
}

test.each([
  ['stop', 'stop'],
  ['STOP!!', 'stop'],
  ['  Unsubscribe. ', 'stop'],
  ['Stopp', 'stop'],
  ['Arrêter', 'stop'],
  ['désabonner', 'stop'],
  ['cancelar inscrição', 'stop'],
  ['Стоп', 'stop'],
  ['إلغاء الاشتراك', 'stop'],
  ['停止', 'stop'],
  ['बंद करें', 'stop'],
  ['수신거부', 'stop'],
  ['Hủy đăng ký', 'stop'],
  ['HỦY ĐĂNG KÝ', 'stop'],
  ['Ngừng', 'stop'],
  ['abonelikten çık', 'stop'],
  ['ABONELİKTEN ÇIK!', 'stop'],
  ['Désinscrire', 'stop'],
  ['Odhlásit', 'stop'],
  ['ΣΤΟΠ', 'stop'],
  ['διαγραφή', 'stop'],
  ['الغاء الاشتراك', 'stop'],
  ['إِلْغَاء الاِشْتِراك', 'stop'],
  ['عصر', undefined],
  ['עֲצוֹר', 'stop'],
  ['बंद करेँ', 'stop'],
  ['«Стоп»', 'stop'],
  ['STOP\uFE0F', 'stop'],
  ['🛑 STOP 🛑', 'stop'],
  ['\u200FSTOP\u200F', 'stop'],
  ['ＳＴＯＰ', 'stop'],
  ['Đăng ký', 'start'],
  ['Bắt đầu', 'start'],
  ['Başla', 'start'],
  ['Přihlásit', 'start'],
  ['Start', 'start'],
  ['começar', 'start'],
  ['शुरू करें', 'start'],
  ['Where is the bus stop?', undefined],
  ['stop talking about the weather', undefined],
  ['start with the prices', undefined],
  ['', undefined],
  ['!!!', undefined],
  [`stop${' '.repeat(100)}`, undefined],
])('"%s": %s', (text, wish) => {
  expect(wishIn(webhookBody(aText(text)))).toBe(wish);
});

test('a tapped quick reply is no opt signal', () => {
  expect(wishIn(webhookBody(aText('Stop', { quickReply: 'STOP_THE_GAME' })))).toBeUndefined();
});

test("Meta's opt-out of a notification topic is an opt signal, an opt-in is none", () => {
  expect(wishIn(recorded('optin-stop'))).toBe('stop');
  expect(wishIn(recorded('optin-marketing'))).toBeUndefined();
});

describe('opt-out and opt-in words as people type them', () => {
  const words = (['stop', 'start'] as const).flatMap((signal) =>
    OPT_WORDS[signal].flatMap((line) => line.split(', ').map((word) => ({ word, signal }))),
  );
  const scripts = ['Latin', 'Cyrillic', 'Greek', 'Arabic', 'Hebrew', 'Devanagari', 'Thai', 'Han', 'Hangul'] as const;
  const wordsIn = (script: string) => words.filter(({ word }) => new RegExp(`\\p{Script=${script}}`, 'u').test(word));

  /** What may stand between the letters unseen, and around the words, in every script. */
  const UNSEEN = ['\u200B', '\u200C', '\u200D', '\u200E', '\u200F', '\u202A', '\u202C', '\u2066', '\u2069', '\u00AD'];
  const MORE_UNSEEN = ['\u2060', '\uFEFF', '\uFE0E', '\uFE0F', '\u061C', '\u034F', '\u180E'];
  const AROUND = [
    ...' .,;:!?…-–—"\'`()[]*_~',
    ...'¡¿„“”‘’«»‹›؟،؛।॥。、！？「」『』·',
    '🛑',
    '👍🏽',
    '❤️',
    '\n',
    '\u00A0',
    '\u3000',
  ];
  /** Marks that are typed or left out in that script. */
  const ACCENTS: Readonly<Record<string, readonly string[]>> = {
    Latin: [
      '\u0300',
      '\u0301',
      '\u0302',
      '\u0303',
      '\u0306',
      '\u0307',
      '\u0308',
      '\u0309',
      '\u031B',
      '\u0323',
      '\u0327',
    ],
    Cyrillic: ['\u0301', '\u0306', '\u0308'],
    Greek: ['\u0301', '\u0308', '\u0313', '\u0342'],
    Arabic: ['\u064B', '\u064E', '\u064F', '\u0650', '\u0651', '\u0652', '\u0670', '\u0640'],
    Hebrew: ['\u05B0', '\u05B7', '\u05B8', '\u05BC', '\u05C1'],
    Devanagari: ['\u093C'],
  };
  const STROKES: Readonly<Record<string, string>> = { d: 'đ', l: 'ł', o: 'ø', i: 'ı', h: 'ħ', t: 'ŧ' };

  test.each(scripts)('%s', (script) => {
    const list = wordsIn(script);
    expect(list.length).toBeGreaterThan(0);
    const accents = ACCENTS[script] ?? [];
    const inside = fc.array(fc.tuple(fc.nat(), fc.constantFrom(...UNSEEN, ...MORE_UNSEEN, ...accents)), {
      maxLength: 4,
    });
    const around = fc.array(fc.constantFrom(...AROUND, ...UNSEEN), { maxLength: 4 }).map((list) => list.join(''));
    const cases = fc.constantFrom(
      (text: string) => text,
      (text: string) => text.toUpperCase(),
      (text: string) => text.toLocaleUpperCase('tr'),
      (text: string) => text.charAt(0).toUpperCase() + text.slice(1),
      (text: string) => text.replaceAll(/[dloiht]/g, (letter) => STROKES[letter] ?? letter),
      (text: string) => text.replaceAll(/[!-~]/g, (letter) => String.fromCodePoint(letter.charCodeAt(0) + 0xfee0)),
    );
    const forms = fc.constantFrom('NFC', 'NFD', 'NFKC', 'NFKD');
    fc.assert(
      fc.property(
        fc.constantFrom(...list),
        cases,
        inside,
        forms,
        around,
        around,
        ({ word, signal }, toCase, marks, form, before, after) => {
          // Marks follow a letter: at the beginning of a word or after a space there is none to carry them.
          const letters = Array.from(toCase(word));
          for (const [at, mark] of marks) {
            const place = at % letters.length;
            if (/\p{L}|\p{M}/u.test(letters[place] ?? '')) letters[place] += mark;
          }
          const typed = `${before}${letters.join('').normalize(form)}${after}`;
          fc.pre(typed.length <= 60);
          expect(wishIn(webhookBody(aText(typed)))).toBe(signal);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('every word is in one of these scripts, and none means both', () => {
    expect(
      words.filter(({ word }) => !scripts.some((script) => wordsIn(script).some((one) => one.word === word))),
    ).toEqual([]);
    for (const { word, signal } of words) expect(wishIn(webhookBody(aText(word)))).toBe(signal);
  });
});
