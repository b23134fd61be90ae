/** A database that the version with migrations up to `007-profiles` wrote: it opens, and all of it is read as before. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Libsql from 'libsql';
import { beforeEach, expect, test } from 'vitest';
import { turnSendId } from '../../../src/domain/send-id.ts';
import type { Store } from '../../../src/store/index.ts';
import type { ListedLead } from '../../../src/store/leads.ts';
import { ANA, anEcho, BEN, PAGE, START, webhookBody } from '../../support/events.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { aStoreAt, delivered, theTablesAt } from '../targets.ts';

const ACCOUNT = '17841400000000001';
const ANAS = `messenger:${PAGE}:${ANA}` as const;
const BENS = `messenger:${PAGE}:${BEN}` as const;
const IG_ANAS = `instagram:${ACCOUNT}:${ANA}` as const;
const NOW = START + 400;

let url: string;
let store: Store;

beforeEach(async () => {
  const file = join(temporaryFolder(), 'store.db');
  const database = new Libsql(file);
  database.exec(readFileSync(join(import.meta.dirname, 'fixtures', 'schema-007.sql'), 'utf8'));
  database.close();
  url = `file:${file}`;
  store = await aStoreAt(url);
});

test('the inbox: what is pending, dispatched, dead and stored, and who has leased what', async () => {
  expect(await store.inbox.countByStatus()).toEqual({ dead: 1, dispatched: 1, pending: 11, stored: 3 });
  expect(await store.inbox.backlog()).toEqual({ pending: 11, dead: 1 });
  expect(await store.inbox.oldestPendingAt()).toBe(NOW);
  expect(await store.inbox.lastReceivedAt(PAGE)).toBe(NOW + 9000);
  expect(await store.inbox.listWaiting(100, NOW)).toEqual([BENS, IG_ANAS]);
  expect(await store.inbox.listWaiting(100, NOW + 60_001)).toEqual([ANAS, BENS, IG_ANAS]);

  const lease = { owner: 'b', now: NOW, expiresAt: NOW + 1000 };
  expect(await store.inbox.lease([ANAS], lease)).toEqual([]);
  const [bens] = await store.inbox.lease([BENS], lease);
  expect(bens?.items).toMatchObject([{ inboxId: 7, event: { kind: 'message', text: 'stop' } }]);
  const [anas] = await store.inbox.lease([ANAS], { ...lease, owner: 'a' });
  expect(anas?.items.map(({ event }) => event.kind)).toEqual([
    'message',
    'message',
    'edit',
    'reaction',
    'echo',
    'thread_control',
  ]);
});

test('an event that is there already is recognised', async () => {
  const item = {
    sender: { id: ANA },
    recipient: { id: PAGE },
    timestamp: START,
    message: { mid: 'm_1', text: 'again' },
  };
  const body = { object: 'page', entry: [{ id: PAGE, time: START + 1, messaging: [item] }] };
  expect((await store.inbox.record(delivered(body), NOW)).waiting).toEqual([]);
});

test('the ledger: a send in every status', async () => {
  const entries = await Promise.all(
    [0, 1, 2, 3, 4, 5, 6].map((ordinal) => store.ledger.find(turnSendId(ANAS, 'i1', ordinal))),
  );
  const createdAt = NOW;
  expect(entries).toMatchObject([
    { status: 'sent', messageId: 'm_Sent0', attempts: 1, createdAt },
    { status: 'waiting', code: 'rate_limited', attempts: 1, createdAt },
    { status: 'unconfirmed', code: 'no_answer', attempts: 1, createdAt },
    { status: 'calling', attempts: 1, createdAt },
    { status: 'refused', code: 'window_closed', attempts: 0, createdAt },
    { status: 'failed', code: 'invalid_parameter', attempts: 1, createdAt },
    { status: 'unknown', code: 'no_answer', attempts: 1, createdAt },
  ]);
});

test('a send that was in flight during the upgrade is confirmed by its echo, which has the bare send id', async () => {
  const sendId = turnSendId(ANAS, 'i1', 2);
  const echo = anEcho('answer 2', { metadata: sendId, mid: 'm_Sent2' });
  expect((await store.inbox.record(delivered(webhookBody(echo)), NOW)).leased).toEqual([]);
  expect(await store.ledger.find(sendId)).toMatchObject({ status: 'sent', messageId: 'm_Sent2' });
});

test('contacts, the transcript and what decides whether they may be written to', async () => {
  expect(await store.contacts.find(ANAS)).toEqual({
    conversation: ANAS,
    pageId: PAGE,
    psid: ANA,
    firstSeenAt: expect.any(Number),
    windowOpenedAt: START + 3000,
    threadOwner: { appId: 'idle', since: START + 9000 },
    deliveredUntil: START + 3000,
    readUntil: START + 3000,
    firstName: 'Ana',
    lastName: 'Silva',
    locale: 'pt_PT',
    timeZone: 'Europe/Lisbon',
    profileDueAt: NOW + 1e9,
    tags: ['buyer', 'vip'],
  });
  expect(await store.contacts.find(BENS)).toMatchObject({
    optedOutAt: START + 6000,
    unavailableSince: START + 9000,
    windowMayLastUntil: expect.any(Number),
  });
  expect(await store.audience.count({ all: ['vip'] }, NOW)).toBe(1);
  expect(await store.transcript.readLast(ANAS, 10)).toMatchObject([
    { mid: 'm_1', author: 'person', text: 'What are the prices?' },
    { mid: 'm_Sent0', author: 'bot', text: 'answer 0' },
    { mid: 'm_2', author: 'person', attachments: [{ type: 'image', expiringUrl: 'https://cdn.example/a.jpg' }] },
    { mid: 'm_6', author: 'human', text: 'An answer of the inbox' },
  ]);
});

test('leads, funnels and the snapshot of a closed conversation', async () => {
  const leads: ListedLead[] = [];
  for await (const lead of store.leads.walk({})) leads.push(lead);
  expect(leads[0]).toEqual({
    lead: {
      leadId: `${ANAS}/i1/booking`,
      conversation: ANAS,
      form: 'booking',
      fields: { name: 'Ana', note: 'É para as 8' },
      consent: { text: 'We call you back.', at: START, given: 'agreed' },
      at: START + 1000,
    },
    person: { firstName: 'Ana', lastName: 'Silva' },
  });
  expect(leads).toHaveLength(3);

  expect(await store.funnels.listSteps(0)).toMatchObject([
    { funnel: 'booking', step: 'name', people: 1 },
    { funnel: 'booking', step: 'done', people: 1, afterMs: 1000 },
  ]);
  expect(await store.snapshots.find(ANAS)).toEqual({ plugins: { faq: { asked: 3 } } });
});

test('the open circuit breaker of a Page, its rate limit and its uploaded attachments', async () => {
  expect([...(await store.circuitBreakers.listOpen())]).toEqual([
    [PAGE, { reason: 'token_invalid', code: '190', since: NOW, probeAt: NOW + 60_000 }],
  ]);
  // Three slots of 25 ms are taken, of a burst that began a second before.
  expect(await store.rateLimitSlots.take(PAGE, 'messages', 1, { intervalMs: 25, burstMs: 1000 }, NOW)).toBe(NOW - 925);
  expect(await store.attachments.find(PAGE, 'sha256:abc', NOW)).toBe('778899');
});

test('messages of before are redacted when they are unsent now, with all their edits', async () => {
  const unsend = (mid: string) => {
    const message = { mid, is_deleted: true };
    const item = { sender: { id: ANA }, recipient: { id: ACCOUNT }, timestamp: START + 99, message };
    const body = { object: 'instagram', entry: [{ id: ACCOUNT, time: START + 99, messaging: [item] }] };
    return store.inbox.record(delivered(body), NOW);
  };
  await unsend('ig_1');
  await unsend(`ig_3_${'é'.repeat(600)}`);

  const rows = await (await theTablesAt(url)).selectFrom('inbox').selectAll().where('page_id', '=', ACCOUNT).execute();
  expect(rows.filter(({ kind }) => kind !== 'unsend')).toHaveLength(5);
  expect(JSON.stringify(rows)).not.toContain('secret');
  expect(await store.inbox.listWaiting(10, NOW)).toEqual([BENS]);
});
