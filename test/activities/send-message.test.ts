import { expect, test, vi } from 'vitest';
import { conversationId } from '../../src/domain/conversation-id.ts';
import type { Fault } from '../../src/simulator/index.ts';
import { delivered } from '../store/targets.ts';
import { ANA, anEcho, BEN, PAGE, webhookBody } from '../support/events.ts';
import { aGate, anEmptyGate, ANAS, isRetryError, storeWith, SEND_ID, type Gate } from './gate.ts';

const HOUR = 3_600_000;
const found = ({ store }: Gate) => store.ledger.find(SEND_ID);

test('a send is delivered once, and its outcome has the message id', async () => {
  const gate = await aGate();

  const attempt = await gate.send();

  expect(gate.heard()).toEqual(['Hello Ana']);
  const [bubble] = gate.simulator.thread(ANA).bubbles.filter(({ author }) => author === 'bot');
  expect(attempt).toEqual({ status: 'sent', messageId: bubble?.mid });
  expect(await found(gate)).toMatchObject({ status: 'sent', messageId: bubble?.mid, attempts: 1 });
});

test('a repeated send gets the recorded outcome from any worker, without a call', async () => {
  const gate = await aGate();
  const first = await gate.send();

  expect(await gate.send()).toEqual(first);
  expect(await gate.send({ phase: 'durable' })).toEqual(first);
  expect(await gate.anotherWorker()()).toEqual(first);
  expect(gate.calls()).toBe(1);
});

test('of many concurrent requests for one send, one calls', async () => {
  const gate = await aGate();
  const workers = [gate.send, gate.anotherWorker(), gate.anotherWorker()];

  const attempts = await Promise.all(workers.flatMap((send) => [send(), send(), send()]));

  expect(attempts).toContainEqual(expect.objectContaining({ status: 'sent' }));
  expect(attempts.filter(({ status }) => status !== 'sent' && status !== 'deferred')).toEqual([]);
  expect(gate.calls()).toBe(1);
  expect(gate.heard()).toEqual(['Hello Ana']);
});

test('a person who never wrote gets nothing, and Meta is not called', async () => {
  const gate = await anEmptyGate();
  gate.simulator.addPerson({ psid: ANA });

  expect(await gate.send()).toEqual({ status: 'refused', reason: 'never_wrote' });
  expect(await gate.send({ phase: 'durable' })).toEqual({ status: 'refused', reason: 'never_wrote' });
  expect(gate.calls()).toBe(0);
});

test('the window counts as it is at the time of the send, opened or closed meanwhile', async () => {
  const gate = await aGate();
  gate.simulator.moveClock(ANAS, 25 * HOUR);

  expect(await gate.send({ sendId: `${ANAS}/w1/0` })).toEqual({ status: 'refused', reason: 'window_closed' });
  gate.simulator.says(ANA, 'still there?');
  await gate.simulator.waitForDeliveries();
  expect(await gate.send({ sendId: `${ANAS}/w1/1` })).toMatchObject({ status: 'sent' });
  // What was refused stays refused: the answer came with the outcome.
  expect(await gate.send({ sendId: `${ANAS}/w1/0` })).toEqual({ status: 'refused', reason: 'window_closed' });
  expect(gate.calls()).toBe(1);
});

test("an operator's message is delivered for seven days, with the tag HUMAN_AGENT", async () => {
  const gate = await aGate();
  gate.simulator.moveClock(ANAS, 25 * HOUR);

  expect(await gate.send({ author: 'human' })).toMatchObject({ status: 'sent' });

  const [sent] = gate.simulator.thread(ANA).timeline.filter(({ kind }) => kind === 'sent');
  expect(sent?.send?.how).toBe('MESSAGE_TAG HUMAN_AGENT');
});

test('the window that closes between two tries refuses the second', async () => {
  const gate = await aGate();
  gate.simulator.fault({ kind: 'error', code: 613, subcode: 2534040 });
  expect(await gate.send()).toEqual({ status: 'deferred' });

  gate.simulator.moveClock(ANAS, 25 * HOUR);

  expect(await gate.send({ phase: 'durable' })).toEqual({ status: 'refused', reason: 'window_closed' });
});

