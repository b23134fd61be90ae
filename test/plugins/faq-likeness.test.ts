/** How well likeness recognises questions. Shows what a change of the measure gains and loses. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rank } from '../../src/plugins/faq/likeness.ts';

const ENTRIES = [
  { key: 'hours', questions: ['When are you open?', 'What are your opening hours?', 'Are you open on Sunday?'] },
  { key: 'delivery', questions: ['How long does delivery take?', 'When will my order arrive?'] },
  { key: 'cost', questions: ['How much is shipping?', 'What does delivery cost?'] },
  { key: 'return', questions: ['Can I return an item?', 'How do I get my money back?'] },
  { key: 'pay', questions: ['Which payment methods do you accept?', 'Can I pay with PayPal?'] },
  { key: 'where', questions: ['Where is your shop?', 'What is your address?'] },
  { key: 'warranty', questions: ['Is there a warranty?', 'How long is the guarantee?'] },
  { key: 'gift', questions: ['Do you sell gift cards?'] },
  { key: 'horario', questions: ['Qual é o horário de funcionamento?', 'A que horas abrem?'] },
  { key: 'entrega', questions: ['Quanto tempo demora a entrega?', 'Fazem entregas ao domicílio?'] },
  { key: 'kyūjitsu', questions: ['定休日はいつですか'] },
];

/** What people write, as typed on a phone, and the question they mean. */
const ASKED: Readonly<Record<string, readonly string[]>> = {
  hours: [
    'when are you open',
    'When r you open?',
    'opening hours',
    'what are ur opening hours??',
    'are you open on sundays',
    'openning hours pls',
    'hello, what are your opening hours please',
    'wen are u opne',
  ],
  delivery: [
    'how long does delivery take',
    'how long dose delivry take',
    'when does my order arrive',
    'when will my oder arive',
  ],
  cost: ['how much is shiping', 'what does the delivery cost', 'shipping cost'],
  return: ['can i return an item', 'can i return somthing', 'I want my money back', 'how can I get my money back?'],
  pay: ['can I pay with paypal', 'payment methods', 'do you accept pay pal', 'which payement methods'],
  where: ['where is your shop', 'where is the shop', 'adress', 'whats your address', 'your address please'],
  warranty: ['is there a waranty', 'warranty', 'how long is the garantee'],
  gift: ['gift cards', 'do you have giftcards', 'do you sell gift card'],
  horario: ['qual e o horario', 'a que horas abrem', 'que horas abrem?', 'horario de funcionamento'],
  entrega: ['quanto tempo demora a entrega', 'quanto demora entrega', 'fazem entregas ao domicilio'],
  kyūjitsu: ['定休日はいつですか？', '定休日はいつですが'],
};

/** Texts that mean none of the questions. */
const CHAT = [
  'hello',
  'hi there',
  'thank you',
  'ok',
  'yes',
  'how are you?',
  'what is your name?',
  'do you like cats',
  'can you help me',
  'where are you from',
  'I am angry',
  'is there anybody there',
  'can i talk to a human',
  'you are great',
  'when is the next train',
  'how long have you been doing this',
  'bom dia',
  'obrigado',
  'my email is ana@example.com',
  'the weather is nice today',
  'do you sell shoes',
  'what time is it',
  'who are you',
  'What do you do?',
  '',
  '👍',
];

/** Decides as the plugin does, with its defaults. */
function decided(text: string): { readonly answer?: string | undefined; readonly offers: readonly string[] } {
  const ranked = rank(text, ENTRIES);
  const [best, second] = ranked;
  const isSure = best !== undefined && best.likeness >= 0.7 && best.likeness - (second?.likeness ?? 0) >= 0.1;
  const near = ranked.filter(({ likeness }) => likeness >= 0.45).slice(0, 3);
  return { ...(isSure && { answer: best.entry.key }), offers: near.map(({ entry }) => entry.key) };
}

const asked = Object.entries(ASKED).flatMap(([key, texts]) => texts.map((text) => ({ key, text })));

test('no answer is a wrong one', () => {
  const wrong = asked.filter(({ key, text }) => ![key, undefined].includes(decided(text).answer));
  expect(wrong).toEqual([]);
  expect(CHAT.filter((text) => decided(text).answer !== undefined)).toEqual([]);
});

test('of 43 ways to ask, three quarters are answered at once and nine tenths with one tap more', () => {
  expect(asked).toHaveLength(43);
  const answered = asked.filter(({ key, text }) => decided(text).answer === key);
  const helped = asked.filter(({ key, text }) => decided(text).answer === key || decided(text).offers.includes(key));
  expect(answered.length).toBeGreaterThanOrEqual(33);
  expect(helped.length).toBeGreaterThanOrEqual(39);
});

test('of 26 texts that mean none of the questions, at most a third get an offer', () => {
  expect(CHAT).toHaveLength(26);
  expect(CHAT.filter((text) => decided(text).offers.length > 0).length).toBeLessThanOrEqual(8);
});

test('a question is most like itself, and likeness is between 0 and 1', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...ENTRIES),
      fc.nat(),
      fc.string({ unit: 'grapheme' }),
      ({ key, questions }, at, text) => {
        const [best] = rank(questions[at % questions.length] ?? '', ENTRIES);
        expect(best?.entry.key).toBe(key);
        expect(best?.likeness).toBeCloseTo(1, 10);
        for (const { likeness } of rank(text, ENTRIES)) {
          expect(likeness).toBeGreaterThanOrEqual(0);
          expect(likeness).toBeLessThanOrEqual(1 + 1e-9);
        }
      },
    ),
  );
});

test('one letter in four may be wrong, not the first, and short words must be right', () => {
  const likeness = (text: string, question: string) => rank(text, [{ questions: [question] }])[0]?.likeness ?? 0;
  expect(likeness('shiping', 'shipping')).toBeGreaterThan(0.8);
  expect(likeness('opem', 'open')).toBe(0.75);
  expect(likeness('apen', 'open')).toBe(0);
  expect(likeness('oxem', 'open')).toBe(0);
  expect(likeness('hur', 'her')).toBe(0);
});
