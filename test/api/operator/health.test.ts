import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { PageSubscriptionFacts } from '../../../src/api/subscription-watch.ts';
import { VERSION } from '../../../src/domain/version.ts';
import { targets } from '../../store/targets.ts';
import { aText, PAGE } from '../../support/events.ts';
import { ANA_ID, anOperator, anOperatorApp, stored } from './an-operator-app.ts';
import { NO_RUNS } from './no-temporal.ts';

const OTHER_PAGE = '104857600999999';
const SETTINGS = '/api/v1/settings';
const HEALTH = '/api/v1/health';
const iso = (at: number) => new Date(at).toISOString();

describe.each(targets)('health on $name', (target) => {
  test('a viewer reads whether messages come in and go out, of each of their Pages', async () => {
    const facts = new Map<string, PageSubscriptionFacts>();
    const pages = { ids: () => [PAGE, OTHER_PAGE], findSubscription: (id: string) => facts.get(id) };
    const { store, call } = await anOperatorApp({ pages }, { target });
    const viewer = await anOperator(store, { role: 'viewer', pages: [PAGE] });
    const pageOf = async () => (await call(HEALTH, { token: viewer })).body.pages[0];

    const { status, body } = await call(HEALTH, { token: viewer });

    expect(status).toBe(200);
    expect(body).toEqual({
      store: 'ok',
      temporal: 'away',
      worker: 'unknown',
      pages: [
        {
          id: PAGE,
          circuitBreaker: { state: 'closed', reason: null, code: null, since: null, probeAt: null },
          subscription: { status: 'unknown', missing: [], checkedAt: null },
          token: { status: 'unknown', checkedAt: null },
          lastEventAt: null,
          pending: { events: 0, oldestAt: null },
          deadEvents: 0,
        },
      ],
    });

    await stored(store, aText('Hello'), aText('there'));
    const now = Date.now();
    const [leased] = await store.inbox.lease([ANA_ID], { owner: 'a', now, expiresAt: now + 9000 });
    await store.inbox.markDead(ANA_ID, leased?.items[0]?.inboxId ?? 0, 'too large', 'a');
    facts.set(PAGE, { checkedAt: now, isSubscribed: true, missing: ['message_echoes'], isTokenValid: true });
    const backlog = await pageOf();
    expect(backlog).toMatchObject({
      subscription: { status: 'incomplete', missing: ['message_echoes'], checkedAt: iso(now) },
      token: { status: 'accepted', checkedAt: iso(now) },
      deadEvents: 1,
      pending: { events: 1 },
    });
    expect(backlog.lastEventAt).toBe(backlog.pending.oldestAt);

    await store.circuitBreakers.open(PAGE, { reason: 'token_invalid', code: '190', now: now + 1 });
    expect(await pageOf()).toMatchObject({
      circuitBreaker: { state: 'open', reason: 'token_invalid', code: '190', since: iso(now + 1) },
      token: { status: 'refused', checkedAt: iso(now + 1) },
    });
    facts.set(PAGE, { checkedAt: now + 2, isSubscribed: false, missing: [], isTokenValid: true });
    expect(await pageOf()).toMatchObject({ subscription: { status: 'removed' }, token: { status: 'accepted' } });
  });

  test('a breaker whose probe is due is half open, also of a Page that this process does not serve', async () => {
    const { store, call } = await anOperatorApp({ runs: { ...NO_RUNS, hasWorker: async () => false } }, { target });
    const token = await anOperator(store, { role: 'viewer' });
    await store.circuitBreakers.open(OTHER_PAGE, { reason: 'restricted', code: '368', now: Date.now() - 3_600_000 });

    const { body } = await call(HEALTH, { token });

    expect(body).toMatchObject({ temporal: 'ok', worker: 'away' });
    expect(body.pages).toMatchObject([
      { id: OTHER_PAGE, circuitBreaker: { state: 'half_open', reason: 'restricted' } },
    ]);
  });

  test('an admin reads the settings that are no secrets', async () => {
    const settings = { retention: { transcript: 90 * 86_400_000, leads: undefined }, unansweredAfterMs: 900_000 };
    const { store, call } = await anOperatorApp({ settings }, { target });
    const admin = await anOperator(store, { role: 'admin', pages: [PAGE] });
    const agent = await anOperator(store, { name: 'Ben', role: 'agent' });

    const { body } = await call(SETTINGS, { token: admin });

    expect(body).toMatchObject({ version: VERSION, isEncrypted: false, silentAfterHumanMinutes: null });
    expect(body).toMatchObject({ unansweredAfterMinutes: 15 });
    expect(body.retentionDays).toMatchObject({ transcript: 90, leads: null, operatorLog: null });
    await store.botFacts.save({ sequences: [], broadcasts: [], silentAfterHumanMs: 7_200_000 }, Date.now());
    expect((await call(SETTINGS, { token: admin })).body.silentAfterHumanMinutes).toBe(120);
    expect((await call(SETTINGS, { token: agent })).body).toMatchObject({ status: 403, code: 'role_missing' });
  });
});

test('the version is that of package.json', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  expect(VERSION).toBe(version);
});