test("Meta's error that the window is closed makes the send refused, whatever our store says", async () => {
  const gate = await aGate();
  gate.simulator.fault({ kind: 'error', code: 10, subcode: 2018278 });

  expect(await gate.send()).toEqual({ status: 'refused', reason: 'window_closed' });
});

interface Case {
  readonly word: string;
  readonly code: number;
  readonly subcode?: number;
  readonly class: string;
}

const FINAL: readonly Case[] = [
  { word: 'no', code: 100, class: 'bad_request' },
  { word: 'change_request', code: 100, subcode: 1893061, class: 'bad_request' },
];

test.each(FINAL)('$word ($code) ends it', async ({ code, subcode, class: failure }) => {
  const gate = await aGate();
  gate.simulator.fault(anError(code, subcode));

  expect(await gate.send()).toEqual({ status: 'failed', code: failure });
  expect(await gate.send({ phase: 'durable' })).toEqual({ status: 'failed', code: failure });
  expect(gate.calls()).toBe(1);
});

const AGAIN: readonly (Case & { readonly fromMs: number; readonly toMs: number })[] = [
  { word: 'backoff', code: 613, subcode: 2534040, class: 'rate_limited', fromMs: 5000, toMs: 10_000 },
  { word: 'after_pause', code: 4, class: 'rate_limited', fromMs: 5000, toMs: 10_000 },
  { word: 'once_later', code: 100, subcode: 2018294, class: 'transient', fromMs: 5000, toMs: 5000 },
];

test.each(AGAIN)('$word ($code) goes to the durable phase, which has the retry delay', async (one) => {
  const gate = await aGate();
  gate.simulator.fault({ ...anError(one.code, one.subcode), times: one.word === 'once_later' ? 1 : 2 });

  expect(await gate.send()).toEqual({ status: 'deferred' });
  expect(await found(gate)).toMatchObject({ status: 'waiting', code: one.class, attempts: 1 });

  if (one.word !== 'once_later') {
    const later: unknown = await gate.send({ phase: 'durable' }).catch((error: unknown) => error);
    expect(later).toMatchObject({ type: one.class, nonRetryable: false, category: 'BENIGN' });
    const { nextRetryDelay } = later as { nextRetryDelay: number };
    expect(nextRetryDelay).toBeGreaterThanOrEqual(one.fromMs);
    expect(nextRetryDelay).toBeLessThanOrEqual(one.toMs);
  }
  expect(await gate.send({ phase: 'durable' })).toMatchObject({ status: 'sent' });
  expect(gate.heard()).toEqual(['Hello Ana']);
});

test('once_later gives up after the second try', async () => {
  const gate = await aGate();
  gate.simulator.fault({ ...anError(100, 2018008), times: 2 });

  expect(await gate.send()).toEqual({ status: 'deferred' });
  expect(await gate.send({ phase: 'durable' })).toEqual({ status: 'failed', code: 'bad_request' });
});

test('the pause grows with each attempt, up to five minutes', async () => {
  const gate = await aGate();
  gate.simulator.fault({ ...anError(613, 2534040), times: 9 });
  const pauses: number[] = [];
  for (let tries = 0; tries < 9; tries += 1) {
    const answer: unknown = await gate.send({ phase: 'durable' }).catch((error: unknown) => error);
    if (isRetryError(answer)) pauses.push(answer.nextRetryDelay);
  }

  for (const [index, pause] of pauses.entries()) {
    const full = Math.min(300_000, 5000 * 2 ** index);
    expect(pause).toBeGreaterThanOrEqual(full / 2);
    expect(pause).toBeLessThanOrEqual(full);
  }
  expect(pauses).toHaveLength(9);
});

/** Delivered at Meta, and the caller does not know. */
const DELIVERED: readonly (readonly [string, Fault])[] = [
  ['cut after accepting', { kind: 'cut_after' }],
  ['1/1357046', { kind: 'error_after', code: 1, subcode: 1357046 }],
  ['code 1', { kind: 'error_after', code: 1 }],
  ['code 2', { kind: 'error_after', code: 2 }],
  ['code 1200', { kind: 'error_after', code: 1200 }],
  ['a code that is in no table, with HTTP 500', { kind: 'error_after', code: 987_654, httpStatus: 500 }],
];

