/** Tokens, subscriptions and personas: the calls, their effects, and the app secret's proof. */

import { createHmac } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openSimulatorDatabase } from '../../src/simulator/state/database.ts';
import { createWebhooks } from '../../src/simulator/webhook/webhooks.ts';
import {
  ANA,
  APP,
  APP_TOKEN,
  aSend,
  callGraph,
  outcomeOf,
  PAGE,
  SECRET,
  startBoth,
  startSimulator,
  TOKEN,
  startBot,
  VERIFY_TOKEN,
  type Running,
} from './support.ts';

const OTHER_PAGE = '104857600987654';
const otherPage = { id: OTHER_PAGE, name: 'Pottery', accessToken: 'the-other-token', tasks: ['MESSAGING'] as const };
const subscribe = (running: Running, fields: string, token = TOKEN) =>
  callGraph(running, 'POST', `me/subscribed_apps?subscribed_fields=${fields}`, { token });
const subscribed = async (running: Running) =>
  ((await callGraph(running, 'GET', `${PAGE}/subscribed_apps`)).json['data'] as { subscribed_fields: string[] }[])[0]
    ?.subscribed_fields;

describe('webhooks of a Page', () => {
  test('come for every field, until the app subscribes to some', async () => {
    const running = await startBoth();
    expect(await subscribed(running)).toEqual(
      expect.arrayContaining(['messages', 'message_echoes', 'standby', 'feed']),
    );
    const { status, json } = await subscribe(running, 'messages,messaging_postbacks');
    expect([status, json]).toEqual([200, { success: 'true' }]);
    expect(await subscribed(running)).toEqual(['messages', 'messaging_postbacks']);

    running.simulator.says(ANA, 'Hello');
    await running.send(aSend('Hi'));
    running.simulator.reacts(ANA, 'love');
    running.simulator.comments(ANA, 'How much?');
    running.simulator.warnPage();
    running.simulator.getsStarted(ANA);
    await running.simulator.waitForDeliveries();
    expect(running.bot.items().map((item) => ('postback' in item ? 'postback' : 'message'))).toEqual([
      'message',
      'postback',
    ]);
  });

  test('end after the app unsubscribed', async () => {
    const running = await startBoth();
    expect((await callGraph(running, 'DELETE', 'me/subscribed_apps')).json).toEqual({ success: 'true' });
    expect(await subscribed(running)).toBeUndefined();
    running.simulator.says(ANA, 'Hello');
    await running.simulator.waitForDeliveries();
    expect(running.bot.bodies).toEqual([]);
    await subscribe(running, 'messages');
    running.simulator.says(ANA, 'Hello again');
    await running.simulator.waitForDeliveries();
    expect(running.bot.items('message')).toHaveLength(1);
  });

  test('in standby have a field of their own', async () => {
    const running = await startBoth();
    await subscribe(running, 'messages');
    running.simulator.says(ANA, 'Hello');
    running.simulator.setThreadOwner(ANA, 'other_app');
    running.simulator.says(ANA, 'To the desk');
    await running.simulator.waitForDeliveries();
    expect(running.bot.items('message')).toHaveLength(1);
  });

  test.each([
    ['no fields', 'me/subscribed_apps', TOKEN, '100'],
    ['a field that is none', 'me/subscribed_apps?subscribed_fields=poems', TOKEN, '100'],
    ['a token without MODERATE', 'me/subscribed_apps?subscribed_fields=messages', 'the-other-token', '200'],
    ['another Page', `${OTHER_PAGE}/subscribed_apps?subscribed_fields=messages`, TOKEN, '100/33'],
  ])('%s is refused', async (_, path, token, outcome) => {
    const running = await startSimulator({ pages: [otherPage] });
    expect(outcomeOf(await callGraph(running, 'POST', path, { token }))).toBe(outcome);
  });
});

