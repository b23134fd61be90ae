/** What stops more than one send: a token, a restriction, another app's thread control, an unavailable person, a rate limit. */

import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { ANA, BEN, PAGE } from '../support/events.ts';
import { aGate, ANAS, isRetryError, SEND_ID, TOKEN, type Gate } from './gate.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const BENS = `messenger:${PAGE}:${BEN}` as const;

const held = (reason: string) => expect.objectContaining({ type: reason, category: 'BENIGN', nonRetryable: false });
const durably = (gate: Gate, request = {}): Promise<unknown> =>
  gate.send({ ...request, phase: 'durable' }).catch((error: unknown) => error);
const alerts = (gate: Gate) => gate.lines.filter((line) => line.includes('its sends wait'));

/** Moves the clock of all people and of the process ahead. */
function timePasses(ms: number): void {
  if (!vi.isFakeTimers()) {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    onTestFinished(() => void vi.useRealTimers());
  }
  vi.setSystemTime(Date.now() + ms);
}

describe('a token that Meta does not take', () => {
  async function aGateWithoutToken() {
    let token = 'EAAexpired';
    const gate = await aGate({ accessToken: () => token });
    gate.simulator.says(BEN, 'hi');
    await gate.simulator.waitForDeliveries();
    expect(await gate.send()).toEqual({ status: 'deferred' });
    return { gate, getsToken: () => void (token = TOKEN) };
  }

  test('stops the whole Page at once, with one alert that has the cure; no other send calls Meta', async () => {
    const { gate } = await aGateWithoutToken();
    const calls = gate.calls();

    expect(await gate.send({ conversation: BENS, sendId: `${BENS}/i8/0` })).toEqual({ status: 'deferred' });
    expect(await durably(gate)).toEqual(held('token_invalid'));
    expect(await durably(gate, { conversation: BENS, sendId: `${BENS}/i8/0` })).toEqual(held('token_invalid'));

    expect(gate.calls()).toBe(calls);
    expect(alerts(gate)).toHaveLength(1);
    expect(alerts(gate)[0]).toContain('Make a new one');
    expect(await gate.store.ledger.counts()).toMatchObject({ waiting: 2, failed: 0 });
  });

  test('waiting sends go out once the breaker is closed; those whose window has closed are refused', async () => {
    const { gate, getsToken } = await aGateWithoutToken();
    await durably(gate, { conversation: BENS, sendId: `${BENS}/i8/0` });
    gate.simulator.moveClock(BENS, 25 * HOUR);

    getsToken();
    await gate.store.circuitBreakers.close(PAGE, 'token_invalid');

    expect(await durably(gate)).toMatchObject({ status: 'sent' });
    expect(await durably(gate, { conversation: BENS, sendId: `${BENS}/i8/0` })).toEqual({
      status: 'refused',
      reason: 'window_closed',
    });
    expect(gate.heard()).toEqual(['Hello Ana']);
  });

  test('one send probes after a minute, and with a valid token all go out', async () => {
    const { gate, getsToken } = await aGateWithoutToken();
    getsToken();
    expect(await durably(gate)).toEqual(held('token_invalid'));

    timePasses(MINUTE);

    expect(await durably(gate)).toMatchObject({ status: 'sent' });
    expect(await gate.store.circuitBreakers.listOpen()).toEqual(new Map());
    expect(gate.lines.some((line) => line.includes('The Page can send again'))).toBe(true);
  });

  test('with an invalid token the next probe comes later', async () => {
    const { gate } = await aGateWithoutToken();
    timePasses(MINUTE);
    const tried = Date.now();

    expect(await durably(gate)).toEqual(held('token_invalid'));

    const page = (await gate.store.circuitBreakers.listOpen()).get(PAGE);
    expect(page?.probeAt).toBeGreaterThanOrEqual(tried + 2 * MINUTE);
    expect(alerts(gate)).toHaveLength(1);
  });

  test('a send that has waited long asks again less often', async () => {
    const { gate } = await aGateWithoutToken();
    const pauses: number[] = [];
    for (const ms of [0, 10 * MINUTE, 10 * HOUR]) {
      gate.simulator.moveClock(ANAS, ms);
      const later = await durably(gate);
      if (isRetryError(later)) pauses.push(Math.round(later.nextRetryDelay / 1000));
    }
    expect(pauses).toEqual([5, 60, 300]);
  });

  test('a template, for which no window closes, fails after 7 days', async () => {
    const { gate } = await aGateWithoutToken();
    const utility = {
      sendId: `${ANAS}/i7/1`,
      message: { template: { name: 'order_shipped', language: { code: 'en' } } },
    } as const;
    expect(await durably(gate, utility)).toEqual(held('token_invalid'));
    gate.simulator.moveClock(ANAS, 7 * 24 * HOUR + 1);

    expect(await durably(gate, utility)).toEqual({ status: 'failed', code: 'held_too_long' });
    expect(await gate.send(utility)).toEqual({ status: 'failed', code: 'held_too_long' });
  });
});

test.each([
  [10, 1893063],
  [368, undefined],
])('a restriction (%s/%s) stops the Page and is tried again half an hour later', async (code, subcode) => {
  const gate = await aGate();
  gate.simulator.fault({ kind: 'error', code, ...(subcode !== undefined && { subcode }) });

  expect(await gate.send()).toEqual({ status: 'deferred' });
  expect(await durably(gate)).toEqual(held('restricted'));
  expect(alerts(gate)).toHaveLength(1);
  timePasses(29 * MINUTE);
  expect(await durably(gate)).toEqual(held('restricted'));
  timePasses(MINUTE);
  expect(await durably(gate)).toMatchObject({ status: 'sent' });
  expect(await gate.store.circuitBreakers.listOpen()).toEqual(new Map());
});