test.each(DELIVERED)('%s: the echo confirms it, and no worker calls again', async (_, fault) => {
  const gate = await aGate({ echoWaitMs: 20_000 });
  gate.simulator.fault(fault);

  const first = await gate.send();
  expect(['deferred', 'sent']).toContain(first.status);
  await gate.simulator.waitForDeliveries();

  expect(await gate.send({ phase: 'durable' })).toMatchObject({ status: 'sent' });
  expect(gate.calls()).toBe(1);
  expect(gate.heard()).toEqual(['Hello Ana']);
});

/** Neither delivered nor echoed, and the caller does not know that either. */
const UNCONFIRMED: readonly (readonly [string, Fault])[] = [
  ['cut before accepting', { kind: 'cut_before' }],
  ['code 2', { kind: 'error', code: 2 }],
  ['code 1200', { kind: 'error', code: 1200 }],
];

test.each(UNCONFIRMED)('%s without an echo: sent again after the wait, at-least-once', async (_, fault) => {
  const gate = await aGate();
  gate.simulator.fault(fault);

  expect(await gate.send()).toEqual({ status: 'deferred' });
  expect(await found(gate)).toMatchObject({ status: 'unconfirmed', attempts: 1 });
  await expect(gate.send({ phase: 'durable' })).rejects.toMatchObject({ type: 'waits_for_echo', category: 'BENIGN' });
  expect(gate.calls()).toBe(1);

  expect(await gate.sendsUntilSettled()).toMatchObject({ status: 'sent' });
  expect(gate.heard()).toEqual(['Hello Ana']);
});

test.each(UNCONFIRMED)('%s without an echo: given up as unknown, at-most-once', async (_, fault) => {
  const gate = await aGate();
  gate.simulator.fault(fault);

  expect(await gate.send({ guarantee: 'at-most-once' })).toEqual({ status: 'deferred' });
  expect(await gate.sendsUntilSettled({ guarantee: 'at-most-once' })).toEqual({ status: 'unknown' });
  expect(gate.heard()).toEqual([]);
  expect(await gate.store.ledger.counts()).toMatchObject({ unknown: 1 });
});

test('an echo confirms a send that was given up as unknown', async () => {
  const gate = await aGate({ echoes: false });
  gate.simulator.fault({ kind: 'cut_after' });
  const request = { guarantee: 'at-most-once' } as const;
  await gate.send(request);
  expect(await gate.sendsUntilSettled(request)).toEqual({ status: 'unknown' });

  await recordEcho(gate, 'm_Late');

  expect(await gate.send(request)).toEqual({ status: 'sent', messageId: 'm_Late' });
});

test('each unknown outcome of a send waits twice as long for its echo', async () => {
  const gate = await aGate({ echoes: false, echoWaitMs: 100 });
  gate.simulator.fault({ kind: 'error', code: 2, times: 4 });
  await gate.send();
  const since = [await unconfirmedSince()];
  for (let attempts = 2; attempts <= 4; attempts += 1) {
    await vi.waitFor(
      async () => {
        await gate.send({ phase: 'durable' }).catch(() => {});
        expect(await found(gate)).toMatchObject({ attempts, status: 'unconfirmed' });
      },
      { interval: 5, timeout: 10_000 },
    );
    since.push(await unconfirmedSince());
  }

  const [, second = 0, third = 0] = since.slice(1).map((at, index) => at - since[index]!);
  expect(second).toBeGreaterThanOrEqual(200);
  expect(third).toBeGreaterThanOrEqual(400);

  async function unconfirmedSince(): Promise<number> {
    return (await found(gate))?.unconfirmedSince ?? Number.NaN;
  }
});

/** Meta says no, and before its answer is here the echo has said yes. */
const CONTRADICTED: readonly (readonly [string, Fault])[] = [
  ['final', { kind: 'error_after', code: 100 }],
  ['window closed', { kind: 'error_after', code: 10, subcode: 2018278 }],
  ['reconcile', { kind: 'error_after', code: 1, subcode: 1357046 }],
  ['backoff', { kind: 'error_after', code: 613, subcode: 2534040 }],
];

