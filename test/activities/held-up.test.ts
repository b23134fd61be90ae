/** How long one send may hold up the person's next message, and how long Meta may take for each kind of message. */

import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import type { GraphClient, SendAnswer } from '../../src/graph/graph-client.ts';
import type { SendRequest } from '../../src/workflows/contract/index.ts';
import { ANA } from '../support/events.ts';
import { aGate, ANAS, isRetryError, SEND_ID, type Gate } from './gate.ts';

const found = ({ store }: Gate) => store.ledger.find(SEND_ID);
const later = (sending: Promise<unknown>) => sending.catch((error: unknown) => error);
const media = (type: 'image' | 'video', payload: object) =>
  ({ message: { attachment: { type, payload } } }) as Pick<SendRequest, 'message'>;
const VIDEO = media('video', { url: 'https://shop.example/bike.mp4' });
const IMAGE = media('image', { url: 'https://shop.example/bike.jpg' });
const IMAGE_BY_ID = media('image', { attachment_id: '741100223344556' });

afterEach(() => vi.useRealTimers());

/** Moves the clock of the process ahead. */
function timePasses(ms: number): void {
  if (!vi.isFakeTimers()) {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    onTestFinished(() => void vi.useRealTimers());
  }
  vi.setSystemTime(Date.now() + ms);
}

/** Ana's last action that the conversation has handled. */
async function handledUntil({ store }: Gate): Promise<number> {
  return (await store.contacts.find(ANAS))?.windowOpenedAt ?? 0;
}

async function says(gate: Gate, text: string): Promise<void> {
  gate.simulator.says(ANA, text);
  await gate.simulator.waitForDeliveries();
}

test('an unconfirmed send waits for its echo in full while nothing else waits', async () => {
  const gate = await aGate({ echoes: false, echoWaitMs: 20_000 });
  const request = { handledUntil: await handledUntil(gate) };
  gate.simulator.fault({ kind: 'error', code: 2 });
  await gate.send(request);
  timePasses(19_000);

  await expect(gate.send({ ...request, phase: 'durable' })).rejects.toMatchObject({ type: 'waits_for_echo' });
  expect(gate.calls()).toBe(1);
});

test.each(['cut', 'code 1', 'code 2'])(
  'once the next message waits, the echo gets 5 seconds and the send one more call (%s); then it ends as unknown',
  async (what) => {
    const gate = await aGate({ echoes: false, echoWaitMs: 20_000 });
    const request = { handledUntil: await handledUntil(gate) };
    const times = 3;
    if (what === 'cut') gate.simulator.fault({ kind: 'cut_before', times });
    else gate.simulator.fault({ kind: 'error', code: what === 'code 1' ? 1 : 2, times });
    await gate.send(request);
    await says(gate, 'hello?');

    await expect(gate.send({ ...request, phase: 'durable' })).rejects.toMatchObject({ type: 'waits_for_echo' });
    timePasses(5001);
    await later(gate.send({ ...request, phase: 'durable' }));
    expect(gate.calls()).toBe(2);
    timePasses(5001);
    expect(await gate.send({ ...request, phase: 'durable' })).toEqual({ status: 'unknown' });
    expect(gate.calls()).toBe(2);
  },
);

test('a failure that passes loses nothing, although the next message waits', async () => {
  const gate = await aGate({ echoes: false, echoWaitMs: 20_000 });
  const request = { handledUntil: await handledUntil(gate) };
  gate.simulator.fault({ kind: 'error', code: 2 });
  await gate.send(request);
  await says(gate, 'hello?');
  timePasses(5001);

  expect(await gate.send({ ...request, phase: 'durable' })).toMatchObject({ status: 'sent' });
  expect(gate.heard()).toEqual(['Hello Ana']);
});

test('a send on which no conversation waits, of a sequence, is not hurried', async () => {
  const gate = await aGate({ echoes: false, echoWaitMs: 20_000 });
  gate.simulator.fault({ kind: 'error', code: 2 });
  await gate.send();
  await says(gate, 'hello?');
  timePasses(10_000);

  await expect(gate.send({ phase: 'durable' })).rejects.toMatchObject({ type: 'waits_for_echo' });
});

test('a call that hangs is left alone when the next message waits: it ends as unknown, and its answer counts still', async () => {
  const gate = await aGate({ echoes: false });
  const request = { ...VIDEO, handledUntil: await handledUntil(gate), phase: 'durable' } as const;
  gate.simulator.fault({ kind: 'slow', ms: 12_500 });
  await says(gate, 'hello?');

  expect(await later(gate.send(request))).toMatchObject({ type: 'no_answer' });
  expect(await found(gate)).toMatchObject({ status: 'unconfirmed' });
  timePasses(5001);
  expect(await gate.send(request)).toEqual({ status: 'unknown' });

  await vi.waitFor(async () => expect(await found(gate)).toMatchObject({ status: 'sent' }), 10_000);
  expect(gate.calls()).toBe(1);
});

test('the limit of the call follows the time that Meta takes for the message', async () => {
  const limits: Record<string, number> = {};
  const gate = await aGate();
  for (const [name, message] of Object.entries({ text: {}, VIDEO, IMAGE, IMAGE_BY_ID })) {
    for (const phase of ['local', 'durable'] as const) {
      const sendMessage: GraphClient['sendMessage'] = async (_page, _body, timeoutMs): Promise<SendAnswer> => {
        limits[`${name} ${phase}`] = Math.round(timeoutMs / 1000);
        return { status: 'accepted', messageId: `m_${name}_${phase}` };
      };
      const send = gate.anotherWorker({ graph: { sendMessage } });
      await send({ ...message, phase, sendId: `${ANAS}/i7/${Object.keys(limits).length}` });
    }
  }
  // No local try of what Meta has to fetch first.
  expect(limits).toEqual({
    'text local': 4,
    'text durable': 20,
    'VIDEO durable': 95,
    'IMAGE durable': 30,
    'IMAGE_BY_ID local': 4,
    'IMAGE_BY_ID durable': 20,
  });
});

test.each([
  ['a video by its URL', VIDEO, 95_000],
  ['a picture by its URL', IMAGE, 30_000],
  ['a picture by its id', IMAGE_BY_ID, 20_000],
  ['a text', {}, 20_000],
])('the wait for the echo of %s is as long as Meta may still fetch it', async (_, message, waitMs) => {
  const gate = await aGate({ echoes: false });
  const graph = {
    sendMessage: async (): Promise<SendAnswer> => ({ status: 'no_answer', outcome: 'timeout_before_response' }),
  };
  const send = gate.anotherWorker({ graph, echoWaitMs: 20_000 });
  const durably = () => later(send({ ...message, phase: 'durable' }));
  await durably();
  timePasses(waitMs - 1000);
  expect(await durably()).toMatchObject({ type: 'waits_for_echo' });
  expect(await found(gate)).toMatchObject({ attempts: 1 });
  timePasses(2000);
  await durably();
  expect(await found(gate)).toMatchObject({ attempts: 2 });
});

test("another app's thread is asked about again after 15 seconds at most, however long it was held", async () => {
  const gate = await aGate();
  gate.simulator.fault({ kind: 'error', code: 10, subcode: 2018300 });
  await gate.send();
  gate.simulator.moveClock(ANAS, 10 * 3_600_000);

  const held = await later(gate.send({ phase: 'durable' }));

  expect(held).toMatchObject({ type: 'thread_owner' });
  expect(isRetryError(held) && held.nextRetryDelay).toBe(15_000);
});
