/** The bundled plugins in conversations. `test/workflows/shop.test.ts` has more of the common cases. */

import { describe, expect, test } from 'vitest';
import { startTalk, type Talk } from '../support/talk.ts';

const BOT = 'test/support/bots/bundled/bot.ts';

async function greeted(): Promise<Talk> {
  const talk = await startTalk(BOT);
  await talk.says('Hello');
  await talk.hears();
  return talk;
}

describe('welcome', () => {
  test('greets before the first answer, and once', async () => {
    const talk = await startTalk(BOT);
    await talk.says('open?');
    await talk.says('open?');
    expect(await talk.hears()).toEqual(['Welcome!', 'From 9 to 5.', 'From 9 to 5.']);
  });

  test('reacts to the given payload, and no other', async () => {
    const talk = await startTalk(BOT);
    await talk.getsStarted();
    expect(await talk.hears()).toEqual([]);
  });
});

describe('faq', () => {
  test('gives the first answer whose pattern matches, every time', async () => {
    const talk = await greeted();
    await talk.says('open?', 'open?', 'open?', 'hours?');
    expect(await talk.hears()).toEqual(['From 9 to 5.', 'From 9 to 5.', 'From 9 to 5.', 'The second answer.']);
  });

  test('may offer quick replies, and reads a tapped one by its title', async () => {
    const talk = await greeted();
    await talk.says('photo', 'photo');
    await talk.taps('Open');
    expect(await talk.hears()).toEqual(['Which?', 'Which?', 'From 9 to 5.']);
  });
});

describe('leadCapture', () => {
  test('takes taps and typed answers, and says what is wrong', async () => {
    const talk = await greeted();
    await talk.says('I want to book');
    await talk.taps('Large');
    await talk.says('20');
    await talk.says('4');
    await talk.says('24.12.2026');
    await talk.says('+351 912 345 678');
    expect(await talk.hears()).toEqual([
      'Which size?',
      'How many?',
      'Between 1 and 8, please.',
      'How many?',
      'When?',
      'Your number?',
      'Booked.',
    ]);
    expect(await talk.leads()).toEqual([{ size: 'Large', people: '4', day: '2026-12-24', phone: '+351912345678' }]);
  });

  test('is cancelled by `cancelOn`', async () => {
    const talk = await greeted();
    await talk.says('book');
    await talk.says('never mind');
    await talk.says('Small');
    expect(await talk.hears()).toEqual(['Which size?', 'Forgotten.']);
    expect(await talk.leads()).toEqual([]);
  });

  test('waits without a question while an operator answers, and goes on when the conversation is handed back', async () => {
    const talk = await greeted();
    await talk.says('book');
    await talk.says('human please');
    expect(await talk.hears()).toEqual(['Which size?', 'A colleague comes.']);
    await talk.givesBack();
    await talk.says('Small');
    expect(await talk.hears()).toEqual(['How many?']);
  });

  test('asks again after a tap that is not an answer', async () => {
    const talk = await greeted();
    await talk.says('book');
    await talk.getsStarted();
    expect(await talk.hears()).toEqual(['Which size?', 'Which size?']);
  });

  test('two forms in one bot need two names', async () => {
    const talk = await greeted();
    await talk.says('price');
    await talk.says('Ana');
    await talk.says('price');
    await talk.says('Ben');
    expect(await talk.leads()).toHaveLength(2);
  });
});

describe('followUp', () => {
  test('sends its steps, each after its delay', async () => {
    const talk = await greeted();
    await talk.says('book', 'never mind');
    await talk.hears();
    await talk.skip('61 minutes');
    expect(await talk.hears()).toEqual(['Changed your mind?']);
    await talk.skip('2 hours');
    expect(await talk.hears()).toEqual(['A table is still free.']);
    expect(await talk.sequence('reminder').result()).toBe('finished');
  });

  test('ends when the person answers', async () => {
    const talk = await greeted();
    await talk.says('book', 'never mind');
    await talk.skip('61 minutes');
    await talk.says('yes');
    expect(await talk.sequence('reminder').result()).toBe('stopped by reply');
  });
});

test('handoff silences the bot for `silentFor`', async () => {
  const talk = await greeted();
  await talk.says('human');
  await talk.says('human');
  await talk.skip('119 minutes');
  await talk.says('open?');
  expect(await talk.hears()).toEqual(['A colleague comes.']);
  await talk.skip('2 minutes');
  await talk.says('open?');
  expect(await talk.hears()).toEqual(['From 9 to 5.']);
});
