/** Posting leads from the outbox: a real receiver, a real store, processes that are killed. */

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { backoffMs } from '../../src/backoff.ts';
import { signLead } from '../../src/leads/lead-webhook.ts';
import { LEAD_BACKOFF, MAX_RETRY_MS, startLeadRelay } from '../../src/leads/outbox-relay.ts';
import { openStore, type Store } from '../../src/store/index.ts';
import { ANA, PAGE, START } from '../support/events.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { aReceiver, type Receiver } from './receiver.ts';

const SECRET = 'a-secret-of-the-receiver';
const ANAS = `messenger:${PAGE}:${ANA}` as const;
const LEAD = {
  leadId: `${ANAS}/i7/booking`,
  conversation: ANAS,
  form: 'booking',
  fields: { name: 'Ana', note: 'É para as 8' },
  consent: { text: 'We call you back.', at: START, given: 'agreed' },
  at: START + 1000,
} as const;

async function aStore() {
  const databaseUrl = `file:${join(temporaryFolder(), 'store.db')}`;
  const store = await openStore(databaseUrl);
  onTestFinished(() => store.close());
  return { store, databaseUrl };
}

const PATIENCE = { timeout: 20_000, interval: 10 };
const untilEmpty = ({ leadOutbox }: Store) =>
  vi.waitUntil(async () => Object.keys(await leadOutbox.countUndelivered()).length === 0, PATIENCE);

interface Line {
  readonly level: string;
  readonly text: string;
}

function startRelay(store: Pick<Store, 'leadOutbox'>, { url }: Pick<Receiver, 'url'>, options = {}) {
  const lines: Line[] = [];
  const say = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, text: `${message} ${JSON.stringify(fields)}` });
  const log = { info: say('info'), warn: say('warn'), error: say('error') };
  const relay = startLeadRelay({
    outbox: store.leadOutbox,
    url,
    secret: SECRET,
    privateAddresses: 'loopback',
    log,
    pollMs: 20,
    ...options,
  });
  onTestFinished(() => relay.stop());
  return { relay, lines };
}

test('a lead arrives once, signed, with the same fields as in the store', async () => {
  const receiver = await aReceiver();
  const { store } = await aStore();
  startRelay(store, receiver);
  await store.leads.save(LEAD);
  await untilEmpty(store);

  const [request] = receiver.received;
  expect(receiver.received).toHaveLength(1);
  expect(JSON.parse(request!.body)).toEqual({
    type: 'lead',
    id: LEAD.leadId,
    form: 'booking',
    at: new Date(START + 1000).toISOString(),
    channel: 'messenger',
    pageId: PAGE,
    psid: ANA,
    fields: LEAD.fields,
    consent: { text: 'We call you back.', at: new Date(START).toISOString(), given: 'agreed' },
  });
  expect(request!.headers['idempotency-key']).toBe(LEAD.leadId);
  const signature = String(request!.headers['everthread-signature']);
  const signedAt = Number(/^t=(\d+),/.exec(signature)?.[1]) * 1000;
  expect(signature).toBe(signLead(request!.body, SECRET, signedAt));
  expect(signature).not.toBe(signLead(`${request!.body} `, SECRET, signedAt));
});

test('a lead of a form whose name no header can carry arrives too', async () => {
  const receiver = await aReceiver();
  const { store } = await aStore();
  startRelay(store, receiver);
  await store.leads.save({ ...LEAD, leadId: `${ANAS}/i7/予約 α`, form: '予約 α' });
  await untilEmpty(store);

  const [request] = receiver.received;
  expect(JSON.parse(request!.body)).toMatchObject({ id: `${ANAS}/i7/予約 α`, form: '予約 α' });
  expect(request!.headers['idempotency-key']).toBe(`${ANAS}/i7/%E4%BA%88%E7%B4%84%20%CE%B1`);
});

