import { describe, expect, test } from 'vitest';
import { createPageRateLimiter, type PageRateLimiter } from '../../src/activities/send/rate-limit/page-rate-limiter.ts';
import { createRateLimiter } from '../../src/activities/send/rate-limit/rate-limiter.ts';
import { slotRate } from '../../src/activities/send/rate-limit/token-bucket.ts';
import type { ConversationId } from '../../src/domain/conversation-id.ts';
import type { Purpose } from '../../src/domain/send.ts';
import { aStoreAt, anEmptyStore, targets } from '../store/targets.ts';
import { ANA, BEN, PAGE } from '../support/events.ts';

const ANAS: ConversationId = `messenger:${PAGE}:${ANA}`;
const BENS: ConversationId = `messenger:${PAGE}:${BEN}`;
const [SQLITE] = targets as [(typeof targets)[number]];

async function aRateLimiter(perSecond: number) {
  const { store } = await anEmptyStore(SQLITE);
  return createPageRateLimiter({ slots: store.rateLimitSlots, pageId: PAGE, lane: 'messages', perSecond });
}

/** Asks for all slots at once; resolves to the names in the order in which they got one. */
async function acquireAll(
  limiter: PageRateLimiter,
  requests: readonly (readonly [string, ConversationId, Purpose])[],
): Promise<string[]> {
  const served: string[] = [];
  await Promise.all(
    requests.map(async ([name, conversation, purpose]) => {
      expect(await limiter.acquire({ conversation, purpose, withinMs: 60_000 })).toBe(0);
      served.push(name);
    }),
  );
  return served;
}

/** Uses up the burst, so that the next send has to wait. */
async function exhaust(limiter: PageRateLimiter): Promise<void> {
  const ask = () => limiter.acquire({ conversation: ANAS, purpose: 'reply', withinMs: 0 });
  while ((await ask()) === 0);
}

describe('slots', () => {
  test('are given in order within a conversation', async () => {
    const limiter = await aRateLimiter(100);
    const asked = Array.from({ length: 12 }, (_, index) => [String(index), ANAS, 'reply'] as const);
    expect(await acquireAll(limiter, asked)).toEqual(asked.map(([name]) => name));
  });

  test('are given to conversations in turn: one with many waiting sends does not hold up another', async () => {
    const limiter = await aRateLimiter(50);
    await exhaust(limiter);
    expect(
      await acquireAll(limiter, [
        ['ana 1', ANAS, 'reply'],
        ['ana 2', ANAS, 'reply'],
        ['ana 3', ANAS, 'reply'],
        ['ben 1', BENS, 'reply'],
        ['ben 2', BENS, 'reply'],
      ]),
    ).toEqual(['ana 1', 'ben 1', 'ana 2', 'ben 2', 'ana 3']);
  });

  test('are given to replies before updates', async () => {
    const limiter = await aRateLimiter(50);
    await exhaust(limiter);
    expect(
      await acquireAll(limiter, [
        ['offer 1', ANAS, 'update'],
        ['offer 2', BENS, 'update'],
        ['answer', BENS, 'reply'],
      ]),
    ).toEqual(['answer', 'offer 1', 'offer 2']);
  });

  test('that are too far away are not waited for: acquire resolves to the wait', async () => {
    const limiter = await aRateLimiter(2);
    await exhaust(limiter);
    const waits = await Promise.all(
      [1, 2, 3].map(() => limiter.acquire({ conversation: ANAS, purpose: 'reply', withinMs: 0 })),
    );
    for (const [index, wait] of waits.entries()) {
      expect(wait).toBeGreaterThan(0);
      if (index > 0) expect(wait).toBeGreaterThan(waits[index - 1] ?? 0);
    }
  });

  test('are saturated while a send waits', async () => {
    const limiter = await aRateLimiter(50);
    await exhaust(limiter);
    expect(limiter.isSaturated()).toBe(false);
    const slot = limiter.acquire({ conversation: ANAS, purpose: 'reply', withinMs: 60_000 });
    expect(limiter.isSaturated()).toBe(true);
    await slot;
    expect(limiter.isSaturated()).toBe(false);
  });
});

test.each([1, 2, 10, 40, 300])('at %d a second, no second has more, however it is cut', (perSecond) => {
  const { intervalMs, burstMs } = slotRate(perSecond);
  const inOneSecond = Math.floor((1000 + burstMs) / intervalMs + 1e-9);
  expect(inOneSecond).toBeLessThanOrEqual(Math.max(perSecond, 2));
});

test.each(targets)('two workers on $name share the slots of one Page', async (target) => {
  const { url, store } = await anEmptyStore(target);
  const another = await aStoreAt(url);
  const perSecond = 60;
  const workers = [store, another].map(({ rateLimitSlots: slots }) =>
    createPageRateLimiter({ slots, pageId: PAGE, lane: 'messages', perSecond }),
  );
  const sentAt: number[] = [];
  const began = Date.now();
  while (Date.now() - began < 1500) {
    await Promise.all(
      workers.map(async (worker) => {
        if ((await worker.acquire({ conversation: ANAS, purpose: 'reply', withinMs: 5000 })) === 0)
          sentAt.push(Date.now());
      }),
    );
  }

  expect(sentAt.length).toBeGreaterThan(10);
  for (const from of sentAt) {
    const within = sentAt.filter((at) => at >= from && at < from + 1000);
    // Each worker may begin one message early after a silence.
    expect(within.length).toBeLessThanOrEqual(perSecond + workers.length);
  }
});

test.each(targets)('slots on $name that were taken by a clock a day ahead delay no other', async (target) => {
  const { store } = await anEmptyStore(target);
  const now = Date.now();
  const rate = slotRate(40);
  await store.rateLimitSlots.take(PAGE, 'messages', 8, rate, now + 24 * 3_600_000);

  expect(await store.rateLimitSlots.take(PAGE, 'messages', 1, rate, now)).toBeLessThanOrEqual(now);
});

test('audio and video have their own limit of ten a second', async () => {
  const { store } = await anEmptyStore(SQLITE);
  const limiter = createRateLimiter({ slots: store.rateLimitSlots, messagesPerSecond: () => 300 });
  const acquire = (message: Parameters<typeof limiter.acquire>[1]) =>
    limiter.acquire(PAGE, message, { conversation: ANAS, purpose: 'reply', withinMs: 0 });
  const video = { attachment: { type: 'video', payload: { url: 'https://shop.example/tour.mp4' } } } as const;

  let videos = 0;
  while ((await acquire(video)) === 0) videos += 1;

  expect(videos).toBeLessThanOrEqual(10);
  expect(await acquire({ text: 'Sorry, no video today.' })).toBe(0);
});

test("near Meta's rate limit only messages are sent; at the limit sends pause", async () => {
  const { store } = await anEmptyStore(SQLITE);
  const limiter = createRateLimiter({ slots: store.rateLimitSlots, messagesPerSecond: () => 40 });
  const acquire = () => limiter.acquire(PAGE, { text: 'hi' }, { conversation: ANAS, purpose: 'reply', withinMs: 0 });
  expect(limiter.hasSpareCapacity(PAGE)).toBe(true);

  await limiter.noteUsage(PAGE, { percent: 85 });
  expect(limiter.hasSpareCapacity(PAGE)).toBe(false);
  expect(await acquire()).toBe(0);
  await limiter.noteUsage(PAGE, { percent: 100, regainAccessInMs: 500_000 });

  const waitMs = await acquire();
  expect(waitMs).toBeGreaterThan(400_000);
  expect(waitMs).toBeLessThanOrEqual(500_000);
});
