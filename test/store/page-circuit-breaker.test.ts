import { describe, expect, test } from 'vitest';
import type { AskPolicy } from '../../src/store/ledger/index.ts';
import { ANA, BEN, PAGE, START } from '../support/events.ts';
import { hold } from '../support/verdicts.ts';
import { aStoreAt, anEmptyStore, targets } from './targets.ts';

const MINUTE = 60_000;

describe.each(targets)('circuit breakers of Pages on $name', (target) => {
  test('only the first open is new, whoever opens, and again after a close', async () => {
    const { url, store } = await anEmptyStore(target);
    const another = await aStoreAt(url);
    const opening = { reason: 'token_invalid', code: '190/463', now: START } as const;

    const isNew = await Promise.all(
      [store, another, store, another].map(({ circuitBreakers }) => circuitBreakers.open(PAGE, opening)),
    );

    expect(isNew.filter(Boolean)).toHaveLength(1);
    expect(await another.circuitBreakers.listOpen()).toEqual(
      new Map([[PAGE, { reason: 'token_invalid', code: '190/463', since: START, probeAt: START + MINUTE }]]),
    );
    expect(await store.circuitBreakers.close(PAGE)).toBe(true);
    expect(await another.circuitBreakers.close(PAGE)).toBe(false);
    expect(await store.circuitBreakers.listOpen()).toEqual(new Map());
    expect(await store.circuitBreakers.open(PAGE, opening)).toBe(true);
  });

  test('an open breaker also stops sends to unknown people, and one send alone probes', async () => {
    const { store } = await anEmptyStore(target);
    await store.circuitBreakers.open(PAGE, { reason: 'restricted', code: '10/1893063', now: START });
    const now = START + 30 * MINUTE;
    const utility = { status: 'allowed', sendClass: { messaging_type: 'UTILITY' } } as const;
    const askPolicy: AskPolicy = ({ page }) =>
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

  test('a new token closes a breaker that an old one opened, but not a restriction', async () => {
    const { store } = await anEmptyStore(target);
    await store.circuitBreakers.open(PAGE, { reason: 'restricted', code: '10/1893063', now: START });

    expect(await store.circuitBreakers.close(PAGE, 'token_invalid')).toBe(false);
    expect((await store.circuitBreakers.listOpen()).get(PAGE)).toMatchObject({
      reason: 'restricted',
      probeAt: START + 30 * MINUTE,
    });
  });
});
