import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { redeliveryDelayMs } from '../../src/simulator/webhook/deliveries.ts';
import { ANA, APP, aSend, HOUR, itemsOf, PAGE, startBoth, type Item } from './support.ts';

const conversation = `messenger:${PAGE}:${ANA}` as const;
const BEN = '6120459871230112';
const buttons = [{ type: 'postback', title: 'Track my order', payload: 'TRACK:A-77' }];
const card = { attachment: { type: 'template', payload: { template_type: 'button', text: 'Well?', buttons } } };
const colours = { text: 'Colour?', quick_replies: [{ content_type: 'text', title: 'Green', payload: 'COLOR:GREEN' }] };

type StartedBoth = Awaited<ReturnType<typeof startBoth>>;

/** The keys and kinds of values, so that two bodies can be compared without their ids and times. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)]);
}

test.each<[string, string, (running: StartedBoth) => unknown]>([
  ['text', 'message', ({ simulator }) => simulator.says(ANA, 'Olá, do you ship to Porto?')],
  [
    'text-with-quick-reply',
    'message',
    async ({ simulator, send }) => {
      simulator.says(ANA, 'Hi');
      await send(aSend(colours));
      simulator.taps(ANA, 'Green');
    },
  ],
  [
    'postback',
    'postback',
    async ({ simulator, send }) => {
      simulator.says(ANA, 'Hi');
      await send(aSend(card));
      simulator.taps(ANA, 'Track my order');
    },
  ],
  ['get-started-with-referral', 'postback', ({ simulator }) => simulator.opensLink(ANA, 'poster_7')],
  [
    'message-from-ad',
    'message',
    ({ simulator }) => {
      simulator.clicksAd(ANA);
      simulator.says(ANA, 'Is this still available?');
    },
  ],
  [
    'referral-ad',
    'referral',
    ({ simulator }) => {
      simulator.says(ANA, 'Hi');
      simulator.clicksAd(ANA);
    },
  ],
  [
    'referral-m-me',
    'referral',
    ({ simulator }) => {
      simulator.says(ANA, 'Hi');
      simulator.opensLink(ANA, 'poster_7');
    },
  ],
  [
    'pass-thread-control',
    'pass_thread_control',
    ({ simulator }) => {
      simulator.says(ANA, 'Hi');
      simulator.setThreadOwner(ANA, 'us', { metadata: 'ctx' });
    },
  ],
  [
    'take-thread-control',
    'take_thread_control',
    ({ simulator }) => {
      simulator.says(ANA, 'Hi');
      simulator.setThreadOwner(ANA, 'us');
      simulator.setThreadOwner(ANA, 'page_inbox', { metadata: 'human' });
    },
  ],
  [
    'request-thread-control',
    'request_thread_control',
    ({ simulator }) => {
      simulator.says(ANA, 'Hi');
      simulator.requestThread(ANA, 'please');
    },
  ],
  [
    'standby-message',
    'message',
    ({ simulator }) => {
      simulator.says(ANA, 'Hi');
      simulator.setThreadOwner(ANA, 'other_app');
      simulator.says(ANA, 'Are you still there?');
    },
  ],
  [
    'standby-postback',
    'postback',
    async ({ simulator, send }) => {
      simulator.says(ANA, 'Hi');
      await send(aSend(card));
      simulator.setThreadOwner(ANA, 'other_app');
      simulator.taps(ANA, 'Track my order');
    },
  ],
  ['image', 'message', ({ simulator }) => simulator.sendsMedia(ANA, 'image')],
  ['policy-enforcement', 'policy_enforcement', ({ simulator }) => simulator.restrictPage()],
  ['optin-send-to-messenger', 'optin', ({ simulator }) => simulator.optsIn(ANA, 'signup_page')],
  [
    'reaction',
    'reaction',
    async ({ simulator, send }) => {
      simulator.says(ANA, 'Hi');
      await send(aSend('Hello'));
      simulator.reacts(ANA, 'love');
    },
  ],
  [
    'unreaction',
    'reaction',
    async ({ simulator, send }) => {
      simulator.says(ANA, 'Hi');
      await send(aSend('Hello'));
      simulator.unreacts(ANA);
    },
  ],
  [
    'read',
    'read',
    async ({ simulator, send }) => {
      simulator.says(ANA, 'Hi');
      await send(aSend('Hello'));
      simulator.reads(ANA);
    },
  ],
  [
    'delivery',
    'delivery',
    async ({ simulator, send }) => {
      simulator.says(ANA, 'Hi');
      await send(aSend('Hello'));
    },
  ],
  [
    'echo-from-this-app',
    'message',
    async ({ simulator, send }) => {
      const mid = simulator.says(ANA, 'Hi');
      await send(aSend({ text: 'Hello', metadata: 'out:1' }, { reply_to: { mid } }));
    },
  ],
  [
    'echo-from-page-inbox',
    'message',
    ({ simulator }) => {
      simulator.says(ANA, 'Hi');
      simulator.answersFromInbox(ANA, 'Marta here.');
    },
  ],
])('%s has the shape Meta gives it', async (fixture, kind, act) => {
  const running = await startBoth();
  await act(running);
  await running.simulator.waitForDeliveries();

  const file = readFileSync(join(import.meta.dirname, '../fixtures/webhooks', `${fixture}.json`), 'utf8');
  const body = running.bot.bodies.findLast((one) => itemsOf(one).some((item) => kind in item));
  expect(shapeOf(JSON.parse(body!))).toEqual(shapeOf(JSON.parse(file)));
});

test('bodies are compact ASCII with lowercase escapes, and signed as they are', async () => {
  const { simulator, bot } = await startBoth();
  simulator.says(ANA, 'Olá 👋 – ok?');
  await simulator.waitForDeliveries();
  expect(bot.bodies[0]).toContain(String.raw`"text":"Ol\u00e1 \ud83d\udc4b \u2013 ok?"}}]}]}`);
  expect(bot.bodies[0]).toMatch(/^[\x20-\x7e]+$/);
  expect(bot.items()[0]!.message!['text']).toBe('Olá 👋 – ok?');
  expect(bot.wrongSignatures).toEqual([]);
});

test('a send causes an echo and a delivery receipt with its id', async () => {
  const { simulator, send, bot } = await startBoth();
  simulator.says(ANA, 'Hi');
  const { json } = await send(aSend({ ...card, metadata: 'send 1' }));
  await simulator.waitForDeliveries();
  const [, echo, delivery] = bot.items();
  expect(echo).toMatchObject({
    sender: { id: PAGE },
    recipient: { id: ANA },
    message: {
      is_echo: true,
      app_id: Number(APP),
      metadata: 'send 1',
      mid: json.message_id,
      attachments: [card.attachment],
    },
  });
  expect(delivery).toMatchObject({ delivery: { mids: [json.message_id], watermark: echo!.timestamp } });
});

test('a person reads everything once', async () => {
  const { simulator, send, bot } = await startBoth();
  simulator.says(ANA, 'Hi');
  await send(aSend('Hello'));
  simulator.reads(ANA);
  simulator.reads(ANA);
  await simulator.waitForDeliveries();
  expect(bot.items('read')).toHaveLength(1);
  expect(simulator.thread(ANA).bubbles.at(-1)!.mark).toBe('read');
});

test('echoes and receipts can be switched off', async () => {
  const { simulator, send, bot } = await startBoth({ echoes: false, receipts: false });
  simulator.says(ANA, 'Hi');
  await send(aSend('Hello'));
  simulator.reads(ANA);
  await simulator.waitForDeliveries();
  expect(bot.items()).toHaveLength(1);
});

test('a webhook is delivered again until the bot acknowledges it, and only entry.time changes', async () => {
  const { simulator, bot } = await startBoth({ answerWithinMs: 60 });
  bot.answers.push(500, 'silence', 404, 202);
  simulator.says(ANA, 'Anybody there?');
  await simulator.waitForDeliveries();
  expect(bot.bodies).toHaveLength(5);
  const withoutTime = bot.bodies.map((body) => body.replace(/"time":\d+/, ''));
  expect(new Set(withoutTime).size).toBe(1);
  const [entry] = simulator.thread(ANA).timeline;
  expect(entry!.webhooks).toEqual([expect.objectContaining({ tries: 5, isAccepted: true, lastAnswer: '200' })]);
});

test('a bot that was down gets everything later, in order for each person', async () => {
  const { simulator, bot } = await startBoth();
  bot.answers.push(...Array<number>(12).fill(503));
  for (const text of ['one', 'two', 'three']) {
    simulator.says(ANA, text);
    simulator.says(BEN, text);
  }
  expect(simulator.thread(ANA).bubbles[0]!.mark).toBe('waiting');
  await simulator.waitForDeliveries();
  const textsOf = (psid: string) =>
    new Set(
      bot
        .items()
        .filter(({ sender }) => sender.id === psid)
        .map(textOf),
    );
  expect([...textsOf(ANA)]).toEqual(['one', 'two', 'three']);
  expect([...textsOf(BEN)]).toEqual(['one', 'two', 'three']);
  expect(simulator.thread(ANA).bubbles[0]!.mark).toBe('delivered');
});

test('the backoff between deliveries grows up to its maximum', () => {
  const pauses = [0, 1, 2, 3, 4, 5, 6, 7, 500].map((tries) => redeliveryDelayMs(tries, 5000));
  expect(pauses).toEqual([0, 0, 250, 500, 1000, 2000, 4000, 5000, 5000]);
});

test('all times are by the clock of the person, also in webhooks', async () => {
  const { simulator, send, bot } = await startBoth();
  simulator.moveClock(conversation, 100 * HOUR);
  simulator.says(ANA, 'From the future');
  await send(aSend('Hello'));
  await simulator.waitForDeliveries();
  const ahead = [
    ...bot.items().flatMap(({ timestamp }) => timestamp ?? []),
    ...bot.bodies.map((body) => (JSON.parse(body) as { entry: [{ time: number }] }).entry[0].time),
  ].map((at) => Math.round((at - Date.now()) / HOUR));
  expect(new Set(ahead)).toEqual(new Set([100]));
});

test('a person can tap only what is shown', async () => {
  const { simulator, send, bot } = await startBoth();
  simulator.says(ANA, 'Hi');
  await send(aSend(card));
  await send(aSend({ text: 'Mail?', quick_replies: [{ content_type: 'user_email' }] }));
  expect(simulator.thread(ANA).quickReplies).toEqual([expect.objectContaining({ title: 'ana.sousa@mail.example' })]);
  expect(() => simulator.taps(ANA, 'Blue')).toThrow(
    'sees no "Blue" to tap; there is: "ana.sousa@mail.example", "Track',
  );

  simulator.taps(ANA, 'ana.sousa@mail.example');
  simulator.taps(ANA, 'Track my order'); // a button stays, however much is said after it
  await simulator.waitForDeliveries();
  const [mail, tap] = bot
    .items()
    .filter(({ sender }) => sender.id === ANA)
    .slice(-2);
  expect(mail!.message).toMatchObject({ quick_reply: { payload: 'ana.sousa@mail.example' } });
  expect(tap!.postback).toMatchObject({ title: 'Track my order', payload: 'TRACK:A-77' });
  expect(simulator.thread(ANA).quickReplies).toEqual([]);
});

test('a link into a thread that exists is a referral', async () => {
  const { simulator, bot } = await startBoth();
  simulator.says(ANA, 'Hi');
  simulator.opensLink(ANA, 'poster_7');
  await simulator.waitForDeliveries();
  expect(bot.items('referral')[0]).toMatchObject({
    referral: { ref: 'poster_7', source: 'SHORTLINK', type: 'OPEN_THREAD' },
  });
});

function textOf({ message }: Item): unknown {
  return message?.['text'];
}
