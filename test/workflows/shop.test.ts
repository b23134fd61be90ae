/** The example bot, as somebody would talk with it. */
import { expect, test } from 'vitest';
import { startTalk, type Talk } from '../support/talk.ts';

const SHOP = 'examples/shop/bot.ts';
const HOUR = 3_600_000;

/** Gives an e-mail and a name, so that the offer is followed up. */
async function leaveLead(talk: Talk): Promise<void> {
  await talk.says('price');
  await talk.says('ana@shop.example');
  await talk.says('Ana');
  await talk.hears();
}

test('a form asks again, steps aside for a question, goes on, and keeps the lead', async () => {
  const talk = await startTalk(SHOP, { startsAt: '10:00' });
  await talk.says('What is the price of a mug?');
  expect(await talk.hears(2)).toEqual(['Hi! Ask me about hours or prices.', 'Which e-mail may we write to?']);
  await talk.says('ana at shop');
  expect(await talk.hears()).toEqual(['That does not look like an e-mail address.', 'Which e-mail may we write to?']);
  await talk.says('What are your hours?');
  expect(await talk.hears()).toEqual(['We are open 9 to 5, Monday to Friday.', 'Which e-mail may we write to?']);
  await talk.says('ana@shop.example');
  expect(await talk.hears()).toEqual(['And your name?']);
  await talk.says('Ana');
  expect(await talk.hears()).toEqual(['Thank you! We will send you our prices.']);
  expect(await talk.leads()).toEqual([{ email: 'ana@shop.example', name: 'Ana' }]);
});

test('the e-mail that Messenger offers can be tapped', async () => {
  const talk = await startTalk(SHOP);
  await talk.says('price');
  const [offer] = talk.stage.simulator.thread(talk.psid).quickReplies;
  await talk.taps(offer?.title ?? '');
  expect((await talk.hears()).at(-1)).toBe('And your name?');
});

test('a mere greeting is answered by the welcome alone', async () => {
  const talk = await startTalk(SHOP);
  await talk.says('Hello');
  expect(await talk.hears()).toEqual(['Hi! Ask me about hours or prices.']);
  await talk.says('Hello');
  expect(await talk.hears()).toEqual(['Sorry, I did not get that. Write "human" to reach a person.']);
});

test('the offer is followed up at its times, under its own name', async () => {
  const talk = await startTalk(SHOP, { startsAt: '10:00' });
  await leaveLead(talk);
  const started = talk.now();
  const offer = talk.sequence('spring-offer');
  expect(offer.workflowId).toBe(`sequence:spring-offer:${talk.conversation}`);
  expect([await offer.type(), await offer.status()]).toEqual(['spring-offer', 'RUNNING']);

  await talk.skip('25 hours');
  expect(await talk.hears()).toEqual([
    'Any questions about our offer?',
    'Our spring offer ends tonight. Shall we keep one for you?',
  ]);
  expect(await offer.result()).toBe('finished');
  const [first, last] = talk
    .bubbles()
    .slice(-2)
    .map(({ at }) => (at - started) / HOUR);
  expect(first).toBeCloseTo(2, 1);
  // Twenty hours later it is six in the morning: the quiet hours end at eight.
  expect(last).toBeCloseTo(22, 1);
});

test('a reply stops the offer', async () => {
  const talk = await startTalk(SHOP, { startsAt: '10:00' });
  await leaveLead(talk);
  await talk.says('No, thanks');
  expect(await talk.sequence('spring-offer').result()).toBe('stopped by reply');
  expect(await talk.attributes()).not.toHaveProperty('Sequences');
});

test('asking for a person stops the offer and silences the bot until the talk is given back', async () => {
  const talk = await startTalk(SHOP, { startsAt: '10:00' });
  await leaveLead(talk);
  await talk.says('Can I talk to a human?');
  expect(await talk.hears()).toEqual(['One moment, I am asking a colleague to join us.']);
  expect(await talk.sequence('spring-offer').result()).toMatch(/^stopped by (reply|handoff)$/);
  await talk.says('hours?');
  expect(await talk.hears()).toEqual([]);
  await talk.givesBack();
  await talk.says('hours?');
  expect(await talk.hears()).toEqual(['We are open 9 to 5, Monday to Friday.']);
});

test('a form that was left for days goes on where it was', async () => {
  const talk = await startTalk(SHOP, { startsAt: '10:00' });
  await talk.says('price');
  await talk.skip('4 days');
  expect(await talk.status()).toBe('COMPLETED');
  await talk.hears();
  await talk.says('ana@shop.example');
  expect(await talk.hears()).toEqual(['And your name?']);
});
