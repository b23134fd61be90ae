/** Two days with the shop's bot, as a script. Temporal is real, Messenger is simulated, and the test moves the time. */

import { simulate } from 'everthread/testing';
import { expect, test } from 'vitest';

const bot = new URL('bot.ts', import.meta.url);

test('a question, a lead, a follow-up, and an operator who takes over', async () => {
  await using ana = await simulate(bot, { startsAt: '10:00' });

  await ana.says('When are you open?');
  expect(ana.heard()).toEqual(['Hi! Ask me about hours or prices.', 'We are open 9 to 5, Monday to Friday.']);

  await ana.says('And what is the price of a mug?');
  expect(ana.heard()).toEqual(['Which e-mail may we write to?']);
  await ana.says('ana at shop');
  expect(ana.heard()).toEqual(['That does not look like an e-mail address.', 'Which e-mail may we write to?']);
  await ana.says('ana@shop.example');
  await ana.says('Ana');
  expect(ana.heard()).toEqual(['And your name?', 'Thank you! We will send you our prices.']);
  expect(await ana.leads()).toEqual([{ email: 'ana@shop.example', name: 'Ana' }]);

  await ana.skip('2 hours');
  expect(ana.heard()).toEqual(['Any questions about our offer?']);
  await ana.skip('19 hours');
  expect(ana.heard()).toEqual([]);
  await ana.skip('2 hours');
  expect(ana.heard()).toEqual(['Our spring offer ends tonight. Shall we keep one for you?']);
  expect(await ana.sequence('spring-offer').result()).toBe('finished');

  await ana.says('Yes! Can I talk to a person?');
  expect(ana.heard()).toEqual(['One moment, I am asking a colleague to join us.']);
  await ana.answersFromInbox('Hello Ana, this is Rui. Blue or white?');
  await ana.says('Blue. When are you open tomorrow?');
  expect(ana.heard()).toEqual([]);

  await ana.givesBack();
  await ana.says('Do you ship?');
  expect(ana.heard()).toEqual(['We ship within two days.']);
});
