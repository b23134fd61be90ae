import { describe, expect, test } from 'vitest';
import { ANA, APP, aSend, DAY, HOUR, PAGE, startBoth, startSimulator, TOKEN } from './support.ts';

const conversation = `messenger:${PAGE}:${ANA}` as const;
const long = (length: number) => 'x'.repeat(length);
const buttons = (...list: unknown[]) => template({ template_type: 'button', text: 'Choose', buttons: list });
const template = (payload: Record<string, unknown>) => ({ attachment: { type: 'template', payload } });
const postback = { type: 'postback', title: 'Yes', payload: 'YES' };
const quickReplies = (...list: unknown[]) => ({ text: 'Colour?', quick_replies: list });
const green = { content_type: 'text', title: 'Green', payload: 'GREEN' };
const element = { title: 'Bike', buttons: [postback] };

describe('refused inside the window', () => {
  test.each<[string, Record<string, unknown>, string, RegExp]>([
    ['no recipient', { messaging_type: 'RESPONSE', message: { text: 'Hi' } }, '100', /recipient\[id\] is required/],
    ['somebody unknown', aSend('Hi', { recipient: { id: '6120459871239999' } }), '100/2018001', /No matching user/],
    ['no messaging_type', aSend('Hi', { messaging_type: undefined }), '100', /messaging_type is required/],
    ['an unknown messaging_type', aSend('Hi', { messaging_type: 'REPLY' }), '100', /RESPONSE, UPDATE, MESSAGE_TAG/],
    ['MESSAGE_TAG without a tag', aSend('Hi', { messaging_type: 'MESSAGE_TAG' }), '100', /tag is required/],
    ['a made-up tag', aSend('Hi', { messaging_type: 'MESSAGE_TAG', tag: 'SPECIAL_OFFER' }), '100', /HUMAN_AGENT/],
    ['a retired tag', aSend('Hi', { messaging_type: 'MESSAGE_TAG', tag: 'ACCOUNT_UPDATE' }), '100/1893061', /Invalid/],
    ['a retired tag on a response', aSend('Hi', { tag: 'CONFIRMED_EVENT_UPDATE' }), '100/1893061', /Invalid/],
    [
      'news',
      aSend('Hi', { messaging_type: 'MESSAGE_TAG', tag: 'NON_PROMOTIONAL_SUBSCRIPTION' }),
      '10/2018065',
      /window/,
    ],
    [
      'a survey tag on words',
      aSend('Hi', { messaging_type: 'MESSAGE_TAG', tag: 'CUSTOMER_FEEDBACK' }),
      '100',
      /template/,
    ],
    ['message and action', aSend('Hi', { sender_action: 'typing_on' }), '100/2018014', /same request/],
    ['neither message nor action', { recipient: { id: ANA } }, '100', /message is required/],
    ['an unknown action', { recipient: { id: ANA }, sender_action: 'wave' }, '100', /typing_on/],
    ['an empty message', aSend({ text: '' }), '100', /cannot be empty/],
    ['a message that is a text', aSend('Hi', { message: 'Hi' }), '100', /JSON object/],
    ['a text of 2000', aSend(long(2000)), '100', /Length of param message\[text\] must be less than 2000/],
    [
      'metadata of 1000',
      aSend({ text: 'Hi', metadata: long(1000) }),
      '100',
      /message\[metadata\] must be less than 1000/,
    ],
    ['14 quick replies', aSend(quickReplies(...Array(14).fill(green))), '100', /message\[quick_replies\].* 1 and 13/],
    [
      'a long quick reply',
      aSend(quickReplies(green, { ...green, title: long(21) })),
      '100',
      /\[1\]\[title\].* equal to 20/,
    ],
    [
      'a long payload',
      aSend(quickReplies({ ...green, payload: long(1001) })),
      '100',
      /\[0\]\[payload\].* equal to 1000/,
    ],
    [
      'a quick reply without payload',
      aSend(quickReplies({ content_type: 'text', title: 'A' })),
      '100',
      /payload\] is req/,
    ],
    ['a location quick reply', aSend(quickReplies({ content_type: 'location' })), '100', /user_email/],
    [
      'a long button text',
      aSend(template({ template_type: 'button', text: long(641), buttons: [postback] })),
      '100',
      /640/,
    ],
    ['no buttons', aSend(buttons()), '100', /message\[attachment\]\[payload\]\[buttons\].* 1 and 3/],
    ['4 buttons', aSend(buttons(postback, postback, postback, postback)), '100', /1 and 3/],
    ['a long button', aSend(buttons({ ...postback, title: long(21) })), '100', /buttons\]\[0\]\[title\].* equal to 20/],
    ['a long button payload', aSend(buttons({ ...postback, payload: long(1001) })), '100', /equal to 1000/],
    ['a link without address', aSend(buttons({ type: 'web_url', title: 'Shop' })), '100', /url\] is required/],
    ['an unknown button', aSend(buttons({ type: 'magic', title: 'Shop' })), '100', /postback, web_url/],
    ['11 cards', aSend(template({ template_type: 'generic', elements: Array(11).fill(element) })), '100', /1 and 10/],
    ['a long card title', aSend(template({ template_type: 'generic', elements: [{ title: long(81) }] })), '100', /80/],
    ['an unknown template', aSend(template({ template_type: 'poem' })), '100', /button, generic/],
    ['a picture from nowhere', aSend({ attachment: { type: 'image', payload: {} } }), '100', /url\] is required/],
    ['UTILITY without template', aSend('Hi', { messaging_type: 'UTILITY' }), '100', /template/],
  ])('%s', async (_, body, code, words) => {
    const { simulator, send } = await startSimulator();
    simulator.says(ANA, 'Hello');

    const { status, json } = await send(body);

    expect(status).toBe(400);
    expect(json.error).toMatchObject({ type: 'OAuthException', fbtrace_id: expect.stringMatching(/^A[\w-]{20,}$/) });
    expect([json.error!.code, json.error!.error_subcode].filter(Boolean).join('/')).toBe(code);
    expect(json.error!.message).toMatch(words);
    expect(simulator.thread(ANA).bubbles).toHaveLength(1);
  });
});