test.each(CONTRADICTED)('an echo that came before the answer outweighs it: %s', async (_, fault) => {
  const gate = await aGate({
    async beforeAnswer({ simulator }) {
      await simulator.waitForDeliveries();
    },
  });
  gate.simulator.fault(fault);

  expect(await gate.send()).toMatchObject({ status: 'sent' });
  expect(await gate.send({ phase: 'durable' })).toMatchObject({ status: 'sent' });
  expect(gate.calls()).toBe(1);
});

test('a send confirmed by its echo alone is in the transcript with its author and text', async () => {
  const gate = await aGate();
  gate.simulator.fault({ kind: 'cut_after' });
  const message = { attachment: { type: 'image', payload: { url: 'https://shop.example/bike.jpg' } } } as const;

  // Not in the local phase: Meta fetches the file first.
  await gate.send({ author: 'human', message, phase: 'durable' }).catch(() => {});
  await gate.simulator.waitForDeliveries();

  const confirmed = await found(gate);
  expect(confirmed).toMatchObject({ status: 'sent' });
  expect(await gate.store.transcript.readLast(ANAS, 1)).toMatchObject([
    { mid: confirmed?.messageId, author: 'human', text: '[image] https://shop.example/bike.jpg' },
  ]);
});

test('the transcript has one line per send, whichever of answer and echo came first', async () => {
  const gate = await aGate();
  await gate.send();
  await gate.simulator.waitForDeliveries();

  const lines = await gate.store.transcript.readLast(ANAS, 10);
  expect(lines.map(({ author, text }) => [author, text])).toEqual([
    ['person', 'hi'],
    ['bot', 'Hello Ana'],
  ]);
});

test('during a call another worker waits, and gets its outcome', async () => {
  const gate = await aGate({ echoes: false });
  const other = gate.anotherWorker({ echoWaitMs: 20_000 });
  gate.simulator.fault({ kind: 'slow', ms: 300 });
  const calling = gate.send();
  await vi.waitFor(async () => expect(await found(gate)).toMatchObject({ status: 'calling' }));

  expect(await other()).toEqual({ status: 'deferred' });
  await expect(other({ phase: 'durable' })).rejects.toMatchObject({ type: 'no_answer' });
  await expect(other({ phase: 'durable' })).rejects.toMatchObject({ type: 'waits_for_echo' });

  const outcome = await calling;
  expect(outcome).toMatchObject({ status: 'sent' });
  expect(await other({ phase: 'durable' })).toEqual(outcome);
  expect(gate.calls()).toBe(1);
});

test('a worker that just started waits for an echo that it may have missed', async () => {
  const gate = await aGate({ echoes: false, echoWaitMs: 20_000 });
  gate.simulator.fault({ kind: 'cut_before' });
  await gate.send();
  await gate.store.ledger.markUnconfirmed(SEND_ID, 'ambiguous', 1, Date.now() - 60_000);

  const fresh = gate.anotherWorker();

  await expect(fresh({ phase: 'durable' })).rejects.toMatchObject({ type: 'waits_for_echo' });
});

test('a worker that was suspended between permit and call does not call', async () => {
  const gate = await aGate();
  // The process is stopped, or the store hangs, for longer than the activity lasts.
  const open: typeof gate.store.ledger.open = async (...send) => {
    const opened = await gate.store.ledger.open(...send);
    vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 5000);
    return opened;
  };
  const sleeper = gate.anotherWorker({ store: storeWith(gate.store, { open }) });

  expect(await sleeper()).toEqual({ status: 'deferred' });
  vi.restoreAllMocks();

  expect(gate.calls()).toBe(0);
  expect(await found(gate)).toMatchObject({ status: 'waiting' });
  expect(await gate.send({ phase: 'durable' })).toMatchObject({ status: 'sent' });
});

test('the store fails after Meta has answered: the outcome is recorded once it works again, without another call', async () => {
  const gate = await aGate({ echoes: false });
  let failures = 0;
  const confirm: typeof gate.store.ledger.confirm = async (...send) => {
    failures += 1;
    if (failures <= 2) throw new Error('The store cannot write: the disk is full');
    await gate.store.ledger.confirm(...send);
  };
  const send = gate.anotherWorker({ store: storeWith(gate.store, { confirm }) });

  expect(await send()).toMatchObject({ status: 'sent' });
  expect(failures).toBe(3);
  expect(gate.calls()).toBe(1);
});

