/** Posting events from the outbox: real receivers, a real store, processes that are killed. */

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { backoffMs } from '../../src/backoff.ts';
import { OUTBOX_BACKOFF } from '../../src/outbox/index.ts';
import { signatureOf } from '../../src/outbox/signature.ts';
import type { Store } from '../../src/store/index.ts';
import { MAX_RETRY_MS } from '../../src/store/outbox/put-event.ts';
import { PAGE, ANA, START } from '../support/events.ts';
import { addDestination, ANAS, aRelay, aStoreWith, BENS, LEAD, PATIENCE, untilDelivered } from './a-relay.ts';
import { aReceiver, type Receiver } from './receiver.ts';

/** The store with another outbox. */
const withOutbox = (store: Store, changed: Partial<Store['outbox']>) => ({
  ...store,
  outbox: { ...store.outbox, ...changed },
});
/** Without the backoff, which has a test of its own. */
const impatient = (store: Store) =>
  withOutbox(store, {
    recordFailure: (event, failure, now) =>
      store.outbox.recordFailure(event, { ...failure, ...(failure.retryAt && { retryAt: 0 }) }, now),
  });
const idsIn = ({ received }: Receiver) => received.map(({ headers }) => headers['webhook-id']);

test('an event arrives once, signed as Standard Webhooks has it, by two secrets while one is replaced', async () => {
  const receiver = await aReceiver();
  const { store, secret } = await aStoreWith(receiver);
  aRelay(store);
  await store.leads.save(LEAD);
  await untilDelivered(store);

  const [request] = receiver.received;
  expect(receiver.received).toHaveLength(1);
  expect(JSON.parse(request!.body)).toEqual({
    type: 'lead.created',
    timestamp: new Date(START + 1000).toISOString(),
    data: {
      conversation: ANAS,
      id: LEAD.leadId,
      form: 'booking',
      at: new Date(START + 1000).toISOString(),
      channel: 'messenger',
      pageId: PAGE,
      psid: ANA,
      fields: LEAD.fields,
      consent: { text: 'We call you back.', at: new Date(START).toISOString(), given: 'agreed' },
    },
  });
  const partsOf = ({ headers, body }: NonNullable<typeof request>) => ({
    id: String(headers['webhook-id']),
    timestamp: Number(headers['webhook-timestamp']),
    body,
  });
  expect(request!.headers).toMatchObject({
    'content-type': 'application/json',
    'webhook-id': expect.stringMatching(/^msg_[\w-]{27}$/),
    'webhook-signature': signatureOf(partsOf(request!), [secret]),
  });
  expect(Math.abs(Number(request!.headers['webhook-timestamp']) - Date.now() / 1000)).toBeLessThan(60);

  const next = await store.destinations.rotate('crm', Date.now());
  await store.leads.save({ ...LEAD, leadId: `${ANAS}/i8/予約 α` });
  await untilDelivered(store);
  const [, second] = receiver.received;
  expect(second!.headers['webhook-signature']).toBe(signatureOf(partsOf(second!), [next!, secret]));
});

describe('a failed post', () => {
  test.each<[string, Receiver['answer'], string]>([
    ['an error', (response) => response.writeHead(500).end('Ana'), 'HTTP 500'],
    ['a refusal', (response) => response.writeHead(401).end(), 'HTTP 401'],
    ['a redirect', (response) => response.writeHead(307, { location: '/elsewhere' }).end(), 'HTTP 307, a redirect'],
    ['a cut', (response) => response.destroy(), 'the connection broke'],
    ['no answer', () => {}, 'no answer in time'],
    ['an answer without end', endless, 'the connection broke'],
  ])('%s', async (_, answer, trouble) => {
    const receiver = await aReceiver();
    receiver.answer = answer;
    const { store } = await aStoreWith(receiver);
    await store.leads.save(LEAD);
    const { relay, lines } = aRelay(store, { timeoutMs: 300 });
    await vi.waitUntil(() => lines.length > 0, PATIENCE);
    await relay.stop();

    expect(await store.destinations.list()).toMatchObject([
      { pending: 1, dead: 0, trouble: expect.stringContaining(trouble) },
    ]);
    expect(receiver.received.map(({ path }) => path)).toEqual(['/hook?token=in-the-address']);
    expect(lines).toEqual([{ level: 'warn', text: expect.stringContaining(trouble) }]);
    expect(JSON.stringify(lines)).not.toMatch(/Ana|in-the-address|whsec_/);
  });

  function endless(response: Parameters<Receiver['answer']>[0]): void {
    response.writeHead(200);
    const part = Buffer.alloc(64 * 1024, 'x');
    const more = () => {
      while (!response.destroyed && response.write(part));
    };
    response.on('drain', more);
    more();
  }
});

