import { describe, expect, test } from 'vitest';
import { ANA, PAGE, START } from '../support/events.ts';
import { anEmptyStore, aStoreAt, targets } from './targets.ts';

const ANAS = `messenger:${PAGE}:${ANA}` as const;
const NOW = START + 5000;
const CLAIM_MS = 30_000;

describe.each(targets)('the outbox of leads on $name', (target) => {
  async function withLeads(count: number) {
    const { store, url } = await anEmptyStore(target);
    for (let place = 0; place < count; place += 1) {
      const lead = { leadId: `l${place}`, conversation: ANAS, form: 'f', fields: { place: `${place}` }, at: START };
      await store.leads.save(lead);
    }
    return { store, url, outbox: store.leadOutbox };
  }
  const idsOf = (leased: readonly { readonly lead: { readonly leadId: string } }[]) =>
    leased.map(({ lead }) => lead.leadId).toSorted();

  test('a saved lead is due at once, with all its fields', async () => {
    const { store, outbox } = await withLeads(0);
    const consent = { text: 'We call you back.', at: START, given: 'agreed' } as const;
    const lead = { leadId: 'l', conversation: ANAS, form: 'f', fields: { name: 'Ana' }, consent, at: START };
    await store.leads.save(lead);

    expect(await outbox.lease(10, NOW, NOW + CLAIM_MS)).toEqual([{ lead, attempt: 1, firstTriedAt: NOW }]);
  });

  test('of many concurrent leases of a lead one succeeds', async () => {
    const { outbox, url } = await withLeads(40);
    const other = await aStoreAt(url);

    const leased = await Promise.all(
      Array.from({ length: 12 }, (_, index) => (index % 2 ? outbox : other.leadOutbox).lease(7, NOW, NOW + CLAIM_MS)),
    );

    const ids = leased.flatMap(idsOf);
    expect(ids).toHaveLength(40);
    expect(new Set(ids).size).toBe(40);
  });

  test('a lease of a dead owner expires, and a late report of that owner changes nothing', async () => {
    const { outbox } = await withLeads(1);
    await outbox.lease(10, NOW, NOW + CLAIM_MS);
    expect(await outbox.lease(10, NOW + CLAIM_MS - 1, NOW)).toEqual([]);

    const [again] = await outbox.lease(10, NOW + CLAIM_MS, NOW + 2 * CLAIM_MS);
    await outbox.recordFailure('l0', 1, { trouble: 'HTTP 500', retryAt: NOW });

    expect(again).toMatchObject({ attempt: 2, firstTriedAt: NOW });
    expect(await outbox.lease(10, NOW + CLAIM_MS, NOW)).toEqual([]);
  });

  test('a delivered lead is not due again, even if a failure is recorded later', async () => {
    const { outbox } = await withLeads(1);
    await outbox.lease(10, NOW, NOW + CLAIM_MS);
    await outbox.markDelivered('l0');
    await outbox.recordFailure('l0', 1, { trouble: 'HTTP 500', retryAt: NOW });

    expect(await outbox.lease(10, NOW + CLAIM_MS, NOW)).toEqual([]);
    expect(await outbox.countUndelivered()).toEqual({});
  });

  test('leads that were given up are counted with their trouble, and due again on request', async () => {
    const { outbox } = await withLeads(3);
    await outbox.lease(2, NOW, NOW + CLAIM_MS);
    await outbox.recordFailure('l0', 1, { trouble: 'HTTP 410' });
    await outbox.recordFailure('l1', 1, { trouble: 'HTTP 500', retryAt: NOW + 60_000 });

    expect(await outbox.countUndelivered()).toEqual({ pending: 2, given_up: 1 });
    expect(await outbox.findTrouble()).toMatchObject({ since: NOW });
    expect(idsOf(await outbox.lease(10, NOW, NOW + CLAIM_MS))).toEqual(['l2']);

    expect(await outbox.retryGivenUp()).toHaveLength(1);
    expect(await outbox.lease(10, NOW, NOW + CLAIM_MS)).toEqual([expect.objectContaining({ attempt: 1 })]);
  });

  test('leads are walked oldest first, however many, of one form and from a time on', async () => {
    const { store } = await withLeads(0);
    const save = (place: number, form: string) =>
      store.leads.save({ leadId: `l${place}`, conversation: ANAS, form, fields: {}, at: START + (place % 7) });
    await Promise.all(Array.from({ length: 450 }, (_, place) => save(place, place % 2 ? 'odd' : 'even')));
    const walked = async (filter: object) => {
      const leads = [];
      for await (const { lead } of store.leads.walk(filter)) leads.push(lead);
      return leads;
    };

    const all = await walked({});
    expect(new Set(all.map(({ leadId }) => leadId)).size).toBe(450);
    expect(all.map(({ at }) => at)).toEqual(all.map(({ at }) => at).toSorted((one, other) => one - other));
    expect(await walked({ form: 'odd' })).toHaveLength(225);
    expect((await walked({ since: START + 6 })).every(({ at }) => at === START + 6)).toBe(true);
  });
});