describe('deliveries that fail for too long', () => {
  test('unsubscribe the app: unacknowledged webhooks are lost, and no more come', async () => {
    const running = await startBoth({ unsubscribeAfterMs: 60, redeliveryMs: 20 });
    running.bot.answers.push(...Array<number>(1000).fill(503));
    running.simulator.says(ANA, 'Anybody there?');
    await running.simulator.waitForDeliveries();
    expect(await subscribed(running)).toBeUndefined();
    running.bot.answers.length = 0;
    const before = running.bot.bodies.length;
    running.simulator.says(ANA, 'Still nobody?');
    await running.simulator.waitForDeliveries();
    expect(running.bot.bodies).toHaveLength(before);

    await subscribe(running, 'messages');
    running.simulator.says(ANA, 'And now?');
    await running.simulator.waitForDeliveries();
    expect(
      running.bot
        .items('message')
        .slice(before)
        .map(({ message }) => message!['text']),
    ).toEqual(['And now?']);
    const [first] = running.simulator.thread(ANA).timeline;
    expect(first!.webhooks[0]).toMatchObject({ isAccepted: false, lastAnswer: 'given up' });
  });

  test('an attempt in progress at that time does not revive a webhook', () => {
    const database = openSimulatorDatabase(':memory:');
    onTestFinished(() => database.close());
    const webhooks = createWebhooks(database, PAGE, 'messenger');
    webhooks.add({ psid: ANA, pageId: PAGE, kind: 'message', item: {}, isStandby: false, at: 1 });
    const { seq } = webhooks.nextWaiting(ANA)!;
    webhooks.abandon(PAGE);
    webhooks.recordAttempt(seq, { at: 2, answer: '503', tookMs: 1, isAccepted: false });
    expect(webhooks.nextWaiting(ANA)).toBeUndefined();
  });

  test('are simulated on demand', async () => {
    const running = await startBoth();
    running.simulator.unsubscribeApp();
    expect(await subscribed(running)).toBeUndefined();
  });
});

describe("the app's own subscription", () => {
  const set = (running: Running, callback_url: string, rest: object = {}) =>
    callGraph(running, 'POST', `${APP}/subscriptions`, {
      token: APP_TOKEN,
      body: { object: 'page', callback_url, verify_token: VERIFY_TOKEN, fields: 'messages', ...rest },
    });
  const look = async (running: Running) =>
    (await callGraph(running, 'GET', `${APP}/subscriptions`, { token: APP_TOKEN })).json['data'];

  test('sends its fields to the callback URL that passed the handshake', async () => {
    const running = await startBoth();
    const elsewhere = await startBot();
    expect(await look(running)).toMatchObject([{ object: 'page', callback_url: running.bot.url, active: true }]);
    expect((await set(running, elsewhere.url)).json).toEqual({ success: true });
    expect(await look(running)).toMatchObject([{ callback_url: elsewhere.url, fields: [{ name: 'messages' }] }]);
    running.simulator.says(ANA, 'Hello');
    await running.send(aSend('Hi'));
    await running.simulator.waitForDeliveries();
    expect([running.bot.items().length, elsewhere.items().length]).toEqual([0, 1]);
  });

  test('sends nothing after it was deleted', async () => {
    const running = await startBoth();
    await callGraph(running, 'DELETE', `${APP}/subscriptions`, { token: APP_TOKEN });
    expect(await look(running)).toEqual([]);
    running.simulator.says(ANA, 'Hello');
    await running.simulator.waitForDeliveries();
    expect(running.bot.bodies).toEqual([]);
  });

  test.each<[string, object, string]>([
    ['another verify token', { verify_token: 'wrong' }, '2200'],
    ['no verify token', { verify_token: '' }, '100'],
    ['no address', { callback_url: 'here' }, '100'],
    ['no fields', { fields: '' }, '100'],
    ['another object', { object: 'user' }, '100'],
  ])('%s is refused, and the old address stays', async (_, rest, outcome) => {
    const running = await startBoth();
    const elsewhere = await startBot();
    expect(outcomeOf(await set(running, elsewhere.url, rest))).toBe(outcome);
    expect(await look(running)).toMatchObject([{ callback_url: running.bot.url }]);
  });

  test("a Page's token is not the app's", async () => {
    const running = await startSimulator();
    expect(outcomeOf(await callGraph(running, 'GET', `${APP}/subscriptions`))).toBe('190');
  });
});

