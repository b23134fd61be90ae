/** What Meta does to a Page, its tokens and its app, and to a bot that serves two Pages. */

import { describe, expect, test } from 'vitest';
import { ANA, aSend, callGraph, HOUR, outcomeOf, PAGE, startBoth, startSimulator, TOKEN } from './support.ts';

const OTHER_PAGE = '104857600987654';
const CLEO = '6120459871230277';
const otherPage = { id: OTHER_PAGE, name: 'Pottery', accessToken: 'the-other-token' };

async function startTalk(options = {}) {
  const running = await startSimulator(options);
  running.simulator.says(ANA, 'Hello');
  const withToken = async (token: string) =>
    outcomeOf(await callGraph(running, 'POST', 'me/messages', { token, body: aSend('Hi') }));
  return { ...running, withToken };
}

test('a restricted Page sends nothing until the restriction is lifted, and the app gets webhooks', async () => {
  const { simulator, send, bot } = await startBoth();
  simulator.says(ANA, 'Hello');
  simulator.warnPage('Too many tags');
  expect(outcomeOf(await send(aSend('Hi')))).toBe('sent');
  simulator.restrictPage();
  expect(outcomeOf(await send(aSend('Hi')))).toBe('10/1893063');
  expect(outcomeOf(await send({ recipient: { id: ANA }, sender_action: 'typing_on' }))).toBe('10/1893063');
  simulator.liftRestriction();
  expect(outcomeOf(await send(aSend('Hi')))).toBe('sent');
  await simulator.waitForDeliveries();
  expect(bot.items('policy_enforcement')).toMatchObject([
    { recipient: { id: PAGE }, policy_enforcement: { action: 'warning', reason: 'Too many tags' } },
    { policy_enforcement: { action: 'block', reason: 'Spam-like behaviour' } },
    { policy_enforcement: { action: 'unblock' } },
  ]);
  expect(bot.items('policy_enforcement')[2]).not.toHaveProperty('policy_enforcement.reason');
});

test('a token that was replaced or has expired is refused everywhere, and the new one is accepted', async () => {
  const { simulator, withToken, ...running } = await startTalk();
  simulator.expireToken();
  expect(await withToken(TOKEN)).toBe('190/463');
  expect(outcomeOf(await callGraph(running, 'GET', 'me/subscribed_apps'))).toBe('190/463');
  simulator.replaceToken('a-new-token');
  expect(await withToken(TOKEN)).toBe('190/460');
  expect(await withToken('a-new-token')).toBe('sent');
  expect(await withToken('never-seen')).toBe('190');
});

test('sends of an app that is not live are refused', async () => {
  const { simulator, withToken } = await startTalk();
  simulator.setAppLive(false);
  expect(await withToken(TOKEN)).toBe('200');
  simulator.setAppLive(true);
  expect(await withToken(TOKEN)).toBe('sent');
});

test.each(['551/1545041', '10/2018108'] as const)(
  'a person who gets %s can be reached again after writing',
  async (number) => {
    const { simulator, withToken } = await startTalk();
    simulator.makeUnavailable(ANA, number);
    expect(await withToken(TOKEN)).toBe(number);
    simulator.says(ANA, 'Back again');
    expect(await withToken(TOKEN)).toBe('sent');
  },
);