test('an event is tried again with the same id and body, and those of its person after it, in order', async () => {
  const receiver = await aReceiver();
  const { store } = await aStoreWith(receiver);
  const ofAna = () => receiver.received.filter(({ body }) => body.includes(ANA));
  receiver.answer = (response, { body }) =>
    response.writeHead(body.includes(ANA) && ofAna().length < 3 ? 503 : 200).end();
  await store.leads.save(LEAD);
  await store.leads.save({ ...LEAD, leadId: `${ANAS}/i8/booking` });
  await store.leads.save({ ...LEAD, leadId: `${BENS}/i9/booking`, conversation: BENS });
  const { lines } = aRelay(impatient(store));
  await untilDelivered(store);

  const bodies = ofAna().map(({ body }) => body);
  expect(bodies.map((body) => (JSON.parse(body) as { data: { id: string } }).data.id.split('/')[1])).toEqual([
    'i7',
    'i7',
    'i7',
    'i8',
  ]);
  expect(bodies.slice(1, 3)).toEqual([bodies[0], bodies[0]]);
  expect(new Set(ofAna().map(({ headers }) => headers['webhook-id'])).size).toBe(2);
  expect(receiver.received).toHaveLength(5);
  expect(lines.map(({ level }) => level)).toContain('warn');
});

test('a destination that hangs delays no other one, and no more of its own events than it has connections', async () => {
  const [slow, quick] = [await aReceiver(), await aReceiver()];
  slow.answer = () => {};
  const { store } = await aStoreWith(slow, { name: 'slow' });
  await addDestination(store, { name: 'quick', url: quick.url });
  aRelay(store, { timeoutMs: 1000 });
  const people = Array.from({ length: 30 }, (_, n) => `messenger:${PAGE}:9${n}` as const);
  for (const conversation of people) await store.leads.save({ ...LEAD, leadId: conversation, conversation });

  await vi.waitUntil(() => quick.received.length === 30, PATIENCE);
  expect(slow.received.length).toBeLessThanOrEqual(8);
  expect((await store.destinations.list()).map(({ name, pending }) => [name, pending])).toEqual([
    ['quick', expect.any(Number)],
    ['slow', 30],
  ]);
});

test.each([
  ['7200', 7_200_000],
  ['999999999', 6 * 3_600_000],
  ['Fri, 06 Nov 2026 12:00:00 GMT', 7500],
])('Retry-After %s is respected, up to 6 hours', async (retryAfter, leastMs) => {
  const receiver = await aReceiver();
  receiver.answer = (response) => response.writeHead(429, { 'retry-after': retryAfter }).end();
  const { store } = await aStoreWith(receiver);
  await store.leads.save(LEAD);
  let retryInMs = 0;
  const recordFailure: Store['outbox']['recordFailure'] = async (_event, { retryAt = 0 }) => {
    retryInMs = retryAt - Date.now();
  };
  aRelay(withOutbox(store, { recordFailure }));
  await vi.waitUntil(() => retryInMs > 0, PATIENCE);
  expect(retryInMs).toBeGreaterThan(leastMs - 5000);
  expect(retryInMs).toBeLessThanOrEqual(Math.max(leastMs, 10_000));
});

test('after days an event is given up with an error in the log, and posted again on request', async () => {
  const receiver = await aReceiver();
  receiver.answer = (response) => response.writeHead(404).end();
  const { store } = await aStoreWith(receiver);
  await store.leads.save(LEAD);
  const old: Store['outbox']['lease'] = async (...args) =>
    (await store.outbox.lease(...args)).map((event) => ({ ...event, giveUpAt: event.giveUpAt - MAX_RETRY_MS }));
  const { lines } = aRelay(withOutbox(store, { lease: old }));
  await vi.waitUntil(() => lines.length > 0, PATIENCE);

  expect(await store.outbox.count()).toEqual({ dead: 1 });
  expect(lines).toEqual([{ level: 'error', text: expect.stringContaining('everthread webhooks dead') }]);

  receiver.answer = (response) => response.writeHead(200).end();
  await store.outbox.retry({}, Date.now());
  await untilDelivered(store);
  expect(new Set(idsIn(receiver)).size).toBe(1);
});