test.each<[string, Record<string, unknown>]>([
  ['a text of 1999', aSend(long(1999))],
  ['an update', aSend('Hi', { messaging_type: 'UPDATE' })],
  ['metadata of 999', aSend({ text: 'Hi', metadata: long(999) })],
  ['13 quick replies', aSend(quickReplies(...Array(13).fill({ ...green, title: long(20), payload: long(1000) })))],
  ['a button text of 640', aSend(template({ template_type: 'button', text: long(640), buttons: [postback] }))],
  ['3 buttons', aSend(buttons(postback, { type: 'web_url', title: 'Shop', url: 'https://shop.example/' }, postback))],
  ['10 cards', aSend(template({ template_type: 'generic', elements: Array(10).fill(element) }))],
  ['a picture', aSend({ attachment: { type: 'image', payload: { url: 'https://shop.example/bike.jpg' } } })],
])('Meta takes %s', async (_, body) => {
  const { simulator, send } = await startSimulator();
  simulator.says(ANA, 'Hello');
  const { status, json } = await send(body);
  expect(json).toEqual({ recipient_id: ANA, message_id: expect.stringMatching(/^m_[\w-]{20,}$/) });
  expect(status).toBe(200);
});

describe('the window by the clock of the person', () => {
  const humanAgent = { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' };
  const utility = { messaging_type: 'UTILITY', message: { template: { name: 'order', language: { code: 'en' } } } };

  test.each<[string, number, Record<string, unknown>, string]>([
    ['a response just before 24 h', 24 * HOUR - 60_000, aSend('Hi'), 'accepted'],
    ['a response after 24 h', 24 * HOUR, aSend('Hi'), '10/2018278'],
    ['an update after 24 h', 24 * HOUR, aSend('Hi', { messaging_type: 'UPDATE' }), '10/2018278'],
    ['a human agent after 24 h', 25 * HOUR, aSend('Hi', humanAgent), 'accepted'],
    ['a human agent just before 7 days', 7 * DAY - 60_000, aSend('Hi', humanAgent), 'accepted'],
    ['a human agent after 7 days', 7 * DAY, aSend('Hi', humanAgent), '10/2018278'],
    ['a utility template after 30 days', 30 * DAY, aSend('', utility), 'accepted'],
    ['typing after 30 days', 30 * DAY, { recipient: { id: ANA }, sender_action: 'typing_on' }, 'accepted'],
  ])('%s', async (_, later, body, outcome) => {
    const { simulator, send } = await startSimulator();
    simulator.says(ANA, 'Hello');
    simulator.approveTemplate({ name: 'order', language: 'en', body: 'Your order is on its way.' });
    simulator.moveClock(conversation, later);
    const { json } = await send(body);
    expect(json.error ? `${json.error.code}/${json.error.error_subcode}` : 'accepted').toBe(outcome);
  });

  test.each<[string, (simulator: Awaited<ReturnType<typeof startSimulator>>['simulator']) => unknown, string]>([
    ['writing', (simulator) => simulator.says(ANA, 'Again'), 'open'],
    ['tapping a button', (simulator) => simulator.taps(ANA, 'Yes'), 'open'],
    ['a reaction', (simulator) => simulator.reacts(ANA, 'love'), 'open'],
    ['an m.me link', (simulator) => simulator.opensLink(ANA, 'poster_7'), 'open'],
    ['Get Started', (simulator) => simulator.getsStarted(ANA), 'open'],
    ['taking a reaction back', (simulator) => simulator.unreacts(ANA), 'human_agent_only'],
    ['reading', (simulator) => simulator.reads(ANA), 'human_agent_only'],
    ['nothing', () => undefined, 'human_agent_only'],
  ])('%s', async (_, act, state) => {
    const { simulator, send } = await startSimulator();
    simulator.says(ANA, 'Hello');
    await send(aSend(buttons(postback)));
    simulator.moveClock(conversation, 30 * HOUR);
    act(simulator);
    expect(simulator.thread(ANA).person.window.state).toBe(state);
    expect((await send(aSend('Hi'))).status).toBe(state === 'open' ? 200 : 400);
  });

  test('the Page cannot write to a person who never opened the window', async () => {
    const { simulator, send } = await startSimulator();
    simulator.addPerson({ psid: ANA });
    expect((await send(aSend('Hi'))).json.error).toMatchObject({ code: 10, error_subcode: 2018278 });
  });

  test('one clock moves independently of the others', async () => {
    const { simulator } = await startSimulator();
    simulator.addPerson({ psid: ANA });
    const other = simulator.addPerson();
    simulator.moveClock(conversation, DAY);
    const ahead = simulator.clock.now(conversation) - simulator.clock.now(`messenger:${PAGE}:${other.psid}`);
    expect(Math.abs(ahead - DAY)).toBeLessThan(1000);
    expect(() => simulator.moveClock(conversation, -1)).toThrow('only moves forward');
  });
});

test('a person who blocked the Page gets nothing, until unblocking', async () => {
  const { simulator, send } = await startSimulator();
  simulator.says(ANA, 'Hello');
  simulator.blocks(ANA);
  expect((await send(aSend('Hi'))).json.error).toMatchObject({ code: 551 });
  expect(() => simulator.says(ANA, 'Still here?')).toThrow('has blocked the Page');
  simulator.unblocks(ANA);
  expect((await send(aSend('Hi'))).status).toBe(200);
});

describe('access', () => {
  const ask = async (path: string, init: RequestInit & { query?: string } = {}) => {
    const { url, simulator } = await startSimulator();
    simulator.says(ANA, 'Hello');
    const answer = await fetch(`${url}/graph/${path}`, {
      method: 'POST',
      body: JSON.stringify(aSend('Hi')),
      ...init,
      headers: { 'content-type': 'application/json', ...init.headers },
    });
    const { error } = (await answer.json()) as { error?: { code: number; error_subcode?: number } };
    return { status: answer.status, code: error && [error.code, error.error_subcode].filter(Boolean).join('/') };
  };
  const bearer = { authorization: `Bearer ${TOKEN}` };
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const fields = new URLSearchParams({
    recipient: `{"id":"${ANA}"}`,
    messaging_type: 'RESPONSE',
    message: '{"text":"Hi"}',
    access_token: TOKEN,
  });

  test.each([
    ['no token', `v25.0/${PAGE}/messages`, {}, 401, '190'],
    ['a wrong token', `v25.0/me/messages`, { headers: { authorization: 'Bearer other' } }, 401, '190'],
    ['a bearer token', `v25.0/me/messages`, { headers: bearer }, 200, undefined],
    ['a token in the address', `v25.0/me/messages?access_token=${TOKEN}`, {}, 200, undefined],
    [
      'a token in the body',
      'v26.0/me/messages',
      { body: JSON.stringify({ ...aSend('Hi'), access_token: TOKEN }) },
      200,
      undefined,
    ],
    ['a form', `v25.0/me/messages`, { headers: form, body: fields }, 200, undefined],
    ['another Page', 'v25.0/104857600987654/messages', { headers: bearer }, 400, '100/33'],
    ['no version', 'latest/me/messages', { headers: bearer }, 400, '2500'],
    ['no such edge', 'v25.0/me/poems', { headers: bearer }, 400, '2500'],
  ])('%s', async (_, path, init, status, code) => {
    expect(await ask(path, init)).toEqual({ status, code });
  });

  test('a refused call is recorded with its recipient', async () => {
    const { simulator, url } = await startSimulator();
    simulator.says(ANA, 'Hello');
    await fetch(`${url}/graph/v25.0/me/messages?access_token=stale`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(aSend('Hi')),
    });
    expect(simulator.thread(ANA).timeline.at(-1)!.send).toMatchObject({ outcome: 'refused', code: '190' });
  });

  test('the token is not recorded with the send', async () => {
    const { simulator, send } = await startSimulator();
    simulator.says(ANA, 'Hello');
    await send(aSend('Hi', { access_token: TOKEN }));
    expect(JSON.stringify(simulator.thread(ANA))).not.toContain(TOKEN);
  });
});

