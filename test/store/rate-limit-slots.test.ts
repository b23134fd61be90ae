import { describe, expect, test } from 'vitest';
import { PAGE, START } from '../support/events.ts';
import { aStoreAt, anEmptyStore, targets } from './targets.ts';

const OTHER_PAGE = '104857600999888';
const MINUTE = 60_000;

describe.each(targets)('slots of a rate limit on $name', (target) => {
  const rate = { intervalMs: 25, burstMs: 200 };

  test('each slot is taken once, in order, however many processes take them', async () => {
    const { url, store } = await anEmptyStore(target);
    const another = await aStoreAt(url);
    const takers = [store, another, store, another, store, another];

    const firsts = await Promise.all(
      takers.map(({ rateLimitSlots }) => rateLimitSlots.take(PAGE, 'messages', 3, rate, START)),
    );

    const sorted = firsts.toSorted((a, b) => a - b);
    expect(sorted).toEqual(takers.map((_, index) => START - rate.burstMs + index * 3 * rate.intervalMs));
  });

  test('slots that expired unused are dropped, except a burst', async () => {
    const { store } = await anEmptyStore(target);
    await store.rateLimitSlots.take(PAGE, 'messages', 40, rate, START);

    expect(await store.rateLimitSlots.take(PAGE, 'messages', 1, rate, START + MINUTE)).toBe(
      START + MINUTE - rate.burstMs,
    );
  });

  test('no slot is within a pause; other Pages have their own slots', async () => {
    const { store } = await anEmptyStore(target);
    await store.rateLimitSlots.take(OTHER_PAGE, 'messages', 1, rate, START);
    await store.rateLimitSlots.pause(PAGE, START + MINUTE);

    expect(await store.rateLimitSlots.take(PAGE, 'messages', 1, rate, START)).toBe(START + MINUTE);
    expect(await store.rateLimitSlots.take(PAGE, 'media', 1, rate, START)).toBe(START + MINUTE);
    expect(await store.rateLimitSlots.take(OTHER_PAGE, 'messages', 1, rate, START)).toBeLessThan(START);
    await store.rateLimitSlots.pause(undefined, START + 2 * MINUTE);
    expect(await store.rateLimitSlots.take(OTHER_PAGE, 'messages', 1, rate, START)).toBe(START + 2 * MINUTE);
  });
});
