import { describe, expect, test } from 'vitest';
import type { AskPolicy } from '../../src/store/ledger/index.ts';
import { ANA, BEN, PAGE, START } from '../support/events.ts';
import { hold } from '../support/verdicts.ts';
import { aStoreAt, anEmptyStore, targets } from './targets.ts';

const OTHER_PAGE = '104857600999888';
const MINUTE = 60_000;

describe.each(targets)('a Page that is held back, on $name', (target) => {
  test('is told once, whoever finds out, and is told again after it was let go', async () => {
    const { url, store } = await anEmptyStore(target);
    const another = await aStoreAt(url);
    const hold = { reason: 'token_invalid', code: '190/463', now: START } as const;

    const news = await Promise.all(
      [store, another, store, another].map(({ circuitBreakers: holds }) => holds.open(PAGE, hold)),
    );

    expect(news.filter(Boolean)).toHaveLength(1);
    expect(await another.circuitBreakers.listOpen()).toEqual(
      new Map([[PAGE, { reason: 'token_invalid', code: '190/463', since: START, probeAt: START + MINUTE }]]),
    );
    expect(await store.circuitBreakers.close(PAGE)).toBe(true);
    expect(await another.circuitBreakers.close(PAGE)).toBe(false);
    expect(await store.circuitBreakers.listOpen()).toEqual(new Map());
    expect(await store.circuitBreakers.open(PAGE, hold)).toBe(true);
  });

  test('is held back for people too of whom nothing is known, and one send alone tries', async () => {
    const { store } = await anEmptyStore(target);
    await store.circuitBreakers.open(PAGE, { reason: 'restricted', code: '10/1893063', now: START });
    const now = START + 30 * MINUTE;
    const utility = { status: 'allowed', sendClass: { messaging_type: 'UTILITY' } } as const;
    const askPolicy: AskPolicy = (_, page) =>
      page && now < page.probeAt ? hold(page.reason) : { ...utility, ...(page && { probesAt: now }) };
    const open = (psid: string) => {
      const conversation = `messenger:${PAGE}:${psid}` as const;
      const template = { name: 'order_shipped', language: { code: 'en' } };
      return store.ledger.open(
        {
          sendId: `${conversation}/i7/0`,
          conversation,
          author: 'bot',
          purpose: 'update',
          guarantee: 'at-most-once',
          message: { template },
        },
        askPolicy,
        now,
      );
    };

    expect(await open(ANA)).toMatchObject({
      permit: { sendClass: { messaging_type: 'UTILITY' }, isProbe: true },
    });
    expect(await open(BEN)).toMatchObject({ entry: { status: 'waiting', code: 'restricted' } });
  });

  test('a new token lets go what an old one held, and no restriction', async () => {
    const { store } = await anEmptyStore(target);
    await store.circuitBreakers.open(PAGE, { reason: 'restricted', code: '10/1893063', now: START });

    expect(await store.circuitBreakers.close(PAGE, 'token_invalid')).toBe(false);
    expect((await store.circuitBreakers.listOpen()).get(PAGE)).toMatchObject({
      reason: 'restricted',
      probeAt: START + 30 * MINUTE,
    });
  });
});

describe.each(targets)('the turns of a Page, on $name', (target) => {
  const rate = { intervalMs: 25, burstMs: 200 };

  test('are given once, in order, however many take them', async () => {
    const { url, store } = await anEmptyStore(target);
    const another = await aStoreAt(url);
    const takers = [store, another, store, another, store, another];

    const firsts = await Promise.all(
      takers.map(({ rateLimitSlots: budgets }) => budgets.take(PAGE, 'messages', 3, rate, START)),
    );

    const sorted = firsts.toSorted((a, b) => a - b);
    expect(sorted).toEqual(takers.map((_, index) => START - rate.burstMs + index * 3 * rate.intervalMs));
  });

  test('of a time that is long over are lost, save a burst', async () => {
    const { store } = await anEmptyStore(target);
    await store.rateLimitSlots.take(PAGE, 'messages', 40, rate, START);

    expect(await store.rateLimitSlots.take(PAGE, 'messages', 1, rate, START + MINUTE)).toBe(
      START + MINUTE - rate.burstMs,
    );
  });

  test('are not given during a pause; other Pages and their lanes have their own', async () => {
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

describe.each(targets)('files that Meta keeps, on $name', (target) => {
  const DAY = 24 * 60 * MINUTE;

  test('are known by Page and content for 89 days, until Meta forgets them', async () => {
    const { store } = await anEmptyStore(target);
    await store.attachments.save(PAGE, 'sha256:menu', '741100223344556', START);

    expect(await store.attachments.find(PAGE, 'sha256:menu', START + 88 * DAY)).toBe('741100223344556');
    expect(await store.attachments.find(PAGE, 'sha256:menu', START + 89 * DAY)).toBeUndefined();
    expect(await store.attachments.find(OTHER_PAGE, 'sha256:menu', START)).toBeUndefined();
    await store.attachments.save(PAGE, 'sha256:menu', '741100223344557', START + 89 * DAY);
    expect(await store.attachments.find(PAGE, 'sha256:menu', START + 90 * DAY)).toBe('741100223344557');
    await store.attachments.forget(PAGE, '741100223344557');
    expect(await store.attachments.find(PAGE, 'sha256:menu', START + 90 * DAY)).toBeUndefined();
  });
});
