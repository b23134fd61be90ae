/** What Meta certainly did not take: it is settled at once, or the whole Page waits; and no call for it may follow. */

import { describe, expect, test, vi } from 'vitest';
import { createTemplateReader } from '../../src/activities/send/template-reader.ts';
import { createGraphClient } from '../../src/graph/graph-client.ts';
import { utility } from '../../src/index.ts';
import { outboundMessage } from '../../src/messenger/outbound/sayable.ts';
import { ANA, BEN, PAGE } from '../support/events.ts';
import { aGate, anEmptyGate, ANAS, SEND_ID, TOKEN, type Gate } from './gate.ts';

const BENS = `messenger:${PAGE}:${BEN}` as const;
const found = ({ store }: Gate) => store.ledger.find(SEND_ID);
const breaker = async ({ store }: Gate) => (await store.circuitBreakers.listOpen()).get(PAGE);
const alerts = (gate: Gate) => gate.lines.filter((line) => line.includes('its sends wait'));

test.each([[3], [104], [2500], [80_100], [987_654]])('%s, which is in no table, fails at once', async (code) => {
  const gate = await aGate();
  gate.simulator.fault({ kind: 'error', code });

  expect(await gate.send()).toEqual({ status: 'failed', code: 'bad_request' });
  expect(await gate.send({ sendId: `${ANAS}/i8/0` })).toMatchObject({ status: 'sent' });
});

test.each([[17], [32], [341], [613], [80_000], [80_006], [80_014]])(
  '%s without a subcode slows the Page down, and the message goes out after it, at-most-once too',
  async (code) => {
    const gate = await aGate({ maxPauseMs: 60_000 });
    gate.simulator.fault({ kind: 'error', code });
    const request = { guarantee: 'at-most-once' } as const;

    expect(await gate.send(request)).toEqual({ status: 'deferred' });
    expect(await found(gate)).toMatchObject({ status: 'waiting', code: 'rate_limited' });
    await expect(gate.send({ ...request, phase: 'durable' })).rejects.toMatchObject({ type: 'waits_for_its_turn' });
    expect(gate.calls()).toBe(1);

    vi.setSystemTime(Date.now() + 61_000);
    expect(await gate.anotherWorker()({ ...request, phase: 'durable' })).toMatchObject({ status: 'sent' });
    vi.useRealTimers();
  },
);

const SET_UP: readonly (readonly [what: string, code: number, message: string, cure: string])[] = [
  ['app secret', 100, 'Invalid appsecret_proof provided in the API argument', 'MESSENGER_APP_SECRET'],
  ['kind of token', 210, '(#210) This call requires a Page access token.', "Page's own access token"],
  ['development mode', 200, '(#200) Cannot message users: the app is not live', 'Switch the app to Live'],
  ['unpublished Page', 10, '(#10) The Page is not published', 'Publish the Page'],
  ['permission', 230, '(#230) Requires pages_messaging permission to manage the object', 'Grant pages_messaging'],
];

test.each(SET_UP)(
  'a mistake in the set-up (%s) loses nothing: one alert names the cure',
  async (_, code, message, cure) => {
    const gate = await aGate();
    gate.simulator.says(BEN, 'hi');
    await gate.simulator.waitForDeliveries();
    gate.simulator.fault({ kind: 'error', code, message });
    const bens = { conversation: BENS, sendId: `${BENS}/i8/0` } as const;

    expect(await gate.send()).toEqual({ status: 'deferred' });
    expect(await gate.send(bens)).toEqual({ status: 'deferred' });

    expect(await breaker(gate)).toMatchObject({ reason: 'token_invalid', code: String(code) });
    expect(alerts(gate)).toHaveLength(1);
    expect(alerts(gate)[0]).toContain(cure);
    expect(await gate.store.ledger.counts()).toMatchObject({ waiting: 2, failed: 0, refused: 0 });
    expect(await gate.store.contacts.find(ANAS)).not.toHaveProperty('unavailableSince');

    await gate.store.circuitBreakers.close(PAGE);
    expect(await gate.send({ phase: 'durable' })).toMatchObject({ status: 'sent' });
    expect(await gate.send({ ...bens, phase: 'durable' })).toMatchObject({ status: 'sent' });
  },
);

test("the proof of another app's secret, as Meta answers it, stops the Page and loses nothing", async () => {
  const gate = await aGate();
  const graph = createGraphClient({
    url: gate.graphUrl,
    version: 'v25.0',
    accessToken: () => TOKEN,
    appSecret: 'the secret of another app',
  });
  const send = gate.anotherWorker({ graph });

  expect(await send()).toEqual({ status: 'deferred' });
  expect(await breaker(gate)).toMatchObject({ reason: 'token_invalid' });
  expect(alerts(gate)[0]).toContain('MESSENGER_APP_SECRET');
  await graph.close();
});

/** A template may go to somebody who never wrote; a contact may be missing in a restored database. */
const TO_STRANGER = { message: { template: { name: 'order_shipped', language: { code: 'en' } } } } as const;

