/** What the README promises: a week of follow-up in a moment, on the real engine. */

import { expect, inject, test } from 'vitest';
import { simulate } from '../../src/testing/index.ts';

test('a week with quiet hours, a reply on day three and a send that is refused', async () => {
  await using talk = await simulate('test/support/bots/week/bot.ts', {
    temporal: inject('temporalAddress'),
    startsAt: '12:00',
  });
  const hour = () => new Date(talk.bubbles().at(-1)?.at ?? 0).toISOString().slice(11, 16);

  await talk.says('What is the price?');
  expect(talk.heard()).toEqual(['Nine euros.']);

  await talk.skip('19 hours');
  expect(talk.heard()).toEqual([]);
  await talk.skip('5 hours');
  expect(talk.heard()).toEqual(['Good morning! Any questions about our offer?']);
  expect(hour()).toBe('08:00');

  await talk.skip('2 days');
  await talk.says('Yes, I have one');
  expect(talk.heard()).toEqual(['Gladly. We write again in four days.']);

  await talk.skip('4 days');
  expect(await talk.sequence('week').status()).toBe('COMPLETED');
  expect(talk.heard()).toEqual([]);
});
