/** Instagram messaging, where it differs from Messenger. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { APP, aSend, callGraph, DAY, HOUR, itemsOf, outcomeOf, startBoth } from './support.ts';

const ACCOUNT = '17841400112233445';
const DORA = '1784140099887766';
const conversation = `instagram:${ACCOUNT}:${DORA}` as const;
const toDora = (message: Parameters<typeof aSend>[0], rest = {}) =>
  aSend(message, { recipient: { id: DORA }, ...rest });
const template = (template_type: string) => ({
  attachment: {
    type: 'template',
    payload: { template_type, text: 'Well?', buttons: [BUTTON], elements: [{ id: '1' }] },
  },
});
const BUTTON = { type: 'postback', title: 'Yes', payload: 'YES' };
const humanAgent = { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' };

async function startTalk() {
  const running = await startBoth({ channel: 'instagram', pageId: ACCOUNT });
  running.simulator.says(DORA, 'Do you have this in green? 💚');
  const send = (body: Record<string, unknown>) => callGraph(running, 'POST', 'me/messages', { body });
  return { ...running, send };
}

function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)]);
}

test.each<[string, Record<string, unknown>, number, string]>([
  ['1,000 bytes', toDora('é'.repeat(500)), 0, 'sent'],
  ['1,002 bytes in 501 characters', toDora('é'.repeat(501)), 0, '100'],
  ['a response after 24 hours', toDora('Hi'), DAY, '10/2534022'],
  ['a human agent after 24 hours', toDora('Hi', humanAgent), 25 * HOUR, 'sent'],
  ['a human agent after 7 days', toDora('Hi', humanAgent), 7 * DAY, '10/2534022'],
  [
    'another tag',
    toDora(template('customer_feedback'), { messaging_type: 'MESSAGE_TAG', tag: 'CUSTOMER_FEEDBACK' }),
    0,
    '100',
  ],
  ['buttons', toDora(template('button')), 0, 'sent'],
  ['a product', toDora(template('product')), 0, '100'],
  ['a persona', toDora('Hi', { persona_id: '990022' }), 0, '100'],
  [
    'a utility message',
    toDora({ template: { name: 'visit', language: { code: 'en_US' } } }, { messaging_type: 'UTILITY' }),
    0,
    '100',
  ],
])('%s', async (_, body, later, outcome) => {
  const { simulator, send } = await startTalk();
  simulator.moveClock(conversation, later);
  expect(outcomeOf(await send(body))).toBe(outcome);
});

describe('webhooks', () => {
  test.each([
    ['instagram-text', 'message'],
    ['instagram-seen', 'read'],
  ])('%s has the shape Meta gives it', async (fixture, kind) => {
    const { simulator, send, bot } = await startTalk();
    if (kind === 'read') await send(toDora('Yes'));
    simulator.reads(DORA);
    await simulator.waitForDeliveries();
    const file = readFileSync(join(import.meta.dirname, '../fixtures/webhooks', `${fixture}.json`), 'utf8');
    const body = JSON.parse(bot.bodies.find((one) => itemsOf(one).some((item) => kind in item))!) as { object: string };
    expect(body.object).toBe('instagram');
    expect(shapeOf(body)).toEqual(shapeOf(JSON.parse(file)));
  });

  test('echoes come with the field of messages, and there are no delivery receipts', async () => {
    const running = await startTalk();
    await callGraph(running, 'POST', 'me/subscribed_apps?subscribed_fields=messages');
    const { json } = await running.send(toDora('Yes'));
    running.simulator.reads(DORA);
    running.simulator.answersFromInbox(DORA, 'Marta here');
    await running.simulator.waitForDeliveries();
    const echoes = running.bot.items('message').filter(({ message }) => message!['is_echo'] === true);
    expect(echoes.map(({ message }) => message!['app_id'])).toEqual([Number(APP), 1217981644879628]);
    expect(echoes[0]!.message!.mid).toBe(json.message_id);
    expect([running.bot.items('delivery'), running.bot.items('read')]).toEqual([[], []]);
  });
});

test('a second private reply is refused', async () => {
  const { simulator, send } = await startTalk();
  const reply = toDora('649', { recipient: { comment_id: simulator.comments(DORA, 'How much?') } });
  expect(outcomeOf(await send(reply))).toBe('sent');
  expect(outcomeOf(await send(reply))).toBe('100/2534025');
});
