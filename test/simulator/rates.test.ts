/** Meta's rate limits by the real clock: refusals, and the usage headers of every answer. */

import { describe, expect, test } from 'vitest';
import { META_LIMITS } from '../../src/simulator/index.ts';
import { createRateCounter } from '../../src/simulator/rules/rate-counter.ts';
import { ANA, aSend, callGraph, outcomeOf, startSimulator, type Running } from './support.ts';

const recipient = { id: ANA };
const sound = { attachment: { type: 'audio', payload: { url: 'https://shop.example/hello.mp3' } } };
const ONE_EACH = {
  textPerSecond: 1,
  audioOrVideoPerSecond: 1,
  privateRepliesPerHour: 1,
  profileCallsPer10Minutes: 1,
};

async function startTalk(options: Parameters<typeof startSimulator>[0] = {}) {
  const running = await startSimulator(options);
  running.simulator.says(ANA, 'Hello');
  return running;
}

describe('rate limits', () => {
  const text = ({ send }: Running) => send(aSend('Hi'));
  const audio = ({ send }: Running) => send(aSend(sound));
  const profile = (running: Running) => callGraph(running, 'GET', 'me/messenger_profile');
  const reply = ({ send, simulator }: Running) =>
    send(aSend('649', { recipient: { comment_id: simulator.comments(ANA, '?') } }));
  const typing = ({ send }: Running) => send({ recipient, sender_action: 'typing_on' });

  test.each<[string, object, (running: Running) => Promise<Parameters<typeof outcomeOf>[0]>, string]>([
    ['text', ONE_EACH, text, '613/2534040'],
    ['audio', { ...ONE_EACH, textPerSecond: 300 }, audio, '613/2534040'],
    ['private replies', { ...ONE_EACH, textPerSecond: 300 }, reply, '613/2534040'],
    ['the profile', ONE_EACH, profile, '613/2534040'],
    ['the inbox', { inboxPerSecond: 1 }, text, '32'],
    ['calls in a day', { callsPerPersonPerDay: 1 }, text, '4'],
    ['typing is not counted', ONE_EACH, typing, 'sent'],
    ['nothing is limited', { textPerSecond: Infinity }, text, 'sent'],
  ])('%s', async (_, limits, ask, outcome) => {
    const running = await startTalk({ limits });
    const outcomes = await Promise.all([ask(running), ask(running)]);
    expect(outcomes.map(outcomeOf).toSorted()).toEqual([outcome, 'sent'].toSorted());
  });

  test('text and audio are counted separately, and a refused call is not delivered', async () => {
    const { simulator, send } = await startTalk({ limits: { ...ONE_EACH, textPerSecond: 1 } });
    const outcomes = await Promise.all(['one', sound, 'two', sound].map((message) => send(aSend(message))));
    expect(outcomes.map(outcomeOf).toSorted()).toEqual(['613/2534040', '613/2534040', 'sent', 'sent']);
    expect(simulator.thread(ANA).bubbles).toHaveLength(3);
  });

  test('by default the 11th call of the profile API is refused', async () => {
    const running = await startTalk();
    const outcomes = await Promise.all(
      Array.from({ length: 11 }, () => callGraph(running, 'GET', 'me/messenger_profile')),
    );
    expect(outcomes.map(outcomeOf).toSorted()).toEqual(['613/2534040', ...Array<string>(10).fill('sent')]);
    expect(META_LIMITS).toMatchObject({ textPerSecond: 300, inboxPerSecond: 40, privateRepliesPerHour: 750 });
  });

  test('each Page has counts of its own', async () => {
    const pages = [{ id: '104857600987654', accessToken: 'the-other-token' }];
    const running = await startTalk({ pages, limits: ONE_EACH });
    const ask = async (token?: string) =>
      outcomeOf(await callGraph(running, 'GET', 'me/messenger_profile', token === undefined ? {} : { token }));
    expect([await ask(), await ask(), await ask('the-other-token')]).toEqual(['sent', '613/2534040', 'sent']);
  });
});

describe('usage headers', () => {
  const usageOf = (headers: Headers) => {
    const [ofBusiness] = Object.values(
      JSON.parse(headers.get('x-business-use-case-usage')!) as Record<string, [Record<string, unknown>]>,
    );
    return { app: JSON.parse(headers.get('x-app-usage')!) as object, business: ofBusiness![0] };
  };

  test('say how much of the day is used, and when calls are accepted again', async () => {
    const running = await startTalk({ limits: { callsPerPersonPerDay: 4 } });
    running.simulator.says('6120459871230112', 'A second person');
    const ask = async () => usageOf((await callGraph(running, 'POST', 'me/messages', { body: aSend('Hi') })).headers);
    expect(await ask()).toMatchObject({
      app: { call_count: 13 },
      business: { type: 'messenger', call_count: 13, estimated_time_to_regain_access: 0 },
    });
    for (let call = 2; call < 8; call += 1) await ask();
    expect((await ask()).business).toMatchObject({ call_count: 100, estimated_time_to_regain_access: 1440 });
  });

  test('are on every answer of the Graph API, and say 100 after a call that came too fast', async () => {
    const running = await startTalk({ limits: { textPerSecond: 0 } });
    const unknown = await callGraph(running, 'GET', 'me/poems', { token: 'another' });
    expect(usageOf(unknown.headers).app).toMatchObject({ call_count: 0 });
    const tooFast = await callGraph(running, 'POST', 'me/messages', { body: aSend('Hi') });
    expect(usageOf(tooFast.headers).business).toMatchObject({ call_count: 100, estimated_time_to_regain_access: 0 });
    expect((await fetch(`${running.url}/api/state`)).headers.has('x-app-usage')).toBe(false);
  });
});

describe('a rate counter', () => {
  test('drops calls older than its window', () => {
    const counter = createRateCounter(() => 2, 1000);
    counter.count(0);
    counter.count(400);
    expect([counter.left(900), counter.percent(900), counter.freeInMs(900)]).toEqual([0, 100, 100]);
    expect([counter.left(1000), counter.percent(1000), counter.freeInMs(1000)]).toEqual([1, 50, 0]);
    expect(counter.left(1400)).toBe(2);
  });

  test('refused messages count against the inbox limit too: only slowing down helps', () => {
    const counter = createRateCounter(() => 2, 1000);
    for (let now = 0; now < 3000; now += 400) counter.count(now);
    expect(counter.left(3000)).toBeLessThanOrEqual(0);
    expect(counter.left(4000)).toBe(2);
  });
});
