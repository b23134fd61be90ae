/** Events are put into the outbox with what they tell of, and leased one of each line at a time. */

import { describe, expect, test } from 'vitest';
import { OWN_TOPICS, isTopicPattern, isWanted } from '../../src/domain/outgoing-event.ts';
import type { Store } from '../../src/store/index.ts';
import { ROTATION_MS } from '../../src/store/outbox/destinations.ts';
import type { LeasedEvent } from '../../src/store/outbox/index.ts';
import { ANA, aText, BEN, PAGE, START, webhookBody } from '../support/events.ts';
import { anEmptyStore, aStoreAt, delivered, targets } from './targets.ts';

const ANAS = `messenger:${PAGE}:${ANA}` as const;
const BENS = `messenger:${PAGE}:${BEN}` as const;
const LEASE_MS = 60_000;
const CRM = { name: 'crm', url: 'https://crm.example/hook', format: 'standard', topics: ['*'] } as const;

const aLead = (leadId: string, conversation: typeof ANAS = ANAS) => ({
  leadId,
  conversation,
  form: 'booking',
  fields: { name: 'Ana' },
  at: START,
});

describe.each(targets)('the outbox on $name', (target) => {
  async function anOutbox(destination: Parameters<Store['destinations']['add']>[0] = CRM) {
    const { store, url } = await anEmptyStore(target);
    await store.destinations.add(destination, START);
    return { store, url, outbox: store.outbox };
  }
  const lease = ({ outbox }: Store, limit = 100, now = Date.now()) => outbox.lease('crm', limit, now, now + LEASE_MS);
  /** Delivers everything, one event of each line after the other. */
  async function deliverAll(store: Store): Promise<LeasedEvent[]> {
    const all: LeasedEvent[] = [];
    for (;;) {
      const leased = await lease(store);
      if (leased.length === 0) return all;
      for (const event of leased.toSorted((one, other) => one.id - other.id)) {
        all.push(event);
        await store.outbox.markDelivered(event, Date.now());
      }
    }
  }
  const topicsOf = (events: readonly LeasedEvent[]) => events.map(({ topic }) => topic);

  test('everthread tells of what it stores, once, however often it is stored', async () => {
    const { store } = await anOutbox();
    await store.inbox.record(delivered(webhookBody(aText('hi'), aText('there'))), START);
    const [leased] = await store.inbox.lease([ANAS], { owner: 'a', now: START, expiresAt: START + 1000 });
    const [first] = leased?.items ?? [];

    for (let again = 0; again < 2; again += 1) {
      await store.leads.save(aLead('l0'));
      await store.handoffs.record(ANAS, { state: 'waiting', at: START + 1, reason: 'asked' });
      await store.handoffs.record(ANAS, { state: 'operator', at: START + 2, reason: 'taken', by: 'Mia' });
      await store.handoffs.record(ANAS, { state: 'bot', at: START + 3 });
      await store.eligibility.recordOptSignal(ANAS, 'stop', START + 4);
      await store.eligibility.recordOptSignal(ANAS, 'start', START + 5);
      await store.inbox.markDead(ANAS, first?.inboxId ?? 0, 'too large', 'a', START + 6);
    }
    await store.eligibility.recordOptSignal(ANAS, 'start', START + 7);
    await store.circuitBreakers.open(PAGE, { reason: 'token_invalid', code: '190', now: START });
    await store.circuitBreakers.open(PAGE, { reason: 'token_invalid', code: '190', now: START + 1 });
    await store.circuitBreakers.close(PAGE);
    await store.circuitBreakers.close(PAGE);

    const events = await deliverAll(store);
    expect(topicsOf(events).toSorted()).toEqual(
      OWN_TOPICS.filter((topic) => topic !== 'handoff.unanswered').toSorted(),
    );
    // The order of one person is that of what happened.
    expect(topicsOf(events.filter(({ line }) => line === ANAS))).toEqual([
      'lead.created',
      'handoff',
      'handoff.taken',
      'handoff.ended',
      'opt-out',
      'opt-in',
      'dead-event',
    ]);
    expect(events.find(({ topic }) => topic === 'handoff.taken')?.data).toEqual({
      reason: 'taken',
      by: 'Mia',
      name: null,
    });
    expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(events.length);
    expect(events.every(({ eventId }) => /^msg_[\w-]{27}$/.test(eventId))).toBe(true);
  });

  test('an event goes to each enabled destination that wants its topic and its Page, and to no other', async () => {
    const { store, outbox } = await anOutbox({ ...CRM, topics: ['lead.*'] });
    const add = (name: string, rest: object) => store.destinations.add({ ...CRM, name, ...rest }, START);
    await add('by-name', { topics: ['opt-out', 'lead.created'] });
    await add('other-topic', { topics: ['lead', 'leads.*'] });
    await add('own-page', { pages: [PAGE] });
    await add('other-page', { pages: ['104857600999999'] });
    await add('disabled', {});
    await store.destinations.disable('disabled', 'it answered HTTP 410', START);
    await store.leads.save(aLead('l0'));

    expect((await outbox.listDue(Date.now())).toSorted()).toEqual(['by-name', 'crm', 'own-page']);
  });

  test('events of one person wait for the first of them, those of others do not', async () => {
    const { store, outbox } = await anOutbox();
    for (const id of ['l0', 'l1', 'l2']) await store.leads.save(aLead(id));
    await store.leads.save(aLead('l3', BENS as typeof ANAS));
    const idOf = ({ data }: LeasedEvent) => (data as { id: string }).id;

    const heads = await lease(store);
    expect(heads.map(idOf).toSorted()).toEqual(['l0', 'l3']);
    expect(await lease(store)).toEqual([]);
    const [head] = heads.filter((event) => idOf(event) === 'l0');
    await outbox.recordFailure(head!, { trouble: 'HTTP 500', retryAt: Date.now() + 1e6 }, Date.now());
    expect(await lease(store)).toEqual([]);

    // The failed one comes first again, and given up it holds up nothing.
    const [again] = await lease(store, 9, Date.now() + 2e6);
    expect(again).toMatchObject({ id: head!.id, attempt: 2, eventId: head!.eventId });
    await outbox.recordFailure(again!, { trouble: 'HTTP 500' }, Date.now());
    const [next] = await lease(store);
    expect(idOf(next!)).toBe('l1');

    // Asked for by hand, it waits behind what is being posted, and is the next one then.
    expect(await outbox.retry({}, Date.now())).toEqual([head!.id]);
    expect(await lease(store)).toEqual([]);
    await outbox.markDelivered(next!, Date.now());
    expect((await lease(store)).map(idOf)).toEqual(['l0']);
  });

  test('of many concurrent leases of an event one succeeds, and a late report of a dead owner changes nothing', async () => {
    const { store, url } = await anOutbox();
    const other = await aStoreAt(url);
    const people = Array.from({ length: 40 }, (_, n) => `messenger:${PAGE}:9${n}` as typeof ANAS);
    for (const [n, person] of people.entries()) await store.leads.save(aLead(`l${n}`, person));

    const leased = await Promise.all(Array.from({ length: 12 }, (_, n) => lease(n % 2 ? store : other, 7)));
    const ids = leased.flat().map(({ id }) => id);
    expect(ids).toHaveLength(40);
    expect(new Set(ids).size).toBe(40);

    const [late] = leased.flat();
    const later = Date.now() + LEASE_MS + 1;
    expect(await lease(store, 100, later)).toHaveLength(40);
    await store.outbox.recordFailure(late!, { trouble: 'HTTP 500' }, later);
    expect(await store.outbox.count()).toEqual({ pending: 40 });
    await store.outbox.markDelivered(late!, later);
    expect(await store.outbox.count()).toEqual({ pending: 39 });
  });

  test('dead events are listed without their data, retried and dropped; delivered ones lose their data and then go', async () => {
    const { store, outbox } = await anOutbox();
    for (const id of ['l0', 'l1', 'l2']) {
      await store.leads.save(aLead(id));
      const [event] = await lease(store);
      await outbox.recordFailure(event!, { trouble: 'HTTP 500' }, START);
    }
    const dead = await outbox.listDead({}, { limit: 10 });
    const [one, two, three] = dead.map(({ id }) => id);
    expect(dead[0]).toMatchObject({
      destination: 'crm',
      topic: 'lead.created',
      conversation: ANAS,
      trouble: 'HTTP 500',
    });
    expect(JSON.stringify(dead)).not.toContain('booking');
    expect(await outbox.listDead({}, { after: one, limit: 1 })).toMatchObject([{ id: two }]);

    expect(await outbox.retry({ ids: [one!, two!], destinations: ['other'] }, Date.now())).toEqual([]);
    expect(await outbox.retry({ ids: [one!] }, Date.now())).toEqual([one]);
    expect(await outbox.drop({ ids: [one!, two!] })).toEqual([two]);
    expect(await outbox.count()).toEqual({ pending: 1, dead: 1 });
    await deliverAll(store);
    // Saved once more, it is no new event.
    await store.leads.save(aLead('l0'));
    await outbox.prune(Date.now() + 1);
    expect(await outbox.count()).toEqual({ dead: 1 });
    expect(await store.destinations.remove('crm')).toBe(true);
    expect(await outbox.retry({ ids: [three!] }, Date.now())).toEqual([]);
  });

  test('topics of the bot are put once; those that everthread tells of itself are not', async () => {
    const { store, outbox } = await anOutbox({ ...CRM, topics: ['order.*', 'opt-out'] });
    const topic = { name: 'order.placed', key: 'i7/0', at: START, data: { total: 12 } };
    const others = [
      { name: 'opt-out', key: 'i7/1', at: START },
      { name: 'not-understood', key: 'i7/2', at: START },
    ];
    await outbox.putTopics(ANAS, [topic, ...others]);
    const [event] = await lease(store);
    await outbox.markDelivered(event!, Date.now());
    await outbox.putTopics(ANAS, [topic, ...others]);

    expect(event).toMatchObject({
      topic: 'order.placed',
      data: { data: { total: 12 } },
      conversation: ANAS,
      at: START,
    });
    expect(await lease(store)).toEqual([]);
    // PostgreSQL stores no NUL, and the turn must not wait for it for ever.
    await outbox.putTopics(ANAS, [{ ...topic, name: 'order.\0odd', key: 'i7/3' }]);
    expect(await lease(store)).toMatchObject([{ topic: 'order.odd' }]);
  });

  test('people who wait are told of once, while they wait', async () => {
    const { store } = await anOutbox({ ...CRM, topics: ['handoff.unanswered'] });
    await store.handoffs.record(ANAS, { state: 'waiting', at: START, reason: 'asked' });
    const [wait] = await store.unansweredWaits.list(10);
    const times = { now: Date.now(), at: START + 60_000 };
    await Promise.all([store.unansweredWaits.tell(wait!, times), store.unansweredWaits.tell(wait!, times)]);
    expect(await store.unansweredWaits.list(10)).toEqual([]);
    expect(await deliverAll(store)).toMatchObject([
      { topic: 'handoff.unanswered', data: { waitingSince: new Date(START).toISOString(), reason: 'asked' } },
    ]);

    await store.handoffs.record(BENS, { state: 'waiting', at: START, reason: 'asked' });
    const [bens] = await store.unansweredWaits.list(10);
    await store.handoffs.record(BENS, { state: 'operator', at: START + 1, reason: 'taken' });
    await store.unansweredWaits.tell(bens!, times);
    expect(await deliverAll(store)).toEqual([]);
  });

  test('a rotated secret signs beside the new one for a day', async () => {
    const { store } = await anOutbox();
    const { destinations } = store;
    expect(await destinations.add(CRM, START)).toBeUndefined();
    const [first] = (await destinations.findForSigning('crm', START))!.secrets;
    expect(first).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const second = await destinations.rotate('crm', START);
    const secretsAt = async (now: number) => (await destinations.findForSigning('crm', now))?.secrets;
    expect(await secretsAt(START + ROTATION_MS - 1)).toEqual([second, first]);
    expect(await secretsAt(START + ROTATION_MS)).toEqual([second]);

    expect(await destinations.add({ ...CRM, name: 'team', format: 'slack' }, START)).toBe('');
    expect(await destinations.rotate('team', START)).toBeUndefined();
    expect(await destinations.rotate('nobody', START)).toBeUndefined();
    expect(JSON.stringify(await destinations.list())).not.toContain('whsec_');
  });
});

test.each([
  ['lead.*', ['lead.created', 'lead.created.twice'], ['lead', 'leads.created', 'a.lead.x']],
  ['handoff', ['handoff'], ['handoff.unanswered', 'Handoff']],
  ['*', ['anything at all'], []],
])('the pattern %s', (pattern, wanted, unwanted) => {
  expect(wanted.filter((topic) => !isWanted([pattern], topic))).toEqual([]);
  expect(unwanted.filter((topic) => isWanted(['never', pattern], topic))).toEqual([]);
});

test.each(['', ' ', '*.x', 'a*', 'a.*.b', '.*', '**', ' lead', 'a\nb', 'x'.repeat(101)])(
  '%j is no pattern of topics',
  (text) => {
    expect(isTopicPattern(text)).toBe(false);
  },
);
