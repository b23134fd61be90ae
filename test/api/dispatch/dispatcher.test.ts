import { describe, expect, test } from 'vitest';
import { TemporalUnavailable, DeliveryRejected } from '../../../src/api/dispatch/conversation-client.ts';
import { anEmptyStore, targets, type Target } from '../../store/targets.ts';
import { START } from '../../support/events.ts';
import { aDispatcher, eventsOf, personOf } from './dispatching.ts';
import { aGate, RecordingClient, until } from './recording-client.ts';

const SQLITE = targets[0] as Target;
const NOW = START + 400;
/** Deliveries that one process makes at the same time. */
const AT_ONCE = 24;
const [ANA, BEN] = [personOf(0).conversation, personOf(1).conversation];

const ascending = (ids: readonly number[] = []) => ids.toSorted((one, other) => one - other);

async function statuses(tables: Awaited<ReturnType<typeof anEmptyStore>>['tables']) {
  const rows = await tables.selectFrom('inbox').select(['id', 'status', 'reason']).orderBy('id').execute();
  return rows.map(({ status }) => status);
}

describe('order and concurrency', () => {
  test('events from before the start are delivered oldest first, in signals of at most 50', async () => {
    const { store, tables } = await anEmptyStore(SQLITE);
    await store.inbox.record(eventsOf(0, 120), NOW);
    const conversationClient = new RecordingClient();

    aDispatcher(store, conversationClient);
    await until(async () => (await store.inbox.backlog()).pending === 0);

    expect(conversationClient.calls.map(({ count }) => count)).toEqual([50, 50, 20]);
    expect(conversationClient.taken.get(ANA)).toEqual(Array.from({ length: 120 }, (_, index) => index + 1));
    expect(await tables.selectFrom('claims').selectAll().execute()).toEqual([]);
  });

  test('a slow conversation delays no other, and its newer events follow in order', async () => {
    const { store } = await anEmptyStore(SQLITE);
    const conversationClient = new RecordingClient();
    const gate = aGate();
    conversationClient.before = (conversation) => (conversation === ANA ? gate.opened : undefined);
    const { dispatcher } = aDispatcher(store, conversationClient);

    dispatcher.wake((await store.inbox.record(eventsOf(0, 1), NOW)).waiting);
    await until(() => conversationClient.concurrent === 1);
    dispatcher.wake((await store.inbox.record([...eventsOf(0, 2, START + 10), ...eventsOf(1, 1)], NOW)).waiting);
    await until(() => conversationClient.taken.has(BEN));
    expect(conversationClient.taken.has(ANA)).toBe(false);
    gate.open();
    await until(() => conversationClient.count === 4);

    expect(
      conversationClient.calls.filter(({ conversation }) => conversation === ANA).map(({ count }) => count),
    ).toEqual([1, 2]);
  });

  test(`at most ${AT_ONCE} calls run at once, and thousands of waiting conversations are all reached`, async () => {
    const { store } = await anEmptyStore(SQLITE);
    const everybody = Array.from({ length: 2100 }, (_, person) => eventsOf(person, 1)).flat();
    await store.inbox.record(everybody, NOW);
    const conversationClient = new RecordingClient();
    conversationClient.before = () => new Promise(setImmediate);

    aDispatcher(store, conversationClient);
    await until(() => conversationClient.count === 2100);

    expect(conversationClient.maxConcurrent).toBe(AT_ONCE);
  });
});