test('410 disables the destination: what waits goes out when somebody enables it, and nothing new is stored until then', async () => {
  const receiver = await aReceiver();
  receiver.answer = (response) => response.writeHead(410).end();
  const { store } = await aStoreWith(receiver);
  const { lines } = aRelay(store);
  await store.leads.save(LEAD);
  await vi.waitUntil(() => lines.length > 0, PATIENCE);
  await store.leads.save({ ...LEAD, leadId: `${ANAS}/i8/booking` });

  expect(lines).toEqual([{ level: 'error', text: expect.stringContaining('everthread webhooks enable') }]);
  expect(await store.destinations.list()).toMatchObject([{ pending: 1, disabled: { reason: 'it answered HTTP 410' } }]);
  receiver.answer = (response) => response.writeHead(200).end();
  expect(await store.destinations.enable('crm')).toBe(true);
  await untilDelivered(store);
  expect(receiver.received).toHaveLength(2);
  expect(new Set(idsIn(receiver)).size).toBe(1);
});

test('a relay that is killed during a post loses nothing, and the next one sends the same id', async () => {
  const receiver = await aReceiver();
  const { store, databaseUrl } = await aStoreWith(receiver);
  await store.leads.save(LEAD);
  let arrived = () => {};
  const hasArrived = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  receiver.answer = () => arrived();
  const script = join(import.meta.dirname, 'children', 'relay.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, databaseUrl]);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await hasArrived;
  child.kill('SIGKILL');
  await ended;

  receiver.answer = (response) => response.writeHead(200).end();
  expect(await store.outbox.count()).toEqual({ pending: 1 });
  // Its lease has expired when another process polls.
  const later = Date.now() + 120_000;
  aRelay(
    withOutbox(store, {
      listDue: () => store.outbox.listDue(later),
      lease: (name, limit) => store.outbox.lease(name, limit, later, later + 60_000),
    }),
  );
  await untilDelivered(store);

  expect(receiver.received).toHaveLength(2);
  expect(new Set(idsIn(receiver)).size).toBe(1);
  expect(receiver.received[1]?.body).toBe(receiver.received[0]?.body);
});

test('of two relays on one store, each event is posted by one', async () => {
  const receiver = await aReceiver();
  const { store } = await aStoreWith(receiver);
  aRelay(store);
  aRelay(store);
  const people = Array.from({ length: 40 }, (_, n) => `messenger:${PAGE}:9${n}` as const);
  await Promise.all(people.map((conversation) => store.leads.save({ ...LEAD, leadId: conversation, conversation })));
  await untilDelivered(store);
  expect(receiver.received).toHaveLength(40);
  expect(new Set(idsIn(receiver)).size).toBe(40);
});

test('people who wait for longer than the set time, by their own clock, are told of once', async () => {
  const receiver = await aReceiver();
  const { store } = await aStoreWith(receiver, { topics: ['handoff.unanswered'] });
  await store.handoffs.record(ANAS, { state: 'waiting', at: START, reason: 'asked' });
  await store.handoffs.record(BENS, { state: 'waiting', at: START, reason: 'asked' });
  const clock = { now: (conversation: string) => START + (conversation === ANAS ? 60_000 : 59_999) };
  aRelay(store, { clock });
  aRelay(store, { clock });
  await vi.waitUntil(() => receiver.received.length > 0, PATIENCE);
  await untilDelivered(store);

  expect(receiver.received.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
    {
      type: 'handoff.unanswered',
      timestamp: new Date(START + 60_000).toISOString(),
      data: expect.objectContaining({ conversation: ANAS, waitingSince: new Date(START).toISOString(), name: null }),
    },
  ]);
  expect(await store.unansweredWaits.list(10)).toEqual([{ conversation: BENS, since: START }]);
});

test('the backoff grows from seconds to hours, with jitter', () => {
  const pauses = Array.from({ length: 12 }, (_, index) => backoffMs(OUTBOX_BACKOFF, index + 1));
  expect(pauses[0]).toBeLessThanOrEqual(10_000);
  expect(pauses[0]).toBeGreaterThanOrEqual(7500);
  expect(pauses.every((pause) => pause <= 6 * 3_600_000)).toBe(true);
  expect(backoffMs(OUTBOX_BACKOFF, 1000)).toBeGreaterThanOrEqual(4.5 * 3_600_000);
  expect(new Set(Array.from({ length: 20 }, () => backoffMs(OUTBOX_BACKOFF, 3))).size).toBeGreaterThan(1);
});
