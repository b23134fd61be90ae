import { describe, expect, test } from 'vitest';
import { TemporalUnavailable, DeliveryRejected } from '../../../src/api/dispatch/conversation-client.ts';
import { anEmptyStore, targets, type Target } from '../../store/targets.ts';
import { START } from '../../support/events.ts';
import { aDispatcher, eventsOf, personOf } from './dispatching.ts';
import { aGate, RecordingEngine, until } from './recording-client.ts';

const SQLITE = targets[0] as Target;
const NOW = START + 400;
const [ANA, BEN] = [personOf(0).conversation, personOf(1).conversation];

const ascending = (ids: readonly number[] = []) => ids.toSorted((one, other) => one - other);

async function statuses(tables: Awaited<ReturnType<typeof anEmptyStore>>['tables']) {
  const rows = await tables.selectFrom('inbox').select(['id', 'status', 'reason']).orderBy('id').execute();
  return rows.map(({ status }) => status);
}

describe('order and side by side', () => {
  test('what waited before the start is handed over, oldest first, in signals of at most 50', async () => {
    const { store, tables } = await anEmptyStore(SQLITE);
    await store.inbox.record(eventsOf(0, 120), NOW);
    const engine = new RecordingEngine();

    aDispatcher(store, engine);
    await until(async () => (await store.inbox.backlog()).pending === 0);

    expect(engine.calls.map(({ count }) => count)).toEqual([50, 50, 20]);
    expect(engine.taken.get(ANA)).toEqual(Array.from({ length: 120 }, (_, index) => index + 1));
    expect(await tables.selectFrom('claims').selectAll().execute()).toEqual([]);
  });

  test('one conversation that takes long keeps no other waiting, and what comes meanwhile goes in its turn', async () => {
    const { store } = await anEmptyStore(SQLITE);
    const engine = new RecordingEngine();
    const gate = aGate();
    engine.before = (conversation) => (conversation === ANA ? gate.opened : undefined);
    const { dispatcher } = aDispatcher(store, engine);

    dispatcher.wake(await store.inbox.record(eventsOf(0, 1), NOW));
    await until(() => engine.atOnce === 1);
    dispatcher.wake(await store.inbox.record([...eventsOf(0, 2, START + 10), ...eventsOf(1, 1)], NOW));
    await until(() => engine.taken.has(BEN));
    expect(engine.taken.has(ANA)).toBe(false);
    gate.open();
    await until(() => engine.count === 4);

    expect(engine.calls.filter(({ conversation }) => conversation === ANA).map(({ count }) => count)).toEqual([1, 2]);
  });

  test('never more than 64 calls at once, and thousands that wait are all reached', async () => {
    const { store } = await anEmptyStore(SQLITE);
    const everybody = Array.from({ length: 2100 }, (_, person) => eventsOf(person, 1)).flat();
    await store.inbox.record(everybody, NOW);
    const engine = new RecordingEngine();
    engine.before = () => new Promise(setImmediate);

    aDispatcher(store, engine);
    await until(() => engine.count === 2100);

    expect(engine.mostAtOnce).toBe(64);
  });
});