describe('failures', () => {
  test('a conversation that fails backs off alone: the others go on, and Temporal counts as reachable', async () => {
    const { store } = await anEmptyStore(SQLITE);
    const conversationClient = new RecordingClient();
    let isBusy = true;
    conversationClient.before = (conversation) => {
      if (conversation === ANA && isBusy) throw new Error('busy workflow');
    };
    const { dispatcher, lines } = aDispatcher(store, conversationClient);

    dispatcher.wake((await store.inbox.record(eventsOf(0, 2), NOW)).waiting);
    await until(() => lines.some(({ failures }) => failures === 1));
    for (let index = 0; index < 20; index += 1) {
      const events = [...eventsOf(1, 1, START + index), ...eventsOf(0, 1, START + 10 + index)];
      dispatcher.wake((await store.inbox.record(events, NOW)).waiting);
    }
    await until(() => conversationClient.taken.get(BEN)?.length === 20);
    expect(dispatcher.isTemporalReachable()).toBe(true);
    const failed = conversationClient.calls.filter(({ conversation }) => conversation === ANA).length;
    expect(failed).toBeLessThan(5);
    isBusy = false;
    await until(() => conversationClient.taken.get(ANA)?.length === 22);

    expect(conversationClient.taken.get(ANA)).toEqual(ascending(conversationClient.taken.get(ANA)));
  });

  test('while Temporal is unavailable, one conversation at a time probes it, ever less often, and the log says it once', async () => {
    const { store } = await anEmptyStore(SQLITE);
    await store.inbox.record(Array.from({ length: 200 }, (_, person) => eventsOf(person, 2)).flat(), NOW);
    const conversationClient = new RecordingClient();
    let isUnavailable = true;
    conversationClient.before = () => {
      if (isUnavailable) throw new TemporalUnavailable('connect ECONNREFUSED');
    };
    const { dispatcher, messages } = aDispatcher(store, conversationClient);

    await until(() => conversationClient.calls.length >= AT_ONCE + 3);
    expect(dispatcher.isTemporalReachable()).toBe(false);
    const [first, second] = conversationClient.calls.slice(AT_ONCE).map(({ at }) => at);
    expect(second! - first!).toBeGreaterThan(200);
    isUnavailable = false;
    await until(() => conversationClient.count === 400);

    expect(dispatcher.isTemporalReachable()).toBe(true);
    expect(messages().filter((message) => message.includes('Temporal is unavailable'))).toHaveLength(1);
    expect(messages()).toContain('Temporal is available again');
    for (const ids of conversationClient.taken.values()) expect(ids).toEqual(ascending(ids));
  });

  test('the event that Temporal rejects is found, and it alone is dead', async () => {
    const { store, tables } = await anEmptyStore(SQLITE);
    await store.inbox.record(eventsOf(0, 60), NOW);
    const conversationClient = new RecordingClient();
    const refused = new Set([1, 17, 18, 60]);
    conversationClient.before = (_, items) => {
      if (items.some(({ inboxId }) => refused.has(inboxId))) throw new DeliveryRejected('It is too large for Temporal');
    };

    const { messages } = aDispatcher(store, conversationClient);
    await until(async () => (await store.inbox.backlog()).pending === 0);

    const everything = Array.from({ length: 60 }, (_, index) => index + 1);
    expect(conversationClient.taken.get(ANA)).toEqual(everything.filter((id) => !refused.has(id)));
    const dead = await tables
      .selectFrom('inbox')
      .select(['id', 'reason'])
      .where('status', '=', 'dead')
      .orderBy('id')
      .execute();
    expect(dead).toEqual([...refused].map((id) => ({ id, reason: 'It is too large for Temporal' })));
    expect(messages().filter((message) => message.includes('everthread dead'))).toHaveLength(4);
    // Not one by one: what is good goes together again.
    expect(conversationClient.calls.length).toBeLessThan(45);
  });

  test('what Temporal accepted is not delivered again while the store cannot record it', async () => {
    const { store } = await anEmptyStore(SQLITE);
    const conversationClient = new RecordingClient();
    let failures = 3;
    const inbox = {
      ...store.inbox,
      markDispatched: async (...args: Parameters<typeof store.inbox.markDispatched>) => {
        failures -= 1;
        if (failures >= 0) throw new Error('The store cannot write: the disk is full');
        return store.inbox.markDispatched(...args);
      },
    };
    const { dispatcher } = aDispatcher({ ...store, inbox }, conversationClient);

    dispatcher.wake((await store.inbox.record(eventsOf(0, 3), NOW)).waiting);
    await until(async () => (await store.inbox.backlog()).pending === 0);

    expect(conversationClient.calls).toHaveLength(1);
    expect(failures).toBe(-1);
  });

  test('a store that grants no leases is asked once a second, not again and again', async () => {
    const { store } = await anEmptyStore(SQLITE);
    let asked = 0;
    let isUnavailable = true;
    const inbox = {
      ...store.inbox,
      lease: async (...args: Parameters<typeof store.inbox.lease>) => {
        asked += 1;
        if (isUnavailable) throw new Error('The store cannot write: the disk is full');
        return store.inbox.lease(...args);
      },
    };
    const conversationClient = new RecordingClient();
    const { dispatcher, messages } = aDispatcher({ ...store, inbox }, conversationClient);
    const { waiting } = await store.inbox.record(
      Array.from({ length: 300 }, (_, person) => eventsOf(person, 1)).flat(),
      NOW,
    );
    const since = Date.now();

    dispatcher.wake(waiting);
    // Two rounds may follow each other at once: the first of a wake, the second of a scan that was due.
    await until(() => asked > 2 * Math.ceil(300 / AT_ONCE));
    expect(Date.now() - since).toBeGreaterThan(500);
    isUnavailable = false;
    await until(() => conversationClient.count === 300);

    expect(messages().filter((message) => message.startsWith('Events cannot be taken out'))).toHaveLength(1);
  });
});

describe('several processes and their end', () => {
  test('the lease of a process that died expires, and another process delivers', async () => {
    const { store } = await anEmptyStore(SQLITE);
    await store.inbox.record(eventsOf(0, 2), NOW);
    const now = Date.now();
    await store.inbox.lease([ANA], { owner: 'a process that died', now, expiresAt: now + 700 });
    const conversationClient = new RecordingClient();

    aDispatcher(store, conversationClient);
    await until(() => conversationClient.count === 2);

    expect(Date.now() - now).toBeGreaterThanOrEqual(700);
  });

  test('stopping finishes the deliveries that are running and begins no more', async () => {
    const { store, tables } = await anEmptyStore(SQLITE);
    const conversationClient = new RecordingClient();
    const gate = aGate();
    conversationClient.before = () => gate.opened;
    const { dispatcher } = aDispatcher(store, conversationClient);
    dispatcher.wake((await store.inbox.record(eventsOf(0, 1), NOW)).waiting);
    await until(() => conversationClient.concurrent === 1);

    let hasStopped = false;
    const stopped = dispatcher.stop().then(() => {
      hasStopped = true;
    });
    dispatcher.wake((await store.inbox.record(eventsOf(1, 1), NOW)).waiting);
    await new Promise(setImmediate);
    expect(hasStopped).toBe(false);
    gate.open();
    await stopped;

    expect(conversationClient.count).toBe(1);
    expect(await statuses(tables)).toEqual(['dispatched', 'pending']);
    expect(await tables.selectFrom('claims').selectAll().execute()).toEqual([]);
  });
});