describe('tokens', () => {
  const options = { userAccessToken: 'user-token', pages: [otherPage] };

  test('the Pages of a person, each with its token and tasks', async () => {
    const running = await startSimulator(options);
    running.simulator.replaceToken('newer', OTHER_PAGE);
    const { json } = await callGraph(running, 'GET', 'me/accounts', { token: 'user-token' });
    expect(json['data']).toEqual([
      expect.objectContaining({
        id: PAGE,
        name: 'Bicycle Shop',
        access_token: TOKEN,
        tasks: expect.arrayContaining(['MODERATE', 'MESSAGING']),
      }),
      { id: OTHER_PAGE, name: 'Pottery', access_token: 'newer', tasks: ['MESSAGING'], category: 'Business' },
    ]);
    expect(outcomeOf(await callGraph(running, 'GET', 'me/accounts'))).toBe('100');
    expect(outcomeOf(await callGraph(running, 'GET', 'me/accounts', { token: 'nobody' }))).toBe('190');
  });

  const exchange = (running: Running, rest: Record<string, string> = {}) => {
    const query = {
      grant_type: 'fb_exchange_token',
      client_id: APP,
      client_secret: SECRET,
      fb_exchange_token: 'user-token',
    };
    return callGraph(running, 'GET', `oauth/access_token?${new URLSearchParams({ ...query, ...rest }).toString()}`);
  };

  test('a short one is exchanged for one of about 60 days', async () => {
    const running = await startSimulator(options);
    const { json } = await exchange(running);
    expect(json).toMatchObject({ token_type: 'bearer', expires_in: 5_183_944 });
    const token = json['access_token'] as string;
    expect((await callGraph(running, 'GET', 'me/accounts', { token })).json['data']).toHaveLength(2);
  });

  test.each<[string, Record<string, string>, string]>([
    ['another secret', { client_secret: 'wrong' }, '100'],
    ['another app', { client_id: '1' }, '100'],
    ['another grant', { grant_type: 'password' }, '100'],
    ['a token of nobody', { fb_exchange_token: 'nobody' }, '190'],
  ])('%s is not exchanged', async (_, rest, outcome) => {
    expect(outcomeOf(await exchange(await startSimulator(options), rest))).toBe(outcome);
  });

  test.each<[string, object]>([
    [TOKEN, { type: 'PAGE', is_valid: true, profile_id: PAGE, app_id: APP }],
    ['user-token', { type: 'USER', is_valid: true }],
    ['the-other-token', { is_valid: false, error: { code: 190, error_subcode: 463 } }],
    ['nobody', { is_valid: false, error: { code: 190 } }],
  ])('debug_token looks at %s', async (token, data) => {
    const running = await startSimulator(options);
    running.simulator.expireToken(OTHER_PAGE);
    for (const asker of [APP_TOKEN, TOKEN, 'user-token']) {
      const answer = await callGraph(running, 'GET', `debug_token?input_token=${token}`, { token: asker });
      expect(answer.json['data']).toMatchObject(data);
    }
    expect(outcomeOf(await callGraph(running, 'GET', `debug_token?input_token=${token}`, { token: 'nobody' }))).toBe(
      '190',
    );
  });
});

