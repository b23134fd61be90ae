/** Lead capture on a real Temporal server: a lead's whole way, and a form that is left for days. `form.test.ts` has its rules. */

import { expect, test, vi } from 'vitest';
import { addDestination } from '../outbox/a-relay.ts';
import { aReceiver } from '../outbox/receiver.ts';
import { startTalk } from '../support/talk.ts';

const BOT = 'test/support/bots/leads/bot.ts';
const SUMMARY = 'Is this right?\nE-mail: rui@shop.example\nName: Rui';

test('a lead goes to the store, a destination and the author’s activity, once each', async () => {
  globalThis.crm = undefined;
  const talk = await startTalk(BOT);
  const receiver = await aReceiver();
  const { store } = talk.stage;
  await addDestination(store, { url: receiver.url, topics: ['lead.*'] });

  await talk.says('price?');
  await talk.taps('I agree');
  const agreedAt = talk.now();
  await talk.says('When are you open?');
  await talk.says('ana@shop.example');
  expect(await talk.details()).toContain('- **lead-capture** asks for Name, 1 answered\n');
  await talk.says('Rui');
  expect(await talk.details()).toContain('- **lead-capture** waits for a yes, 2 answered\n');
  await talk.taps('E-mail');
  await talk.stage.restartWorker();
  await talk.says('rui@shop.example');
  await talk.taps('Send');
  expect(await talk.hears()).toEqual([
    'May we keep your answers?',
    'Your e-mail?',
    'From 9 to 5.',
    'Your e-mail?',
    'Your name?',
    SUMMARY.replace('rui@', 'ana@'),
    'Your e-mail?',
    SUMMARY,
    'Thanks.',
  ]);

  expect(await talk.details()).not.toContain('**lead-capture**');
  const [lead] = await store.leads.list(10);
  expect(lead).toMatchObject({
    fields: { email: 'rui@shop.example', name: 'Rui' },
    consent: { text: 'May we keep your answers?', given: 'agreed' },
  });
  expect(Math.abs((lead?.consent?.at ?? 0) - agreedAt)).toBeLessThan(60_000);
  expect(globalThis.crm).toMatchObject({ attempts: 2, leads: [] });
  await talk.skip('61 seconds');
  expect(globalThis.crm).toMatchObject({ attempts: 4, leads: [lead] });

  await vi.waitUntil(() => receiver.received.length > 0, { timeout: 20_000 });
  expect(receiver.received.map(({ body }) => JSON.parse(body) as unknown)).toMatchObject([
    { type: 'lead.created', data: { id: lead?.leadId } },
  ]);
});

test('an unfinished form asks once more before the window closes, and after days whether to go on', async () => {
  const talk = await startTalk(BOT, { startsAt: '13:00' });
  await talk.says('price?');
  await talk.taps('I agree');
  await talk.hears();
  await talk.skip('19 hours');
  expect(await talk.hears()).toEqual([]);
  await talk.skip('61 minutes');
  expect(await talk.hears()).toEqual(['One question is still open:', 'Your e-mail?']);

  await talk.skip('3 days');
  await talk.says('Hello again');
  expect(await talk.hears()).toEqual(['Shall we go on where we stopped?']);
  await talk.taps('Go on');
  await talk.says('rui@shop.example');
  expect(await talk.hears()).toEqual(['Your e-mail?', 'Your name?']);
});