describe('two Pages of one app', () => {
  const startTwo = async () => {
    const running = await startBoth({ pages: [otherPage] });
    running.simulator.says(ANA, 'Hello');
    running.simulator.addPerson({ psid: CLEO, pageId: OTHER_PAGE });
    running.simulator.says(CLEO, 'Open on Sunday?');
    const ask = (token: string, page: string, psid: string) =>
      callGraph(running, 'POST', `${page}/messages`, { token, body: aSend('Hi', { recipient: { id: psid } }) });
    return { ...running, ask };
  };

  test.each([
    [TOKEN, PAGE, ANA, 'sent'],
    ['the-other-token', OTHER_PAGE, CLEO, 'sent'],
    ['the-other-token', 'me', CLEO, 'sent'],
    [TOKEN, OTHER_PAGE, CLEO, '100/33'],
    ['the-other-token', PAGE, ANA, '100/33'],
    ['the-other-token', OTHER_PAGE, ANA, '100/2018001'],
    [TOKEN, 'me', CLEO, '100/2018001'],
  ])('with %s to Page %s and person %s: %s', async (token, page, psid, outcome) => {
    const { ask } = await startTwo();
    expect(outcomeOf(await ask(token, page, psid))).toBe(outcome);
  });

  test('each has its own webhooks, token, restriction and people', async () => {
    const { simulator, bot, ask } = await startTwo();
    await ask('the-other-token', OTHER_PAGE, CLEO);
    simulator.restrictPage('Spam-like behaviour', OTHER_PAGE);
    await simulator.waitForDeliveries();
    const pageOf = (words: string) =>
      bot.bodies
        .filter((body) => body.includes(words))
        .map((body) => (JSON.parse(body) as { entry: [{ id: string }] }).entry[0].id);
    expect(pageOf('Open on Sunday?')).toEqual([OTHER_PAGE]);
    expect(pageOf('Hello')).toEqual([PAGE]);
    expect(pageOf('is_echo')).toEqual([OTHER_PAGE]);
    expect(pageOf('policy_enforcement')).toEqual([OTHER_PAGE]);

    expect(outcomeOf(await ask('the-other-token', 'me', CLEO))).toBe('10/1893063');
    expect(outcomeOf(await ask(TOKEN, 'me', ANA))).toBe('sent');
    simulator.replaceToken('newer', OTHER_PAGE);
    expect(outcomeOf(await ask('the-other-token', 'me', CLEO))).toBe('190/460');
    simulator.moveClock(`messenger:${OTHER_PAGE}:${CLEO}`, HOUR);
    expect(simulator.people().map(({ pageId, clockAheadMs }) => [pageId, clockAheadMs])).toEqual([
      [PAGE, 0],
      [OTHER_PAGE, HOUR],
    ]);
  });

  test('each has a profile of its own', async () => {
    const running = await startTwo();
    const profile = async (token: string, body?: object) =>
      (await callGraph(running, body ? 'POST' : 'GET', 'me/messenger_profile', { token, ...(body && { body }) })).json;
    await profile('the-other-token', { get_started: { payload: 'POTTERY' } });
    await profile(TOKEN, { get_started: { payload: 'BICYCLES' } });
    expect((await profile('the-other-token'))['data']).toEqual([{ get_started: { payload: 'POTTERY' } }]);
    expect((await profile(TOKEN))['data']).toEqual([{ get_started: { payload: 'BICYCLES' } }]);
    running.simulator.getsStarted(CLEO);
    expect((await running.bot.gets(({ postback }) => postback !== undefined)).postback!['payload']).toBe('POTTERY');
  });

  test('sends with a token whose person lacks the task MESSAGING are refused', async () => {
    const pages = [{ ...otherPage, tasks: ['ANALYZE', 'MODERATE'] as const }];
    const running = await startSimulator({ pages });
    const { json } = await callGraph(running, 'POST', 'me/messages', { token: 'the-other-token', body: aSend('Hi') });
    expect(json.error).toMatchObject({ code: 200 });
  });

  test('an unknown Page is an error', async () => {
    const { simulator } = await startSimulator();
    expect(() => simulator.restrictPage('x', OTHER_PAGE)).toThrow(`There is no Page ${OTHER_PAGE} here`);
    expect(() => simulator.addPerson({ pageId: OTHER_PAGE })).toThrow(`There is no Page ${OTHER_PAGE} here`);
  });
});

test('the control API changes the Page', async () => {
  const { app, withToken } = await startTalk();
  const change = async (payload: object) =>
    (await app.inject({ method: 'POST', url: '/simulator/api/page', payload })).statusCode;
  expect(await change({ does: 'restrict' })).toBe(200);
  expect(await withToken(TOKEN)).toBe('10/1893063');
  expect(await change({ does: 'lift' })).toBe(200);
  expect(await change({ does: 'warn', reason: 'Too many tags' })).toBe(200);
  expect(await withToken(TOKEN)).toBe('sent');
  expect(await change({ does: 'unpublish_app' })).toBe(200);
  expect(await withToken(TOKEN)).toBe('200');
  expect(await change({ does: 'publish_app' })).toBe(200);
  expect(await change({ does: 'expire_token' })).toBe(200);
  expect(await withToken(TOKEN)).toBe('190/463');
  expect(await change({ does: 'replace_token', token: 'new' })).toBe(200);
  expect(await withToken('new')).toBe('sent');
  expect(await change({ does: 'restrict', pageId: OTHER_PAGE })).toBe(400);
  const url = `/simulator/api/people/${ANA}/unavailable`;
  expect((await app.inject({ method: 'POST', url, payload: { number: '10/2018108' } })).statusCode).toBe(200);
  expect(await withToken('new')).toBe('10/2018108');
});
