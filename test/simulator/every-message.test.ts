import { describe, expect, test } from 'vitest';
import { messageClass, type OutboundMessage, type Sayable } from '../../src/messenger/outbound/outbound-message.ts';
import { outboundMessages } from '../../src/messenger/outbound/sayable.ts';
import { sendApiRequest, type SendClass } from '../../src/messenger/outbound/send-api.ts';
import { react, senderActionRequest, unreact } from '../../src/messenger/outbound/sender-action.ts';
import { everyMessage } from '../messenger/every-message.ts';
import { limitOf, MESSAGE_LIMITS, PROFILE_LIMITS, sizesBeyond } from '../messenger/message-limits.ts';
import { ANA, DAY, HOUR, PAGE, startBoth, startSimulator, TOKEN, type Running } from './support.ts';

const conversation = `messenger:${PAGE}:${ANA}` as const;

function classOf(message: OutboundMessage): SendClass {
  return { messaging_type: messageClass(message) === 'utility' ? 'UTILITY' : 'RESPONSE' };
}

/** Says something as the activity does; gives the answers. */
async function say({ send }: Running, sayable: Sayable) {
  const answers = [];
  for (const [index, part] of outboundMessages(sayable).entries()) {
    const request = sendApiRequest({ id: ANA }, classOf(part.message), part, `s/${index}`);
    answers.push(await send({ ...request }));
  }
  return answers;
}

async function upload({ url }: Running, body: FormData | object): Promise<{ status: number; json: unknown }> {
  const isForm = body instanceof FormData;
  const answer = await fetch(`${url}/graph/v25.0/${PAGE}/message_attachments`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, ...(!isForm && { 'content-type': 'application/json' }) },
    body: isForm ? body : JSON.stringify(body),
  });
  return { status: answer.status, json: await answer.json() };
}

function byUrl(type: string, url = 'https://shop.example/city.png') {
  return { message: { attachment: { type, payload: { url, is_reusable: true } } } };
}

function byFile(type: string, file: File) {
  const form = new FormData();
  form.append('message', JSON.stringify({ attachment: { type, payload: { is_reusable: true } } }));
  form.append('filedata', file);
  return form;
}

async function idOf(answer: Promise<{ json: unknown }>): Promise<string> {
  return ((await answer).json as { attachment_id: string }).attachment_id;
}

function approveAll({ simulator }: Running): void {
  simulator.addPersona({ id: '990022', name: 'Marta' });
  simulator.approveTemplate({ name: 'order_shipped', body: 'Your order {{order_id}} arrives on {{day}}.' });
  simulator.approveTemplate({ name: 'visit', language: 'pt_PT', body: 'Até {{1}} às {{2}}.', buttons: ['Mudar'] });
}

test('every message a bot can send is accepted, stored in the thread and echoed', async () => {
  const running = await startBoth();
  running.simulator.says(ANA, 'Hello');
  approveAll(running);
  const uploaded = await idOf(upload(running, byUrl('image')));
  const said = everyMessage('https://shop.example', uploaded);
  for (const [name, sayable] of said) {
    const [answer] = await say(running, sayable);
    expect(answer!.json.error, name).toBeUndefined();
    expect(answer!.json.message_id, name).toMatch(/^m_/);
  }
  await running.simulator.waitForDeliveries();
  expect(running.simulator.thread(ANA).bubbles).toHaveLength(said.length + 1);
  const echoes = running.bot.items('message').filter(({ message }) => message!['is_echo'] === true);
  expect(echoes).toHaveLength(said.length);
  for (const { timeline } of [running.simulator.thread(ANA)]) {
    expect(timeline.filter(({ title }) => title === '')).toEqual([]);
  }
});

describe.each(MESSAGE_LIMITS)('$row', (limit) => {
  test('the simulator accepts it at the limit and refuses one beyond', async () => {
    const { simulator, send } = await startSimulator();
    simulator.says(ANA, 'Hello');
    const codeFor = async (size: number) => {
      const message = limit.of(size);
      return (await send({ recipient: { id: ANA }, messaging_type: 'RESPONSE', message })).json.error?.code;
    };
    expect(await codeFor(limitOf(limit.row))).toBeUndefined();
    for (const size of sizesBeyond(limit)) expect(await codeFor(size)).toBe(100);
  });
});