describe('trouble', () => {
  test('a conversation that fails rests alone: the others go on, the engine counts as there', async () => {
    const { store } = await anEmptyStore(SQLITE);
    const engine = new RecordingEngine();
    let isBusy = true;
    engine.before = (conversation) => {
      if (conversation === ANA && isBusy) throw new Error('busy workflow');
    };
    const { dispatcher, lines } = aDispatcher(store, engine);

    dispatcher.wake(await store.inbox.record(eventsOf(0, 2), NOW));
    await until(() => lines.some(({ failures }) => failures === 1));
    for (let index = 0; index < 20; index += 1) {
      dispatcher.wake(
        await store.inbox.record([...eventsOf(1, 1, START + index), ...eventsOf(0, 1, START + 10 + index)], NOW),
      );
    }
    await until(() => engine.taken.get(BEN)?.length === 20);
    expect(dispatcher.isTemporalReachable()).toBe(true);
    const failed = engine.calls.filter(({ conversation }) => conversation === ANA).length;
    expect(failed).toBeLessThan(5);
    isBusy = false;
    await until(() => engine.taken.get(ANA)?.length === 22);

    expect(engine.taken.get(ANA)).toEqual(ascending(engine.taken.get(ANA)));
  });

  test('an engine that is away is tried by one conversation at a time, less and less often, and told once', async () => {
    const { store } = await anEmptyStore(SQLITE);
    await store.inbox.record(Array.from({ length: 200 }, (_, person) => eventsOf(person, 2)).flat(), NOW);
    const engine = new RecordingEngine();
    let isAway = true;
    engine.before = () => {
      if (isAway) throw new TemporalUnavailable('connect ECONNREFUSED');
    };
    const { dispatcher, messages } = aDispatcher(store, engine);

    await until(() => engine.calls.length >= 64 + 3);
    expect(dispatcher.isTemporalReachable()).toBe(false);
    const [first, second] = engine.calls.slice(64).map(({ at }) => at);
    expect(second! - first!).toBeGreaterThan(200);
    isAway = false;
    await until(() => engine.count === 400);

    expect(dispatcher.isTemporalReachable()).toBe(true);
    expect(messages().filter((message) => message.includes('away'))).toHaveLength(1);
    expect(messages()).toContain('The engine answers again');
    for (const ids of engine.taken.values()) expect(ids).toEqual(ascending(ids));
  });

  test('the event that the engine refuses for good is found, and it alone is dead', async () => {
    const { store, tables } = await anEmptyStore(SQLITE);
    await store.inbox.record(eventsOf(0, 60), NOW);
    const engine = new RecordingEngine();
    const refused = new Set([1, 17, 18, 60]);
    engine.before = (_, items) => {
      if (items.some(({ inboxId }) => refused.has(inboxId)))
        throw new DeliveryRejected('It is too large for the engine');
    };

    const { messages } = aDispatcher(store, engine);
    await until(async () => (await store.inbox.backlog()).pending === 0);

    const everything = Array.from({ length: 60 }, (_, index) => index + 1);
    expect(engine.taken.get(ANA)).toEqual(everything.filter((id) => !refused.has(id)));
    const dead = await tables
      .selectFrom('inbox')
      .select(['id', 'reason'])
      .where('status', '=', 'dead')
      .orderBy('id')
      .execute();
    expect(dead).toEqual([...refused].map((id) => ({ id, reason: 'It is too large for the engine' })));
    expect(messages().filter((message) => message.includes('everthread dead'))).toHaveLength(4);
    // Not one by one: what is good goes together again.
    expect(engine.calls.length).toBeLessThan(45);
  });

  test('what the engine took is not handed over again while the store cannot record it', async () => {
    const { store } = await anEmptyStore(SQLITE);
    const engine = new RecordingEngine();
    let failures = 3;
    const inbox = {
      ...store.inbox,
      dispatched: async (...args: Parameters<typeof store.inbox.markDispatched>) => {
        failures -= 1;
        if (failures >= 0) throw new Error('The store cannot write: the disk is full');
        return store.inbox.markDispatched(...args);
      },
    };
    const { dispatcher } = aDispatcher({ ...store, inbox }, engine);

    dispatcher.wake(await store.inbox.record(eventsOf(0, 3), NOW));
    await until(async () => (await store.inbox.backlog()).pending === 0);

    expect(engine.calls).toHaveLength(1);
    expect(failures).toBe(-1);
  });

  test('a store that takes no claims is asked once a second, not again and again', async () => {
    const { store } = await anEmptyStore(SQLITE);
    let asked = 0;
    let isAway = true;
    const inbox = {
      ...store.inbox,
      lease: async (...args: Parameters<typeof store.inbox.lease>) => {
        asked += 1;
        if (isAway) throw new Error('The store cannot write: the disk is full');
        return store.inbox.lease(...args);
      },
    };
    const engine = new RecordingEngine();
    const { dispatcher, messages } = aDispatcher({ ...store, inbox }, engine);
    const conversations = await store.inbox.record(
      Array.from({ length: 300 }, (_, person) => eventsOf(person, 1)).flat(),
      NOW,
    );
    const since = Date.now();

    dispatcher.wake(conversations);
    await until(() => asked >= 6);
    expect(Date.now() - since).toBeGreaterThan(500);
    isAway = false;
    await until(() => engine.count === 300);

    expect(messages().filter((message) => message.startsWith('Events cannot be taken out'))).toHaveLength(1);
  });
});

describe('several processes and their end', () => {
  test('the claim of a process that died runs out, and another carries on', async () => {
    const { store } = await anEmptyStore(SQLITE);
    await store.inbox.record(eventsOf(0, 2), NOW);
    const now = Date.now();
    await store.inbox.lease([ANA], { owner: 'a process that died', now, expiresAt: now + 700 });
    const engine = new RecordingEngine();

    aDispatcher(store, engine);
    await until(() => engine.count === 2);

    expect(Date.now() - now).toBeGreaterThanOrEqual(700);
  });

  test('stopping finishes what is under way and takes up nothing more', async () => {
    const { store, tables } = await anEmptyStore(SQLITE);
    const engine = new RecordingEngine();
    const gate = aGate();
    engine.before = () => gate.opened;
    const { dispatcher } = aDispatcher(store, engine);
    dispatcher.wake(await store.inbox.record(eventsOf(0, 1), NOW));
    await until(() => engine.atOnce === 1);

    let hasStopped = false;
    const stopped = dispatcher.stop().then(() => {
      hasStopped = true;
    });
    dispatcher.wake(await store.inbox.record(eventsOf(1, 1), NOW));
    await new Promise(setImmediate);
    expect(hasStopped).toBe(false);
    gate.open();
    await stopped;

    expect(engine.count).toBe(1);
    expect(await statuses(tables)).toEqual(['dispatched', 'pending']);
    expect(await tables.selectFrom('claims').selectAll().execute()).toEqual([]);
  });
});