test.each([
  ['whose thread another app owns', 10, 2018300, { threadOwner: { appId: 'other' } }],
  ['who cannot be reached', 551, undefined, { unavailableSince: expect.any(Number) }],
  ['who opted out', 10, 1893015, { optedOutAt: expect.any(Number) }],
])('a person without a contact, %s: Meta is called once, and the refusal sticks', async (_, code, subcode, contact) => {
  const gate = await anEmptyGate();
  gate.simulator.addPerson({ psid: ANA });
  gate.simulator.fault({ kind: 'error', code, times: 9, ...(subcode !== undefined && { subcode }) });
  const tries = (request: object) =>
    gate.send({ ...TO_STRANGER, purpose: 'update', ...request }).catch(() => undefined);

  await tries({});
  for (let again = 0; again < 3; again += 1) await tries({ phase: 'durable' });
  await tries({ sendId: `${ANAS}/i8/0` });

  expect(gate.calls()).toBe(1);
  expect(await gate.store.contacts.find(ANAS)).toMatchObject(contact);
});

test('when a refusal about a person cannot be recorded, Meta is asked again after seconds, not at once', async () => {
  const gate = await aGate();
  gate.simulator.fault({ kind: 'error', code: 10, subcode: 2018300, times: 2 });
  const away = () => Promise.reject(new Error('the store is away'));
  const store = { ...gate.store, eligibility: { ...gate.store.eligibility, markOwnedByOther: away } };
  const send = gate.anotherWorker({ store });

  const later: unknown = await send({ phase: 'durable' }).catch((error: unknown) => error);

  expect(later).toMatchObject({ type: 'thread_owner', nextRetryDelay: 5000 });
});

test('a message from before a 551 that is delivered after it calls Meta no more; the next action does', async () => {
  const gate = await aGate();
  gate.simulator.holdDeliveries();
  gate.simulator.says(ANA, 'are you there?');
  gate.simulator.makeUnavailable(ANA);
  expect(await gate.send()).toEqual({ status: 'refused', reason: 'person_unavailable' });
  gate.simulator.releaseDeliveries();
  await gate.simulator.waitForDeliveries();

  expect(await gate.send({ sendId: `${ANAS}/i8/0` })).toEqual({ status: 'refused', reason: 'person_unavailable' });
  expect(gate.calls()).toBe(1);

  gate.simulator.says(ANA, 'I am back');
  await gate.simulator.waitForDeliveries();
  expect(await gate.send({ sendId: `${ANAS}/i9/0` })).toMatchObject({ status: 'sent' });
});

test('a refusal about a person has the time of the clock of Meta, where ours differs', async () => {
  const gate = await aGate();
  const error = { code: 551, message: '(#551) This person is not available right now.' };
  const send = gate.anotherWorker({
    graph: { sendMessage: async () => ({ status: 'refused', error, clockAheadMs: 3_600_000 }) },
  });
  const before = Date.now();

  expect(await send()).toEqual({ status: 'refused', reason: 'person_unavailable' });

  const { unavailableSince = 0 } = (await gate.store.contacts.find(ANAS)) ?? {};
  expect(unavailableSince).toBeGreaterThanOrEqual(before + 3_600_000);
});

describe('a utility template', () => {
  const shipped = {
    purpose: 'update',
    message: outboundMessage(utility('order_shipped', { order_id: 'A-77' })),
  } as const;
  const template = { name: 'order_shipped', body: 'Your order {{order_id}} is on its way.' };
  const refused = { status: 'refused', reason: 'template_not_approved' };
  let ordinal = 0;
  const sends = (gate: Gate, send = gate.send) => send({ ...shipped, sendId: `${ANAS}/u${(ordinal += 1)}/0` });

  test('is not sent while the webhook of Meta says that it is paused', async () => {
    const gate = await aGate();
    gate.simulator.approveTemplate(template);
    const become = async (status: 'PAUSED' | 'APPROVED') => {
      gate.simulator.setTemplateStatus(template, status);
      await gate.simulator.waitForDeliveries();
    };
    expect(await sends(gate)).toMatchObject({ status: 'sent' });
    await become('PAUSED');
    expect(await sends(gate)).toEqual(refused);
    expect(gate.calls()).toBe(1);
    await become('APPROVED');
    expect(await sends(gate)).toMatchObject({ status: 'sent' });
  });

  test('is not sent while the list of Meta says that it is pending, and goes out a minute after its approval', async () => {
    const gate = await aGate();
    gate.simulator.approveTemplate(template);
    gate.simulator.holdDeliveries();
    gate.simulator.setTemplateStatus(template, 'PENDING');
    expect(await sends(gate)).toEqual(refused);
    gate.simulator.setTemplateStatus(template, 'APPROVED');
    expect(await sends(gate)).toEqual(refused);
    vi.setSystemTime(Date.now() + 61_000);
    expect(await sends(gate)).toMatchObject({ status: 'sent' });
    vi.useRealTimers();
    expect(gate.calls()).toBe(1);
  });

  test('is left to Meta where the app may not read the list, and the log says so once', async () => {
    const gate = await aGate();
    gate.simulator.approveTemplate(template);
    const error = { code: 200, message: 'Requires page_utility_messaging permission' };
    let lists = 0;
    const listTemplates = async () => ((lists += 1), { status: 'refused', error } as const);
    const templateReader = createTemplateReader({ store: gate.store, log: gate.log, graph: { listTemplates } });
    const send = gate.anotherWorker({ templateReader });
    for (let times = 0; times < 3; times += 1) expect(await sends(gate, send)).toMatchObject({ status: 'sent' });
    expect(lists).toBe(1);
    expect(gate.lines.filter((line) => line.includes('does not list'))).toHaveLength(1);
    await send();
    expect(lists).toBe(1);
  });
});