describe('the profile', () => {
  const call = async ({ url }: Running, method: string, body?: object, query = '') => {
    const answer = await fetch(`${url}/graph/v25.0/me/messenger_profile${query}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    return (await answer.json()) as { error?: { code: number }; result?: string; data?: unknown[] };
  };

  test.each(PROFILE_LIMITS)('the simulator applies $row as well', async (limit) => {
    const running = await startSimulator();
    expect(await call(running, 'POST', limit.of(limitOf(limit.row)))).toEqual({ result: 'success' });
    for (const size of sizesBeyond(limit)) expect((await call(running, 'POST', limit.of(size))).error?.code).toBe(100);
  });

  test('a property stays until it is deleted, and only properties that were sent change', async () => {
    const running = await startBoth();
    const greeting = [{ locale: 'default', text: 'Hi there' }];
    await call(running, 'POST', { get_started: { payload: 'START' } });
    await call(running, 'POST', { greeting });
    expect((await call(running, 'GET')).data).toEqual([{ get_started: { payload: 'START' }, greeting }]);
    expect((await call(running, 'GET', undefined, '?fields=greeting')).data).toEqual([{ greeting }]);
    running.simulator.getsStarted(ANA);
    expect((await running.bot.gets(({ postback }) => postback !== undefined)).postback!['payload']).toBe('START');
    await call(running, 'DELETE', { fields: ['greeting', 'get_started'] });
    expect((await call(running, 'GET')).data).toEqual([]);
  });

  test.each<[string, object]>([
    ['an unknown property', { colour: 'green' }],
    ['ice breakers without a default locale', { ice_breakers: [{ locale: 'pt_PT', call_to_actions: [ASK] }] }],
    [
      'a menu item of another type',
      { persistent_menu: [{ locale: 'default', call_to_actions: [{ ...ASK, type: 'x' }] }] },
    ],
  ])('%s is refused', async (_, profile) => {
    expect((await call(await startSimulator(), 'POST', profile)).error?.code).toBe(100);
  });
});

const ASK = { title: 'Open?', question: 'Open?', payload: 'HOURS' };

test('a text of 5,000 characters arrives in parts, in their order', async () => {
  const running = await startSimulator();
  running.simulator.says(ANA, 'Hello');
  const long = Array.from({ length: 900 }, (_, index) => `w${index}`).join(' ');
  const answers = await say(running, long);
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  const heard = running.simulator.thread(ANA).bubbles.slice(1);
  expect(heard.length).toBe(answers.length);
  expect(heard.map(({ text }) => text).join(' ')).toBe(long);
});

test('a text of emoji fits, whichever way Meta counts characters', async () => {
  const running = await startSimulator();
  running.simulator.says(ANA, 'Hello');
  const answers = await say(running, '👨‍👩‍👧‍👦'.repeat(400));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
});

describe('files', () => {
  const picture = new File([new Uint8Array([137, 80, 78, 71])], 'city.png', { type: 'image/png' });

  test('a file is uploaded as a form, and served to the page', async () => {
    const running = await startSimulator();
    running.simulator.says(ANA, 'Hello');
    const id = await idOf(upload(running, byFile('image', picture)));
    expect(id).toMatch(/^\d{15}$/);
    await say(running, { attachment: { type: 'image', payload: { attachment_id: id } } });
    const figure = running.simulator.thread(ANA).bubbles.at(-1)!.figure;
    expect(figure).toMatchObject({ kind: 'media', type: 'image', url: `attachments/${id}` });
    const shown = await fetch(`${running.url}/attachments/${id}`);
    expect(shown.headers.get('content-type')).toBe('image/png');
    expect(new Uint8Array(await shown.arrayBuffer())).toHaveLength(4);
  });

  test('an uploaded HTML page cannot run scripts', async () => {
    const running = await startSimulator();
    const page = new File(['<script>alert(1)</script>'], 'a.html', { type: 'text/html' });
    const shown = await fetch(`${running.url}/attachments/${await idOf(upload(running, byFile('file', page)))}`);
    expect(shown.headers.get('content-type')).toBe('application/octet-stream');
    expect(shown.headers.get('content-security-policy')).toContain('sandbox');
  });

  test.each<[string, FormData | object, string]>([
    ['of another kind than it says', byFile('video', picture), '100/2018047'],
    ['without an address', { message: { attachment: { type: 'image', payload: {} } } }, '100'],
    ['of no known kind', byUrl('location'), '100'],
    ['whose address is none', byUrl('image', 'city.png'), '100/2018008'],
    ['of more than 25 MB', byFile('file', new File([new Uint8Array(25 * 1024 * 1024 + 1)], 'a.bin')), '100/2018109'],
  ])('one %s is refused', async (_, body, code) => {
    const { status, json } = await upload(await startSimulator(), body);
    const { error } = json as { error: { code: number; error_subcode?: number } };
    expect([status, [error.code, error.error_subcode].filter(Boolean).join('/')]).toEqual([400, code]);
  });

  test('an unknown id, and one older than 90 days, are refused', async () => {
    const running = await startSimulator();
    running.simulator.says(ANA, 'Hello');
    const code = async (id: string) => {
      const [answer] = await say(running, { attachment: { type: 'image', payload: { attachment_id: id } } });
      return answer!.json.error?.error_subcode;
    };
    expect(await code('741100223344556')).toBe(2018074);
    const id = await idOf(upload(running, byUrl('image')));
    expect(await code(id)).toBeUndefined();
    running.simulator.moveClock(conversation, 89 * DAY + 23 * HOUR);
    running.simulator.says(ANA, 'Still here');
    expect(await code(id)).toBeUndefined();
    running.simulator.moveClock(conversation, HOUR);
    running.simulator.says(ANA, 'And now');
    expect(await code(id)).toBe(2018074);
  });

  test('a send with is_reusable gets an attachment id, and the echo omits is_reusable', async () => {
    const running = await startBoth();
    running.simulator.says(ANA, 'Hello');
    const payload = { url: 'https://shop.example/city.png', is_reusable: true };
    const [answer] = await say(running, { attachment: { type: 'image', payload } });
    const id = (answer!.json as { attachment_id?: string }).attachment_id!;
    expect((await say(running, { attachment: { type: 'image', payload: { attachment_id: id } } }))[0]!.status).toBe(
      200,
    );
    await running.simulator.waitForDeliveries();
    const echoed = running.bot.items('message').flatMap(({ message }) => (message!['attachments'] as object[]) ?? []);
    expect(echoed).toEqual([
      { type: 'image', payload: { url: payload.url } },
      { type: 'image', payload: { attachment_id: Number(id) } },
    ]);
  });
});

describe('a utility message', () => {
  const order = (parameters: object) => ({
    template: {
      name: 'order_shipped',
      language: { code: 'en_US' },
      components: [{ type: 'body', parameters: Object.entries(parameters).map(([key, text]) => named(key, text)) }],
    },
  });
  const named = (parameter_name: string, text: unknown) => ({ type: 'text', parameter_name, text });
  const whole = { order_id: 'A-77', day: 'Friday' };

  test('is filled in, even long after the window closed', async () => {
    const running = await startSimulator();
    running.simulator.says(ANA, 'Hello');
    approveAll(running);
    running.simulator.moveClock(conversation, 30 * DAY);
    const answer = await running.send({ recipient: { id: ANA }, messaging_type: 'UTILITY', message: order(whole) });
    expect(answer.status).toBe(200);
    expect(running.simulator.thread(ANA).bubbles.at(-1)!.text).toBe('Your order A-77 arrives on Friday.');
  });

  test.each<[string, object, RegExp]>([
    ['whose template nobody approved', { template: { name: 'sale', language: { code: 'en_US' } } }, /does not exist/],
    [
      'in a language that was not approved',
      { template: { name: 'order_shipped', language: { code: 'pt_PT' } } },
      /pt_PT/,
    ],
    ['with a value missing', order({ order_id: 'A-77' }), /order_id, day/],
    ['with a value too many', order({ ...whole, price: '9' }), /order_id, day/],
  ])('%s is refused', async (_, message, sentence) => {
    const running = await startSimulator();
    running.simulator.says(ANA, 'Hello');
    approveAll(running);
    const { json } = await running.send({ recipient: { id: ANA }, messaging_type: 'UTILITY', message });
    expect(json.error).toMatchObject({ code: 100 });
    expect(json.error!.message).toMatch(sentence);
  });

  test('has buttons that send postbacks', async () => {
    const running = await startBoth();
    running.simulator.says(ANA, 'Hello');
    approveAll(running);
    const visit = everyMessage('https://shop.example', '1').find(([name]) => name === 'a utility message by place')![1];
    await say(running, visit);
    running.simulator.taps(ANA, 'Mudar');
    expect((await running.bot.gets(({ postback }) => postback !== undefined)).postback!['payload']).toBe('VISIT:MOVE');
  });

  test('can be approved over HTTP', async () => {
    const { url } = await startSimulator();
    const answer = await fetch(`${url}/api/templates`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'visit', body: 'See you on {{1}}.' }),
    });
    expect(answer.status).toBe(201);
    const visit = { name: 'visit', language: 'en_US', body: 'See you on {{1}}.', buttons: [], status: 'APPROVED' };
    expect(await answer.json()).toEqual([visit]);
  });
});

describe('outside the window', () => {
  const survey = everyMessage('https://shop.example', '1').find(([name]) => name === 'a survey')![1];
  const tagged = (message: unknown, tag: string) => ({
    recipient: { id: ANA },
    messaging_type: 'MESSAGE_TAG',
    tag,
    message,
  });

  test.each<[string, object, number, string | number]>([
    ['a survey after 6 days', tagged(survey, 'CUSTOMER_FEEDBACK'), 6 * DAY, 'accepted'],
    ['a survey after 7 days', tagged(survey, 'CUSTOMER_FEEDBACK'), 7 * DAY, 2018278],
    [
      'a sticker of a person of the business',
      tagged({ sticker_id: 369239263222822 }, 'HUMAN_AGENT'),
      25 * HOUR,
      2018278,
    ],
  ])('%s', async (_, body, later, outcome) => {
    const running = await startSimulator();
    running.simulator.says(ANA, 'Hello');
    running.simulator.moveClock(conversation, later);
    const { json } = await running.send({ ...body });
    expect(json.error?.error_subcode ?? 'accepted').toBe(outcome);
  });
});

describe('around the message', () => {
  test('a quote is shown and echoed', async () => {
    const running = await startBoth();
    const mid = running.simulator.says(ANA, 'Is it green?');
    await say(running, { message: 'It is.', replyTo: mid });
    expect(running.simulator.thread(ANA).bubbles.at(-1)).toMatchObject({ text: 'It is.', quote: 'Is it green?' });
    const echo = await running.bot.gets(({ message }) => message?.['is_echo'] === true);
    expect(echo.message!['reply_to']).toEqual({ mid, is_self_reply: false });
  });

  test.each<[string, object]>([
    ['a quote of nothing', { reply_to: { mid: 'm_nowhere' } }],
    ['a quote without mid', { reply_to: {} }],
    ['a persona that is no id', { persona_id: 'Marta' }],
    ['a made-up notification', { notification_type: 'LOUD' }],
  ])('%s is refused', async (_, rest) => {
    const { simulator, send } = await startSimulator();
    simulator.says(ANA, 'Hello');
    const answer = await send({ recipient: { id: ANA }, messaging_type: 'RESPONSE', message: { text: 'Hi' }, ...rest });
    expect(answer.json.error?.code).toBe(100);
  });

  test('the Page puts a reaction on a message and removes it', async () => {
    const { simulator, send } = await startSimulator();
    const mid = simulator.says(ANA, 'Hello');
    expect((await send({ ...senderActionRequest(ANA, react(mid, '🎉')) })).json).toEqual({ recipient_id: ANA });
    expect(simulator.thread(ANA).bubbles[0]!.pageReaction).toBe('🎉');
    await send({ ...senderActionRequest(ANA, unreact(mid)) });
    expect(simulator.thread(ANA).bubbles[0]).not.toHaveProperty('pageReaction');
  });

  test.each<[string, object]>([
    ['without a message', { sender_action: 'react', payload: { reaction: '🎉' } }],
    ['without an emoji', { sender_action: 'react', payload: { message_id: 'm_1' } }],
    ['on a message of nobody', { sender_action: 'react', payload: { message_id: 'm_1', reaction: '🎉' } }],
  ])('a reaction %s is refused', async (_, action) => {
    const { simulator, send } = await startSimulator();
    simulator.says(ANA, 'Hello');
    expect((await send({ recipient: { id: ANA }, ...action })).json.error?.code).toBe(100);
  });
});

describe('a private reply', () => {
  const reply = (comment_id: string) => ({
    recipient: { comment_id },
    messaging_type: 'RESPONSE',
    message: { text: 'It is 649 euros.' },
  });

  test('reaches the author of a comment once, and opens no window', async () => {
    const running = await startBoth();
    running.simulator.addPerson({ psid: ANA });
    const comment = running.simulator.comments(ANA, 'How much?');
    await running.simulator.waitForDeliveries();
    expect(JSON.parse(running.bot.bodies[0]!)).toMatchObject({
      entry: [{ changes: [{ field: 'feed', value: { comment_id: comment, message: 'How much?' } }] }],
    });
    expect((await running.send(reply(comment))).json.recipient_id).toBe(ANA);
    expect((await running.send(reply(comment))).json.error?.code).toBe(100);
    const { json } = await running.send({ ...reply(comment), recipient: { id: ANA } });
    expect(json.error?.error_subcode).toBe(2018278);
  });

  test('is accepted within 7 days', async () => {
    const { simulator, send } = await startSimulator();
    simulator.addPerson({ psid: ANA });
    const comment = simulator.comments(ANA, 'How much?');
    simulator.moveClock(conversation, 7 * DAY);
    expect((await send(reply(comment))).json.error?.code).toBe(100);
    expect((await send(reply('771200345600981_1'))).json.error?.error_subcode).toBe(2018001);
  });
});

describe('forms', () => {
  const form = (wanted: string) => everyMessage('https://shop.example', '1').find(([name]) => name === wanted)![1];

  test('a revealed code, a rating and an address reach the bot in the form of Meta', async () => {
    const running = await startBoth();
    running.simulator.says(ANA, 'Hello');
    for (const one of ['a coupon', 'a survey', 'an address form']) await say(running, form(one));
    running.simulator.revealsCode(ANA);
    running.simulator.rates(ANA, 5, 'quick help');
    running.simulator.sendsAddress(ANA, { country: 'PT', postal_code: '4050-262' });
    await running.simulator.waitForDeliveries();
    expect(running.bot.items('template')[0]).toMatchObject({
      template: { type: 'coupon', payload: 'COUPON:TEN', coupon_code: 'TEN' },
    });
    const answer = { type: 'csat', payload: '5', follow_up: { type: 'free_form', payload: 'quick help' } };
    expect(running.bot.items('messaging_feedback')[0]).toMatchObject({
      messaging_feedback: { feedback_screens: [{ questions: { q1_csat: answer } }] },
    });
    expect(running.bot.items('messaging_customer_information')[0]).toMatchObject({
      messaging_customer_information: { screens: [{ responses: [{ key: 'country', value: 'PT' }, {}] }] },
    });
  });

  test('without a form a person cannot answer one', async () => {
    const { simulator } = await startSimulator();
    simulator.says(ANA, 'Hello');
    expect(() => simulator.revealsCode(ANA)).toThrow('Ana sees no coupon here.');
  });

  test('a tap on an image of a grid sends a postback', async () => {
    const running = await startBoth();
    running.simulator.says(ANA, 'Hello');
    await say(running, form('a grid'));
    running.simulator.taps(ANA, 'Picture 2');
    expect((await running.bot.gets(({ postback }) => postback !== undefined)).postback!['payload']).toBe('SHOW:ROAD');
  });
});
