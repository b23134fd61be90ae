/** How much a Page may ask for, by the real clock: what comes too fast is refused, and every answer says how much is used. */

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
  const talk = await startSimulator(options);
  talk.simulator.says(ANA, 'Hello');
  return talk;
}

describe('too much at once', () => {
  const text = ({ send }: Running) => send(aSend('Hi'));
  const audio = ({ send }: Running) => send(aSend(sound));
  const profile = (talk: Running) => callGraph(talk, 'GET', 'me/messenger_profile');
  const reply = ({ send, simulator }: Running) =>
    send(aSend('649', { recipient: { comment_id: simulator.comments(ANA, '?') } }));
  const typing = ({ send }: Running) => send({ recipient, sender_action: 'typing_on' });

  test.each<[string, object, (talk: Running) => Promise<Parameters<typeof outcomeOf>[0]>, string]>([
    ['text', ONE_EACH, text, '613/2534040'],
    ['audio', { ...ONE_EACH, textPerSecond: 300 }, audio, '613/2534040'],
    ['private replies', { ...ONE_EACH, textPerSecond: 300 }, reply, '613/2534040'],
    ['the profile', ONE_EACH, profile, '613/2534040'],
    ['the inbox', { inboxPerSecond: 1 }, text, '32'],
    ['calls in a day', { callsPerPersonPerDay: 1 }, text, '4'],
    ['typing is not counted', ONE_EACH, typing, 'sent'],
    ['nothing is limited', { textPerSecond: Infinity }, text, 'sent'],
  ])('%s', async (_, limits, ask, outcome) => {
    const talk = await startTalk({ limits });
    const outcomes = await Promise.all([ask(talk), ask(talk)]);
    expect(outcomes.map(outcomeOf).toSorted()).toEqual([outcome, 'sent'].toSorted());
  });

  test('text and audio are counted apart, and a refused call is not delivered', async () => {
    const { simulator, send } = await startTalk({ limits: { ...ONE_EACH, textPerSecond: 1 } });
    const outcomes = await Promise.all(['one', sound, 'two', sound].map((message) => send(aSend(message))));
    expect(outcomes.map(outcomeOf).toSorted()).toEqual(['613/2534040', '613/2534040', 'sent', 'sent']);
    expect(simulator.thread(ANA).bubbles).toHaveLength(3);
  });

  test('by default a bot may look at its profile 10 times, and then no more', async () => {
    const talk = await startTalk();
    const outcomes = await Promise.all(
      Array.from({ length: 11 }, () => callGraph(talk, 'GET', 'me/messenger_profile')),
    );
    expect(outcomes.map(outcomeOf).toSorted()).toEqual(['613/2534040', ...Array<string>(10).fill('sent')]);
    expect(META_LIMITS).toMatchObject({ textPerSecond: 300, inboxPerSecond: 40, privateRepliesPerHour: 750 });
  });

  test('each Page has counts of its own', async () => {
    const pages = [{ id: '104857600987654', accessToken: 'the-other-token' }];
    const talk = await startTalk({ pages, limits: ONE_EACH });
    const ask = async (token?: string) =>
      outcomeOf(await callGraph(talk, 'GET', 'me/messenger_profile', token === undefined ? {} : { token }));
    expect([await ask(), await ask(), await ask('the-other-token')]).toEqual(['sent', '613/2534040', 'sent']);
  });
});

describe('the headers', () => {
  const usageOf = (headers: Headers) => {
    const [ofBusiness] = Object.values(
      JSON.parse(headers.get('x-business-use-case-usage')!) as Record<string, [Record<string, unknown>]>,
    );
    return { app: JSON.parse(headers.get('x-app-usage')!) as object, business: ofBusiness![0] };
  };

  test('tell how much of a day is used, and when there is more', async () => {
    const talk = await startTalk({ limits: { callsPerPersonPerDay: 4 } });
    talk.simulator.says('6120459871230112', 'A second person');
    const ask = async () => usageOf((await callGraph(talk, 'POST', 'me/messages', { body: aSend('Hi') })).headers);
    expect(await ask()).toMatchObject({
      app: { call_count: 13 },
      business: { type: 'messenger', call_count: 13, estimated_time_to_regain_access: 0 },
    });
    for (let call = 2; call < 8; call += 1) await ask();
    expect((await ask()).business).toMatchObject({ call_count: 100, estimated_time_to_regain_access: 1440 });
  });

  test('stand on every answer of the Graph API, and say 100 after a call that came too fast', async () => {
    const talk = await startTalk({ limits: { textPerSecond: 0 } });
    const unknown = await callGraph(talk, 'GET', 'me/poems', { token: 'another' });
    expect(usageOf(unknown.headers).app).toMatchObject({ call_count: 0 });
    const tooFast = await callGraph(talk, 'POST', 'me/messages', { body: aSend('Hi') });
    expect(usageOf(tooFast.headers).business).toMatchObject({ call_count: 100, estimated_time_to_regain_access: 0 });
    expect((await fetch(`${talk.url}/api/state`)).headers.has('x-app-usage')).toBe(false);
  });
});

describe('a meter', () => {
  test('forgets what is older than its time', () => {
    const meter = createRateCounter(() => 2, 1000);
    meter.count(0);
    meter.count(400);
    expect([meter.left(900), meter.percent(900), meter.freeInMs(900)]).toEqual([0, 100, 100]);
    expect([meter.left(1000), meter.percent(1000), meter.freeInMs(1000)]).toEqual([1, 50, 0]);
    expect(meter.left(1400)).toBe(2);
  });

  test('what is tried beyond the inbox counts too: only slowing down helps', () => {
    const meter = createRateCounter(() => 2, 1000);
    for (let now = 0; now < 3000; now += 400) meter.count(now);
    expect(meter.left(3000)).toBeLessThanOrEqual(0);
    expect(meter.left(4000)).toBe(2);
  });
});
