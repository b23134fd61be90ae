/** The example bot, as a person would use it. */

import { readFileSync } from 'node:fs';
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

test('a form asks again, lets an FAQ answer in between, goes on, and saves the lead', async () => {
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

test('a greeting alone is answered by the welcome alone', async () => {
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

test('asking for an operator stops the offer and silences the bot until the conversation is given back', async () => {
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

test('the filters of docs/temporal-ui.md find the conversations that an owner asks for', async () => {
  const [buys, waits] = [await startTalk(SHOP), await startTalk(SHOP)];
  await leaveLead(buys);
  await waits.says('Can I talk to a human?');
  const windowClosesAt = buys.now() + 24 * HOUR;
  const near = (at: number) => [at - HOUR, at + HOUR].map((moment) => `'${new Date(moment).toISOString()}'`);

  async function found(question: string): Promise<string[]> {
    const query = filterBelow(question).replace(/'\S+Z' AND '\S+Z'/, near(windowClosesAt).join(' AND '));
    const ids: string[] = [];
    for await (const { workflowId } of buys.stage.client.workflow.list({ query })) ids.push(workflowId);
    const ours = [buys.conversation, waits.conversation, buys.sequence('spring-offer').workflowId];
    return ids.filter((id) => ours.includes(id)).toSorted();
  }

  const both = [buys.conversation, waits.conversation].toSorted();
  // Temporal updates its lists a moment later.
  await expect.poll(() => found('Which conversations wait for an operator?')).toEqual([waits.conversation]);
  await expect.poll(() => found('Which conversations does the bot answer?')).toEqual([buys.conversation]);
  const offer = [buys.sequence('spring-offer').workflowId];
  await expect.poll(() => found('Who is in the sequence')).toEqual(offer);
  await expect.poll(() => found('And in its version 1')).toEqual(offer);
  await expect.poll(() => found('Whose window closes')).toEqual(both);
  await expect.poll(() => found('Which conversations belong to one of several Pages?')).toEqual(both);
  for (const question of ['Who has the tag', 'Which follow-ups failed?', 'Which runs cannot continue'])
    expect(await found(question)).toEqual([]);
});

/** The query that the page gives below a question. */
function filterBelow(question: string): string {
  const page = readFileSync('docs/temporal-ui.md', 'utf8');
  const start = page.indexOf(`\n${question}`);
  const query = /```sql\n([^`]*)\n```/.exec(page.slice(start))?.[1];
  if (start === -1 || query === undefined) throw new Error(`docs/temporal-ui.md has no filter below "${question}".`);
  return query;
}