describe('appsecret_proof', () => {
  const proofOf = (token: string) => createHmac('sha256', SECRET).update(token).digest('hex');
  const ask = async (requireAppSecretProof: boolean, query: string, body: object = {}) => {
    const running = await startSimulator({ requireAppSecretProof });
    running.simulator.says(ANA, 'Hello');
    const { json } = await callGraph(running, 'POST', `me/messages${query}`, { body: { ...aSend('Hi'), ...body } });
    expect(JSON.stringify(running.simulator.thread(ANA))).not.toContain(proofOf(TOKEN));
    return json.error?.message ?? 'sent';
  };
  const wrong = 'Invalid appsecret_proof provided in the API argument';

  test.each<[string, boolean, string, object, string]>([
    ['none, where none is demanded', false, '', {}, 'sent'],
    ['the right one', false, `?appsecret_proof=${proofOf(TOKEN)}`, {}, 'sent'],
    ['the right one in the body', true, '', { appsecret_proof: proofOf(TOKEN) }, 'sent'],
    ['one for another token', false, `?appsecret_proof=${proofOf('another')}`, {}, wrong],
    ['an empty one', false, '?appsecret_proof=', {}, wrong],
    ['none, where one is demanded', true, '', {}, 'API calls from the server require an appsecret_proof argument'],
  ])('%s', async (_, isDemanded, query, body, outcome) => {
    expect(await ask(isDemanded, query, body)).toBe(outcome);
  });

  test('is checked on every other call as well', async () => {
    const running = await startSimulator({ userAccessToken: 'user-token', requireAppSecretProof: true });
    const calls = [
      ['GET', 'me', TOKEN],
      ['GET', 'me/subscribed_apps', TOKEN],
      ['POST', 'me/messenger_profile', TOKEN],
      ['GET', 'me/personas', TOKEN],
      ['POST', 'me/message_attachments', TOKEN],
      ['GET', `me/thread_owner?recipient=${ANA}`, TOKEN],
      ['GET', 'me/accounts', 'user-token'],
    ] as const;
    for (const [method, path, token] of calls) {
      const { json } = await callGraph(running, method, path, { token, ...(method === 'POST' && { body: {} }) });
      expect(json.error?.message, path).toMatch('require an appsecret_proof');
    }
    const body = { greeting: [{ locale: 'default', text: 'Hi' }], appsecret_proof: proofOf(TOKEN) };
    expect((await callGraph(running, 'POST', 'me/messenger_profile', { body })).json).toEqual({ result: 'success' });
  });
});

describe('personas', () => {
  const marta = { name: 'Marta', profile_picture_url: 'https://shop.example/marta.png' };
  const add = (running: Running, body: object) => callGraph(running, 'POST', 'me/personas', { body });

  test('are created, listed, used and deleted', async () => {
    const running = await startSimulator();
    running.simulator.says(ANA, 'Hello');
    const { id } = (await add(running, marta)).json as { id?: string };
    expect((await callGraph(running, 'GET', `${PAGE}/personas`)).json['data']).toEqual([{ ...marta, id }]);
    expect((await callGraph(running, 'GET', id!)).json).toEqual({ ...marta, id });
    expect(outcomeOf(await running.send(aSend('Hi', { persona_id: id })))).toBe('sent');
    expect((await callGraph(running, 'DELETE', id!)).json).toEqual({ success: true });
    expect(outcomeOf(await running.send(aSend('Hi', { persona_id: id })))).toBe('100');
    expect(outcomeOf(await callGraph(running, 'DELETE', id!))).toBe('100/33');
    expect((await callGraph(running, 'GET', `${PAGE}/personas`)).json['data']).toEqual([]);
    expect(running.simulator.thread(ANA).bubbles.at(-1)!.persona).toBe('Marta');
  });

  test.each<[string, object, string]>([
    ['without a name', { profile_picture_url: marta.profile_picture_url }, '100'],
    ['with a name of 51', { ...marta, name: 'x'.repeat(51) }, '100'],
    ['without a face', { name: 'Marta' }, '100'],
    ['with a face that is no address', { ...marta, profile_picture_url: 'marta.png' }, '100/2018008'],
  ])('%s is refused', async (_, body, outcome) => {
    expect(outcomeOf(await add(await startSimulator(), body))).toBe(outcome);
  });

  test('belong to one Page', async () => {
    const running = await startSimulator({ pages: [otherPage] });
    const { id } = (await add(running, marta)).json as { id?: string };
    expect(outcomeOf(await callGraph(running, 'GET', id!, { token: 'the-other-token' }))).toBe('100/33');
  });
});
