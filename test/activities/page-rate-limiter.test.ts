import { describe, expect, test } from 'vitest';
import {
  createPageRateLimiter,
  rateOf,
  type PageRateLimiter,
} from '../../src/activities/send/rate-limit/page-rate-limiter.ts';
import { createRateLimiter } from '../../src/activities/send/rate-limit/rate-limiter.ts';
import type { ConversationId } from '../../src/domain/conversation-id.ts';
import type { Purpose } from '../../src/domain/send.ts';
import { aStoreAt, anEmptyStore, targets } from '../store/targets.ts';
import { ANA, BEN, PAGE } from '../support/events.ts';

const ANAS: ConversationId = `messenger:${PAGE}:${ANA}`;
const BENS: ConversationId = `messenger:${PAGE}:${BEN}`;
const [SQLITE] = targets as [(typeof targets)[number]];

async function aBudget(perSecond: number) {
  const { store } = await anEmptyStore(SQLITE);
  return createPageRateLimiter({ slots: store.rateLimitSlots, pageId: PAGE, lane: 'messages', perSecond });
}

/** Asks for one turn after the other without waiting; gives them in the order in which they came. */
async function turnsOf(
  budget: PageRateLimiter,
  requests: readonly (readonly [string, ConversationId, Purpose])[],
): Promise<string[]> {
  const served: string[] = [];
  await Promise.all(
    requests.map(async ([name, conversation, purpose]) => {
      expect(await budget.acquire({ conversation, purpose, withinMs: 60_000 })).toBe(0);
      served.push(name);
    }),
  );
  return served;
}

/** All of a budget's burst is used up, so that whoever comes next has to wait. */
async function isExhausted(budget: PageRateLimiter): Promise<void> {
  const ask = () => budget.acquire({ conversation: ANAS, purpose: 'reply', withinMs: 0 });
  while ((await ask()) === 0);
}

describe('turns', () => {
  test('within a thread come in the order of asking', async () => {
    const budget = await aBudget(100);
    const asked = Array.from({ length: 12 }, (_, index) => [String(index), ANAS, 'reply'] as const);
    expect(await turnsOf(budget, asked)).toEqual(asked.map(([name]) => name));
  });

  test('go round among threads: who has many waiting holds up nobody', async () => {
    const budget = await aBudget(50);
    await isExhausted(budget);
    expect(
      await turnsOf(budget, [
        ['ana 1', ANAS, 'reply'],
        ['ana 2', ANAS, 'reply'],
        ['ana 3', ANAS, 'reply'],
        ['ben 1', BENS, 'reply'],
        ['ben 2', BENS, 'reply'],
      ]),
    ).toEqual(['ana 1', 'ben 1', 'ana 2', 'ben 2', 'ana 3']);
  });

  test('are for answers first', async () => {
    const budget = await aBudget(50);
    await isExhausted(budget);
    expect(
      await turnsOf(budget, [
        ['offer 1', ANAS, 'update'],
        ['offer 2', BENS, 'update'],
        ['answer', BENS, 'reply'],
      ]),
    ).toEqual(['answer', 'offer 1', 'offer 2']);
  });

  test('that are too far away are not waited for: one is told when to ask again', async () => {
    const budget = await aBudget(2);
    await isExhausted(budget);
    const waits = await Promise.all(
      [1, 2, 3].map(() => budget.acquire({ conversation: ANAS, purpose: 'reply', withinMs: 0 })),
    );
    for (const [index, wait] of waits.entries()) {
      expect(wait).toBeGreaterThan(0);
      if (index > 0) expect(wait).toBeGreaterThan(waits[index - 1] ?? 0);
    }
  });

  test('are busy while somebody waits', async () => {
    const budget = await aBudget(50);
    await isExhausted(budget);
    expect(budget.isSaturated()).toBe(false);
    const turn = budget.acquire({ conversation: ANAS, purpose: 'reply', withinMs: 60_000 });
    expect(budget.isSaturated()).toBe(true);
    await turn;
    expect(budget.isSaturated()).toBe(false);
  });
});

test.each([1, 2, 10, 40, 300])('at %d a second, no second has more, however it is cut', (perSecond) => {
  const { intervalMs, burstMs } = rateOf(perSecond);
  const inOneSecond = Math.floor((1000 + burstMs) / intervalMs + 1e-9);
  expect(inOneSecond).toBeLessThanOrEqual(Math.max(perSecond, 2));
});

test.each(targets)('two workers on $name share the turns of one Page', async (target) => {
  const { url, store } = await anEmptyStore(target);
  const another = await aStoreAt(url);
  const perSecond = 60;
  const workers = [store, another].map(({ rateLimitSlots: budgets }) =>
    createPageRateLimiter({ slots: budgets, pageId: PAGE, lane: 'messages', perSecond }),
  );
  const moments: number[] = [];
  const began = Date.now();
  while (Date.now() - began < 1500) {
    await Promise.all(
      workers.map(async (worker) => {
        if ((await worker.acquire({ conversation: ANAS, purpose: 'reply', withinMs: 5000 })) === 0)
          moments.push(Date.now());
      }),
    );
  }

  expect(moments.length).toBeGreaterThan(10);
  for (const from of moments) {
    const within = moments.filter((moment) => moment >= from && moment < from + 1000);
    // Each worker may begin one message early after a silence.
    expect(within.length).toBeLessThanOrEqual(perSecond + workers.length);
  }
});

test.each(targets)('turns on $name that were taken by a clock a day ahead hold up nobody', async (target) => {
  const { store } = await anEmptyStore(target);
  const now = Date.now();
  const rate = rateOf(40);
  await store.rateLimitSlots.take(PAGE, 'messages', 8, rate, now + 24 * 3_600_000);

  expect(await store.rateLimitSlots.take(PAGE, 'messages', 1, rate, now)).toBeLessThanOrEqual(now);
});

test('audio and video have a limit of their own, ten a second', async () => {
  const { store } = await anEmptyStore(SQLITE);
  const pace = createRateLimiter({ slots: store.rateLimitSlots, messagesPerSecond: () => 300 });
  const turn = (message: Parameters<typeof pace.acquire>[1]) =>
    pace.acquire(PAGE, message, { conversation: ANAS, purpose: 'reply', withinMs: 0 });
  const video = { attachment: { type: 'video', payload: { url: 'https://shop.example/tour.mp4' } } } as const;

  let videos = 0;
  while ((await turn(video)) === 0) videos += 1;

  expect(videos).toBeLessThanOrEqual(10);
  expect(await turn({ text: 'Sorry, no video today.' })).toBe(0);
});

test('near the end of what Meta allows, only messages are sent; at the end, nothing is for a while', async () => {
  const { store } = await anEmptyStore(SQLITE);
  const pace = createRateLimiter({ slots: store.rateLimitSlots, messagesPerSecond: () => 40 });
  const turn = () => pace.acquire(PAGE, { text: 'hi' }, { conversation: ANAS, purpose: 'reply', withinMs: 0 });
  expect(pace.hasSpareCapacity(PAGE)).toBe(true);

  await pace.noteUsage(PAGE, { percent: 85 });
  expect(pace.hasSpareCapacity(PAGE)).toBe(false);
  expect(await turn()).toBe(0);
  await pace.noteUsage(PAGE, { percent: 100, regainAccessInMs: 500_000 });

  const waitMs = await turn();
  expect(waitMs).toBeGreaterThan(400_000);
  expect(waitMs).toBeLessThanOrEqual(500_000);
});