test('the store fails for longer than an attempt lasts: the next attempt records what Meta took', async () => {
  const gate = await aGate({ echoes: false });
  let isAway = true;
  const confirm: typeof gate.store.ledger.confirm = async (...send) => {
    if (isAway) throw new Error('The store cannot write: the disk is full');
    await gate.store.ledger.confirm(...send);
  };
  const send = gate.anotherWorker({ store: storeWith(gate.store, { confirm }), echoWaitMs: 0 });

  await expect(send()).rejects.toThrow(/disk is full/);
  isAway = false;

  expect(await send({ phase: 'durable' })).toMatchObject({ status: 'sent' });
  expect(gate.calls()).toBe(1);
});

test('reply_to and notification_type reach Meta', async () => {
  const gate = await aGate();
  const mid = gate.simulator.says(ANA, 'this one');

  await gate.send({ replyTo: mid, notification: 'silent' });

  const [sent] = gate.simulator.thread(ANA).timeline.filter(({ kind }) => kind === 'sent');
  expect(JSON.parse(sent?.send?.request ?? '')).toMatchObject({
    reply_to: { mid },
    notification_type: 'SILENT_PUSH',
    message: { text: 'Hello Ana', metadata: gate.store.ledger.metadataOf(SEND_ID) },
  });
});

test('neither the token nor the text of the message is in the log or in an error', async () => {
  const wrong = 'EAAwrongTokenOfNobody';
  const gate = await aGate({ accessToken: () => wrong });

  const errors: unknown[] = [];
  gate.simulator.fault({ kind: 'error', code: 190, message: `Malformed access token ${wrong}` });
  expect(await gate.send()).toEqual({ status: 'deferred' });
  await gate.send({ phase: 'durable' }).catch((error: unknown) => errors.push(error));

  expect(errors).toMatchObject([{ type: 'token_invalid' }]);
  const output = [...gate.lines, ...errors.map(describe)].join('\n');
  expect(output).toContain('token_invalid');
  expect(output).not.toContain(wrong);
  expect(output).not.toContain('Hello Ana');
});

test('a send reaches the person of its conversation only', async () => {
  const gate = await aGate();
  gate.simulator.says(BEN, 'hello');
  await gate.simulator.waitForDeliveries();
  const conversation = conversationId({ channel: 'messenger', pageId: PAGE, psid: BEN });

  await gate.send({ conversation, sendId: `${conversation}/i1/0`, message: { text: 'Hello Ben' } });

  expect(gate.heard()).toEqual([]);
  expect(gate.simulator.thread(BEN).bubbles.map(({ text }) => text)).toEqual(['hello', 'Hello Ben']);
});

function anError(code: number, subcode?: number): Fault {
  return { kind: 'error', code, ...(subcode !== undefined && { subcode }) };
}

function describe(error: unknown): string {
  const { message, stack, ...rest } = error as Error;
  return [message, stack, JSON.stringify(rest)].join('\n');
}

async function recordEcho({ store }: Gate, mid: string): Promise<void> {
  await store.inbox.record(
    delivered(webhookBody(anEcho('Hello Ana', { mid, metadata: store.ledger.metadataOf(SEND_ID) }))),
    Date.now(),
  );
}

test('an echo that names neither app nor send, before the answer, is no message of an operator', async () => {
  const gate = await aGate({
    echoes: 'unnamed',
    beforeAnswer: async ({ simulator }) => simulator.waitForDeliveries(),
  });

  expect(await gate.send()).toMatchObject({ status: 'sent' });

  // Ana's own message waits for her conversation, and nothing else.
  expect((await gate.store.inbox.backlog()).pending).toBe(1);
  gate.simulator.answersFromNativeApp(ANA, 'Ana here, from my phone');
  await gate.simulator.waitForDeliveries();
  expect((await gate.store.inbox.backlog()).pending).toBe(2);
});