test('a profile has the requested fields', async () => {
  const { simulator, url } = await startSimulator();
  simulator.addPerson({ psid: ANA });
  const fields = 'first_name,last_name,profile_pic,locale,timezone';
  const answer = await fetch(`${url}/graph/v25.0/${ANA}?fields=${fields}&access_token=${TOKEN}`);
  const profile = (await answer.json()) as Record<string, unknown>;
  expect(profile).toMatchObject({ first_name: 'Ana', last_name: 'Sousa', locale: 'pt_PT', timezone: 1, id: ANA });
  const picture = await fetch(String(profile['profile_pic']));
  expect(picture.headers.get('content-type')).toMatch('image/svg+xml');
});

test('sender actions are answered without a message id and shown to the person', async () => {
  const { simulator, send, bot } = await startBoth();
  simulator.says(ANA, 'Hello');
  const action = (sender_action: string) => send({ recipient: { id: ANA }, sender_action });

  expect((await action('mark_seen')).json).toEqual({ recipient_id: ANA });
  expect(simulator.thread(ANA).bubbles[0]!.mark).not.toBe('read');
  expect((await action('typing_on')).json).toEqual({ recipient_id: ANA });
  expect(simulator.thread(ANA).isTyping).toBe(true);
  await action('typing_off');
  expect(simulator.thread(ANA).isTyping).toBe(false);
  await action('typing_on');
  await send(aSend('Here I am'));
  expect(simulator.thread(ANA).isTyping).toBe(false);

  await simulator.waitForDeliveries();
  expect(simulator.thread(ANA).bubbles[0]!.mark).toBe('seen');
  expect(bot.items('message').filter((item) => item.message!['app_id'] === Number(APP))).toHaveLength(1);
});