test.each([2018300, 2018321])(
  "another app's thread (%s): what is said waits until control comes back",
  async (code) => {
    const gate = await aGate();
    gate.simulator.fault({ kind: 'error', code: 10, subcode: code });

    expect(await gate.send()).toEqual({ status: 'deferred' });
    expect(await durably(gate)).toEqual(held('thread_owner'));
    // The person writes, and it is we who get it.
    gate.simulator.says(ANA, 'hello?');
    await gate.simulator.waitForDeliveries();

    expect(await durably(gate)).toMatchObject({ status: 'sent' });
  },
);

test('thread control that is not passed back ends after 24 hours; the window of the reply has closed then', async () => {
  const gate = await aGate();
  gate.simulator.fault({ kind: 'error', code: 2018300 });
  expect(await gate.send()).toEqual({ status: 'deferred' });
  gate.simulator.moveClock(ANAS, 24 * HOUR);

  expect(await durably(gate)).toEqual({ status: 'refused', reason: 'window_closed' });
});

test.each([
  [551, undefined],
  [10, 2018108],
  [200, 1545041],
])('a person who cannot be reached (%s/%s) is left alone until they write', async (code, subcode) => {
  const gate = await aGate();
  gate.simulator.fault({ kind: 'error', code, ...(subcode !== undefined && { subcode }) });

  expect(await gate.send()).toEqual({ status: 'refused', reason: 'person_unavailable' });
  expect(await gate.send({ sendId: `${ANAS}/i7/1` })).toEqual({ status: 'refused', reason: 'person_unavailable' });
  expect(gate.calls()).toBe(1);
  gate.simulator.says(ANA, 'I am back');
  await gate.simulator.waitForDeliveries();

  expect(await gate.send({ sendId: `${ANAS}/i8/0` })).toMatchObject({ status: 'sent' });
});

test('a person who stopped a topic gets no updates', async () => {
  const gate = await aGate();
  gate.simulator.fault({ kind: 'error', code: 10, subcode: 1893015 });
  const update = { sendId: `${ANAS}/i7/0`, purpose: 'update' } as const;

  expect(await gate.send(update)).toEqual({ status: 'refused', reason: 'person_unavailable' });
  expect(await gate.send({ ...update, sendId: `${ANAS}/i7/1` })).toEqual({ status: 'refused', reason: 'opted_out' });
  expect(await gate.send({ sendId: `${ANAS}/i7/2` })).toMatchObject({ status: 'sent' });
});

test('"stop" counts without the workflow', async () => {
  const gate = await aGate();
  gate.simulator.says(ANA, 'Stop.');
  await gate.simulator.waitForDeliveries();

  expect(await gate.send({ purpose: 'update' })).toEqual({ status: 'refused', reason: 'opted_out' });
  gate.simulator.says(ANA, 'start');
  await gate.simulator.waitForDeliveries();
  expect(await gate.send({ purpose: 'update', sendId: `${ANAS}/i9/0` })).toMatchObject({ status: 'sent' });
});

test('after a rate limit error no worker sends for the Page until the pause is over', async () => {
  const gate = await aGate({ maxPauseMs: 10 * MINUTE });
  gate.simulator.fault({ kind: 'error', code: 613, subcode: 2534040 });
  const another = gate.anotherWorker();
  expect(await gate.send()).toEqual({ status: 'deferred' });

  expect(await durably(gate)).toEqual(held('waits_for_its_turn'));
  // The other worker had been silent: its first goes out, and then it knows.
  await another({ sendId: `${ANAS}/i7/1` });
  expect(await another({ sendId: `${ANAS}/i7/2` })).toEqual({ status: 'deferred' });
  expect(gate.calls()).toBe(2);
});

test('a send waits no longer than the pause of its Page, however long Meta asks for', async () => {
  const gate = await aGate();
  const usage = { percent: 100, regainAccessInMs: 24 * HOUR };
  const error = { code: 613, error_subcode: 2534040, message: '' };
  const send = gate.anotherWorker({ graph: { sendMessage: async () => ({ status: 'refused', error, usage }) } });

  const later = await send({ phase: 'durable' }).catch((thrown: unknown) => thrown);

  expect(isRetryError(later) && later.nextRetryDelay).toBeLessThanOrEqual(5 * MINUTE);
});

test('a bad request is logged with its source', async () => {
  const gate = await aGate();
  gate.simulator.fault({ kind: 'error', code: 100 });
  await gate.send();

  expect(gate.lines.find((line) => line.includes('bad_request'))).toContain('plugin greeter');
});

test('an outcome stands when its meaning for other sends cannot be recorded', async () => {
  const gate = await aGate();
  const away = () => Promise.reject(new Error('the store is away'));
  const store = { ...gate.store, circuitBreakers: { ...gate.store.circuitBreakers, open: away, close: away } };
  const send = gate.anotherWorker({ store, rateLimiter: { acquire: async () => 0, noteUsage: away, pause: away } });
  gate.simulator.fault({ kind: 'error', code: 190 });

  expect(await send()).toEqual({ status: 'deferred' });
  expect(await gate.store.ledger.find(SEND_ID)).toMatchObject({ status: 'waiting', code: 'token_invalid' });
  expect(await send({ sendId: `${ANAS}/i7/1` })).toMatchObject({ status: 'sent' });
});
