/** The FAQ by likeness, in conversations; `bundled.test.ts` has patterns, `faq-likeness.test.ts` the quality of likeness. */

import { describe, expect, test } from 'vitest';
import { faq, type Question } from '../../src/plugins/index.ts';
import { startTalk, type Talk } from '../support/talk.ts';

const BOT = 'test/support/bots/faq/bot.ts';

const offered = ({ stage, psid }: Talk) => stage.simulator.thread(psid).quickReplies.map(({ title }) => title);

test('a question is answered in other words, misspelt, and in another order', async () => {
  const talk = await startTalk(BOT);
  await talk.says(
    'hours',
    'wat are your openning hours??',
    'how long dose delivry take',
    'delivery cost, how much is it',
  );
  expect(await talk.hears()).toEqual(['From 9 to 5.', 'From 9 to 5.', 'Two days.', '5 €.']);
});

describe('likely questions are offered', () => {
  test('and a tap is answered', async () => {
    const talk = await startTalk(BOT);
    await talk.says('delivery?');
    expect(offered(talk)).toEqual(['How long does deliv…', 'Delivery costs']);
    await talk.taps('Delivery costs');
    await talk.says('delivery?');
    await talk.taps('How long does deliv…');
    expect(await talk.hears()).toEqual(['One of these?', '5 €.', 'One of these?', 'Two days.']);
  });

  test('and a tap is answered when the conversation was closed for a week', async () => {
    const talk = await startTalk(BOT);
    await talk.says('delivery?');
    await talk.skip('7 days');
    expect(await talk.status()).toBe('COMPLETED');
    await talk.taps('Delivery costs');
    expect(await talk.hears()).toEqual(['One of these?', '5 €.']);
  });

  test('only if no other plugin handled the message', async () => {
    const talk = await startTalk(BOT);
    await talk.says('Delivery!');
    await talk.says('delivery?');
    expect(await talk.hears()).toEqual(['Later says: soon.', 'One of these?']);
  });
});

test('a message that is not alike passes, however long it is', async () => {
  const talk = await startTalk(BOT);
  await talk.says('hello', 'the weather is nice', 'When are you open? '.repeat(90));
  expect(await talk.hears()).toEqual(['Sorry?', 'Sorry?', 'Sorry?']);
});

/** A bot may be plain JavaScript. */
const any = (value: unknown) => value as never;
const answer = 'Yes.';
const aFaq = (question: Question) => () => faq([question]);

test.each<[string, () => unknown, string]>([
  ['no questions', aFaq({ questions: [], answer }), 'faq: "0.questions" must be a list with a question, not [].'],
  ['a question that says nothing', aFaq({ questions: ['?!'], answer }), '"0.questions" must be texts of 1 to 200'],
  ['a long question', aFaq({ questions: ['a'.repeat(201)], answer }), '"0.questions" must be texts of 1 to 200'],
  ['a long title', aFaq({ questions: ['Why?'], title: 'x'.repeat(21), answer }), '"0.title" must be a text of 1 to 20'],
  ['a share over 1', () => faq([{ match: /a/, answer }], { answerFrom: 70 }), '"answerFrom" must be a number over 0'],
  ['no share', () => faq([{ match: /a/, answer }], { offerFrom: any('0.5') }), '"offerFrom" must be a number over 0'],
  ['an empty offer', () => faq([{ match: /a/, answer }], { didYouMean: '' }), 'faq: "didYouMean" cannot be said.'],
])('refused when the bot is loaded: %s', (_, load, complaint) => {
  expect(load).toThrow(complaint);
});

test('a question needs a pattern or a question text', () => {
  // @ts-expect-error: neither a pattern nor questions
  expect(() => faq([{ answer }])).toThrow('"0.match" must be a pattern');
  // @ts-expect-error: one question is a list too
  expect(() => faq([{ questions: 'Why?', answer }])).toThrow('"0.questions" must be a list with a question');
});
