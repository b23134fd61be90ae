/** Conversation Routing: the owner of a thread, webhooks to the other apps, and the calls that change the owner. */

import { describe, expect, test } from 'vitest';
import {
  ANA,
  APP,
  aSend,
  callGraph,
  HOUR,
  outcomeOf,
  PAGE,
  startBoth,
  startSimulator,
  type Running,
} from './support.ts';

const conversation = `messenger:${PAGE}:${ANA}` as const;
const OTHER_APP = '690011223344556';
const INBOX = '263902037430900';
const recipient = { id: ANA };

async function startTalk(options = {}) {
  const running = await startSimulator(options);
  running.simulator.says(ANA, 'Hello');
  return running;
}

const post = async (running: Running, call: string, body: object = {}) =>
  outcomeOf(await callGraph(running, 'POST', `${PAGE}/${call}_thread_control`, { body: { recipient, ...body } }));
const ownerOf = (running: Running) => running.simulator.thread(ANA).person.threadOwner;

describe('who may write', () => {
  test.each<[string, (simulator: Running['simulator']) => void, string]>([
    ['no routing: everybody', () => {}, 'sent'],
    ['ours', (simulator) => simulator.setThreadOwner(ANA, 'us'), 'sent'],
    ['another app', (simulator) => simulator.setThreadOwner(ANA, 'other_app'), '10/2018300'],
    ['staff in the inbox', (simulator) => simulator.setThreadOwner(ANA, 'page_inbox'), '10/2018300'],
    ['nobody, and we are the default app', (simulator) => simulator.setThreadOwner(ANA, 'idle'), 'sent'],
    [
      'nobody, and another app is the default',
      (simulator) => simulator.setThreadOwner(ANA, 'idle', { isDefaultApp: false }),
      '10/2018300',
    ],
    [
      'routing was turned off again',
      (simulator) => {
        simulator.setThreadOwner(ANA, 'other_app');
        simulator.turnOffRouting(ANA);
      },
      'sent',
    ],
  ])('%s', async (_, act, outcome) => {
    const { simulator, send } = await startTalk();
    act(simulator);
    expect(outcomeOf(await send(aSend('Hi')))).toBe(outcome);
    expect(outcomeOf(await send({ recipient, sender_action: 'typing_on' }))).toBe(outcome);
  });

  test('HUMAN_AGENT does not reach a thread of another app', async () => {
    const { simulator, send } = await startTalk();
    simulator.setThreadOwner(ANA, 'other_app');
    simulator.moveClock(conversation, 23 * HOUR);
    const tagged = aSend('Marta here', { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' });
    expect(outcomeOf(await send(tagged))).toBe('10/2018300');
  });

  test('control ends 24 hours after the last message', async () => {
    const running = await startTalk();
    running.simulator.setThreadOwner(ANA, 'other_app');
    running.simulator.moveClock(conversation, 20 * HOUR);
    running.simulator.says(ANA, 'Still there?');
    running.simulator.moveClock(conversation, 23 * HOUR);
    expect(outcomeOf(await running.send(aSend('Hi')))).toBe('10/2018300');
    running.simulator.moveClock(conversation, HOUR);
    expect(ownerOf(running)).toBe('idle');
    running.simulator.says(ANA, 'Anybody?');
    expect(ownerOf(running)).toBe('idle');
    expect(outcomeOf(await running.send(aSend('Hi')))).toBe('sent');
  });

  test('routing everywhere: threads are idle, and a send takes its thread', async () => {
    const running = await startTalk({ routing: { isDefaultApp: true } });
    expect(ownerOf(running)).toBe('idle');
    await running.send(aSend('Hi'));
    expect(ownerOf(running)).toBe('us');
    const stranger = await startTalk({ routing: { isDefaultApp: false } });
    expect(outcomeOf(await stranger.send(aSend('Hi')))).toBe('10/2018300');
  });
});

describe('the owner after a send', () => {
  test.each<[string, object, Record<string, unknown>, string]>([
    ['keeps it', {}, {}, 'us'],
    ['gives it back, for who reads Meta so', { releasesThreadAfterSend: true }, {}, 'idle'],
    ['releases it', {}, { thread_control: { control_type: 'release' } }, 'idle'],
    [
      'releases it, whatever app is named',
      {},
      { thread_control: { control_type: 'release', app_id: OTHER_APP } },
      'idle',
    ],
    ['passes it', {}, { thread_control: { control_type: 'pass', app_id: OTHER_APP } }, 'other_app'],
  ])('%s', async (_, options, rest, owner) => {
    const running = await startTalk({ routing: { isDefaultApp: true }, ...options });
    expect(outcomeOf(await running.send(aSend('Hi', rest)))).toBe('sent');
    expect(ownerOf(running)).toBe(owner);
  });

  test.each<[string, object, object, string]>([
    ['without routing', {}, { control_type: 'release' }, '100'],
    ['of another type', { routing: { isDefaultApp: true } }, { control_type: 'keep' }, '100'],
    ['without the app', { routing: { isDefaultApp: true } }, { control_type: 'pass' }, '100'],
    [
      'to an app that is none',
      { routing: { isDefaultApp: true } },
      { control_type: 'pass', app_id: '1' },
      '100/2018164',
    ],
  ])('thread_control %s is refused', async (_, options, thread_control, outcome) => {
    const { send } = await startTalk(options);
    expect(outcomeOf(await send(aSend('Hi', { thread_control })))).toBe(outcome);
  });
});

describe('the calls of thread control', () => {
  const of =
    (owner: Parameters<Running['simulator']['setThreadOwner']>[1], isDefaultApp = true) =>
    (running: Running) =>
      running.simulator.setThreadOwner(ANA, owner, { isDefaultApp });
  const off = () => {};

  test.each<[string, (running: Running) => void, string, object, string, string | undefined]>([
    ['the owner passes', of('us', false), 'pass', { target_app_id: OTHER_APP }, 'sent', 'other_app'],
    ['the owner passes to the inbox', of('us'), 'pass', { target_app_id: INBOX }, 'sent', 'page_inbox'],
    ['the inbox has a shorter id as well', of('us'), 'pass', { target_app_id: '26390203743090' }, 'sent', 'page_inbox'],
    ['the default app passes an idle thread', of('idle'), 'pass', { target_app_id: OTHER_APP }, 'sent', 'other_app'],
    ['another app passes', of('other_app'), 'pass', { target_app_id: APP }, '100/2534037', 'other_app'],
    ['a pass to nobody', of('us'), 'pass', {}, '100', 'us'],
    ['a pass without routing', off, 'pass', { target_app_id: OTHER_APP }, 'sent', undefined],
    ['the default app takes', of('other_app'), 'take', {}, 'sent', 'us'],
    ['another app takes', of('other_app', false), 'take', {}, '10/2018171', 'other_app'],
    ['a take without routing', off, 'take', {}, '10/2018171', undefined],
    ['a request without routing', off, 'request', {}, 'sent', undefined],
    ['a request under routing', of('other_app'), 'request', {}, '10/2018171', 'other_app'],
    ['the owner releases', of('us'), 'release', {}, 'sent', 'idle'],
    ['another app releases', of('other_app'), 'release', {}, '100/2534037', 'other_app'],
    ['control is extended', of('us'), 'extend', { duration: 604_800 }, 'sent', 'us'],
    ['control is extended too far', of('us'), 'extend', { duration: 604_801 }, '100', 'us'],
    ['somebody unknown', of('us'), 'release', { recipient: { id: '1' } }, '100/2018001', 'us'],
  ])('%s', async (_, arrange, call, body, outcome, owner) => {
    const running = await startTalk();
    arrange(running);
    expect(await post(running, call, body)).toBe(outcome);
    expect(ownerOf(running)).toBe(owner);
  });

  test('extended control outlasts a day', async () => {
    const running = await startTalk();
    of('us')(running);
    await post(running, 'extend', { duration: 3 * 86_400 });
    running.simulator.moveClock(conversation, 70 * HOUR);
    expect(ownerOf(running)).toBe('us');
    running.simulator.moveClock(conversation, 2 * HOUR);
    expect(ownerOf(running)).toBe('idle');
  });

  test.each<[string, (running: Running) => void, object[]]>([
    ['ours', of('us', false), [{ thread_owner: { app_id: APP } }]],
    ['seen by the default app', of('other_app'), [{ thread_owner: { app_id: OTHER_APP } }]],
    ['seen by another app', of('other_app', false), [{ thread_owner: {} }]],
    ['idle', of('idle'), []],
    ['without routing', off, []],
  ])('thread_owner: %s', async (_, arrange, data) => {
    const running = await startTalk();
    arrange(running);
    expect((await callGraph(running, 'GET', `me/thread_owner?recipient=${ANA}`)).json).toEqual({ data });
  });
});

describe('webhooks to our app', () => {
  test('are copies in standby while another app owns the thread, and report every change of owner', async () => {
    const { simulator, bot } = await startBoth();
    simulator.says(ANA, 'Hello');
    simulator.setThreadOwner(ANA, 'us');
    simulator.setThreadOwner(ANA, 'other_app');
    simulator.says(ANA, 'To the desk');
    simulator.answersFromOtherApp(ANA, 'The desk here');
    simulator.reads(ANA);
    simulator.setThreadOwner(ANA, 'us');
    simulator.says(ANA, 'To the bot');
    await simulator.waitForDeliveries();
    const told = bot.bodies.map((body) => {
      const [entry] = (JSON.parse(body) as { entry: [Record<string, [Record<string, unknown>]>] }).entry;
      const place = entry['standby'] ? 'standby' : 'messaging';
      const { sender: _, recipient: __, timestamp: ___, ...item } = entry[place]![0];
      return `${place} ${Object.keys(item)[0]}`;
    });
    expect(told).toEqual([
      'messaging message',
      'messaging pass_thread_control',
      'messaging take_thread_control',
      'standby message',
      'standby message', // the desk's echo
      'standby delivery',
      'standby read',
      'messaging pass_thread_control',
      'messaging message',
    ]);
    expect(bot.items('take_thread_control')[0]).toMatchObject({
      take_thread_control: { previous_owner_app_id: APP, new_owner_app_id: OTHER_APP },
    });
    expect(bot.items('pass_thread_control')[1]).toMatchObject({
      pass_thread_control: { previous_owner_app_id: OTHER_APP, new_owner_app_id: APP },
    });
  });

  test('an answer from the inbox takes the thread', async () => {
    const { simulator, bot, send } = await startBoth({ routing: { isDefaultApp: true } });
    simulator.says(ANA, 'Hello');
    await send(aSend('Hi'));
    simulator.answersFromInbox(ANA, 'Marta here');
    await simulator.waitForDeliveries();
    expect(bot.items('take_thread_control')[0]).toMatchObject({ take_thread_control: { new_owner_app_id: INBOX } });
    expect(bot.bodies.at(-1)).toContain('"standby"');
    expect(outcomeOf(await send(aSend('Hi again')))).toBe('10/2018300');
  });

  test('do not report our own calls', async () => {
    const running = await startBoth();
    running.simulator.says(ANA, 'Hello');
    running.simulator.setThreadOwner(ANA, 'us');
    await post(running, 'pass', { target_app_id: OTHER_APP });
    await post(running, 'take');
    await running.simulator.waitForDeliveries();
    expect(running.bot.items('take_thread_control')).toEqual([]);
    expect(running.bot.items('pass_thread_control')).toHaveLength(1);
  });
});

test('the control API changes the owner', async () => {
  const { app, send } = await startTalk();
  const turn = (path: string, payload: object) =>
    app.inject({ method: 'POST', url: `/simulator/api/people/${ANA}/${path}`, payload });
  expect((await turn('thread', { owner: 'other_app', isDefaultApp: false })).json()).toMatchObject({
    person: { threadOwner: 'other_app' },
  });
  expect(outcomeOf(await send(aSend('Hi')))).toBe('10/2018300');
  expect(
    (await turn('other-app', { text: 'The desk here' })).json<{ bubbles: object[] }>().bubbles.at(-1),
  ).toMatchObject({
    author: 'other_app',
  });
  await turn('routing-off', {});
  expect(outcomeOf(await send(aSend('Hi')))).toBe('sent');
});