describe('a failed delivery', () => {
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
    const { store } = await aStore();
    await store.leads.save(LEAD);
    const { relay, lines } = startRelay(store, receiver, { timeoutMs: 300 });
    await vi.waitUntil(() => lines.length > 0, PATIENCE);
    await relay.stop();

    expect(await store.leadOutbox.countUndelivered()).toEqual({ pending: 1 });
    expect((await store.leadOutbox.findTrouble())?.trouble).toContain(trouble);
    expect(receiver.received.map(({ path }) => path)).toEqual(['/leads?token=in-the-address']);
    expect(lines).toEqual([{ level: 'warn', text: expect.stringContaining(trouble) }]);
    expect(JSON.stringify(lines)).not.toMatch(/Ana|in-the-address|a-secret/);
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

test('a lead is tried again, with the same idempotency key each time', async () => {
  const receiver = await aReceiver();
  const { store } = await aStore();
  // Without the backoff, which has a test of its own.
  const outbox: Store['leadOutbox'] = {
    ...store.leadOutbox,
    recordFailure: (id, attempt, failure) =>
      store.leadOutbox.recordFailure(id, attempt, { ...failure, ...(failure.retryAt && { retryAt: 0 }) }),
  };
  receiver.answer = (response) => response.writeHead(receiver.received.length < 3 ? 503 : 200).end();
  await store.leads.save(LEAD);
  const { lines } = startRelay({ leadOutbox: outbox }, receiver);
  await untilEmpty(store);

  expect(receiver.received.map(({ headers }) => headers['idempotency-key'])).toEqual(Array(3).fill(LEAD.leadId));
  // The row can be read before it is flushed, and the line follows the flush.
  await vi.waitUntil(() => lines.length > 1, PATIENCE);
  expect(lines.map(({ level }) => level)).toEqual(['warn', 'info']);
});

test.each([
  ['7200', 7_200_000],
  ['999999999', 6 * 3_600_000],
  ['Fri, 06 Nov 2026 12:00:00 GMT', 7500],
])('Retry-After %s is respected, up to 6 hours', async (retryAfter, leastMs) => {
  const receiver = await aReceiver();
  receiver.answer = (response) => response.writeHead(429, { 'retry-after': retryAfter }).end();
  const { store } = await aStore();
  await store.leads.save(LEAD);
  let retryInMs = 0;
  const outbox: Store['leadOutbox'] = {
    ...store.leadOutbox,
    async recordFailure(_id, _attempt, { retryAt = 0 }) {
      retryInMs = retryAt - Date.now();
    },
  };
  startRelay({ leadOutbox: outbox }, receiver);
  await vi.waitUntil(() => retryInMs > 0, PATIENCE);
  expect(retryInMs).toBeGreaterThan(leastMs - 5000);
  expect(retryInMs).toBeLessThanOrEqual(Math.max(leastMs, 10_000));
});

test('after days a lead is given up with an error in the log, and due again on request', async () => {
  const receiver = await aReceiver();
  receiver.answer = (response) => response.writeHead(410).end();
  const { store } = await aStore();
  await store.leads.save(LEAD);
  const longAgo = Date.now() - MAX_RETRY_MS;
  await store.leadOutbox.lease(1, longAgo, longAgo + 1);
  const { lines } = startRelay(store, receiver);
  await vi.waitUntil(() => lines.length > 0, PATIENCE);

  expect(await store.leadOutbox.countUndelivered()).toEqual({ given_up: 1 });
  expect(lines).toEqual([{ level: 'error', text: expect.stringContaining('everthread leads --retry') }]);

  receiver.answer = (response) => response.writeHead(200).end();
  await store.leadOutbox.retryGivenUp();
  await untilEmpty(store);
});

test('a relay that is killed during a delivery loses nothing', async () => {
  const receiver = await aReceiver();
  const { store, databaseUrl } = await aStore();
  await store.leads.save(LEAD);
  let arrived = () => {};
  const hasArrived = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  receiver.answer = () => arrived();
  const script = join(import.meta.dirname, 'children', 'relay.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, databaseUrl, receiver.url.href, SECRET]);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await hasArrived;
  child.kill('SIGKILL');
  await ended;

  receiver.answer = (response) => response.writeHead(200).end();
  expect(await store.leadOutbox.countUndelivered()).toEqual({ pending: 1 });
  // Its lease has expired when another process polls.
  const later = Date.now() + 120_000;
  const outbox: Store['leadOutbox'] = {
    ...store.leadOutbox,
    lease: (limit) => store.leadOutbox.lease(limit, later, later + 60_000),
  };
  startRelay({ leadOutbox: outbox }, receiver);
  await untilEmpty(store);

  expect(receiver.received.map(({ headers }) => headers['idempotency-key'])).toEqual(Array(2).fill(LEAD.leadId));
  expect(receiver.received[1]?.body).toBe(receiver.received[0]?.body);
});

test('the backoff grows from seconds to hours, with jitter', () => {
  const pauses = Array.from({ length: 12 }, (_, index) => backoffMs(LEAD_BACKOFF, index + 1));
  expect(pauses[0]).toBeLessThanOrEqual(10_000);
  expect(pauses[0]).toBeGreaterThanOrEqual(7500);
  expect(pauses.every((pause) => pause <= 6 * 3_600_000)).toBe(true);
  expect(backoffMs(LEAD_BACKOFF, 1000)).toBeGreaterThanOrEqual(4.5 * 3_600_000);
  expect(new Set(Array.from({ length: 20 }, () => backoffMs(LEAD_BACKOFF, 3))).size).toBeGreaterThan(1);
});
