import { describe, expect, test } from 'vitest';
import type { InboxItem } from '../../../src/messenger/inbound/inbox-item.ts';
import { EVENTS_PER_SIGNAL } from '../../../src/store/inbox/leases.ts';
import { ANA, aRead, aText, BEN, PAGE, START, webhookBody, type MessagingItem } from '../../support/events.ts';
import { anEmptyStore, aStoreAt, delivered, targets } from '../targets.ts';

const ANAS = `messenger:${PAGE}:${ANA}` as const;
const BENS = `messenger:${PAGE}:${BEN}` as const;
const NOW = START + 400;
const LEASE_MS = 30_000;

const by = (owner: string, now = NOW) => ({ owner, now, expiresAt: now + LEASE_MS });

describe.each(targets)('leases on $name', (target) => {
  async function withPending() {
    const { store, url, tables } = await anEmptyStore(target);
    const { inbox } = store;
    await inbox.record(delivered(webhookBody(aText('one', { at: START }), aText('two', { at: START + 1 }))), NOW);
    const ids = async (owner: string, now = NOW) =>
      (await inbox.lease([ANAS], by(owner, now))).map(({ items }) => items.map(({ inboxId }) => inboxId));
    return { store, url, tables, inbox, ids };
  }

  test('events come oldest first by their own time, then by arrival, and at most as many as one signal carries', async () => {
    const { inbox } = (await anEmptyStore(target)).store;
    const moments = Array.from({ length: EVENTS_PER_SIGNAL + 20 }, (_, index) => START + ((index * 31) % 7));
    await inbox.record(delivered(webhookBody(...moments.map((at, index) => aText(`${index}`, { at })))), NOW);

    const [leased] = await inbox.lease([ANAS], by('a'));

    const expected = moments
      .map((at, index) => ({ at, index }))
      .toSorted((one, two) => one.at - two.at || one.index - two.index)
      .slice(0, EVENTS_PER_SIGNAL);
    expect(leased?.items.map(({ event }) => event.kind === 'message' && event.text)).toEqual(
      expected.map(({ index }) => `${index}`),
    );
  });

  test('a conversation has one owner at a time, who may lease it again', async () => {
    const { ids } = await withPending();

    const first = await ids('a');

    expect(first).toHaveLength(1);
    expect(await ids('b')).toEqual([]);
    expect(await ids('a')).toEqual(first);
  });

  test('of many concurrent leases one gets each conversation', async () => {
    const { store, url } = await withPending();
    await store.inbox.record(delivered(webhookBody(aText('hi', { psid: BEN }))), NOW);
    const other = await aStoreAt(url);

    const leased = await Promise.all(
      Array.from({ length: 16 }, (_, index) =>
        (index % 2 ? store : other).inbox.lease(index % 3 ? [ANAS, BENS] : [BENS, ANAS], by(`owner ${index}`)),
      ),
    );

    expect(
      leased
        .flat()
        .map(({ conversation }) => conversation)
        .toSorted(),
    ).toEqual([ANAS, BENS].toSorted());
  });

  test('an event is leased by the transaction that stores it, together with older ones that wait', async () => {
    const { inbox } = (await anEmptyStore(target)).store;
    const events = (...items: readonly MessagingItem[]) => delivered(webhookBody(...items));
    const texts = (items: readonly InboxItem[] = []) =>
      items.map(({ event }) => (event.kind === 'message' ? event.text : ''));

    const first = await inbox.record(events(aText('new', { at: START + 1 }), aText('old')), NOW, () => by('a'));
    expect(first.waiting).toEqual([]);
    expect(first.leased.map(({ conversation }) => conversation)).toEqual([ANAS]);
    expect(texts(first.leased[0]?.items)).toEqual(['old', 'new']);

    // Another owner gets no lease, and the same one gets what is pending besides.
    const other = await inbox.record(events(aText('other', { at: START + 2 })), NOW, () => by('b'));
    expect(other).toEqual({ waiting: [ANAS], leased: [] });
    const again = await inbox.record(events(aText('again', { at: START + 3 })), NOW, () => by('a'));
    expect(texts(again.leased[0]?.items)).toEqual(['old', 'new', 'other', 'again']);
    expect(await inbox.lease([ANAS], by('b'))).toEqual([]);
  });

  test('what was stored before, and what no workflow gets, is not leased', async () => {
    const { inbox } = (await anEmptyStore(target)).store;
    const item = aText('hi');
    await inbox.record(delivered(webhookBody(item)), NOW);

    const repeated = await inbox.record(delivered(webhookBody(item, aRead(START))), NOW, () => by('a'));

    expect(repeated).toEqual({ waiting: [], leased: [] });
    expect(await inbox.lease([ANAS], by('b'))).toHaveLength(1);
  });

  test('an Instagram message whose unsend came first is leased without its content', async () => {
    const { inbox } = (await anEmptyStore(target)).store;
    const account = '17841400000000001';
    const body = (message: object) => ({
      object: 'instagram',
      entry: [
        {
          id: account,
          time: START,
          messaging: [{ sender: { id: ANA }, recipient: { id: account }, timestamp: START, message }],
        },
      ],
    });
    await inbox.record(delivered(body({ mid: 'ig_1', is_deleted: true })), NOW);

    const { leased } = await inbox.record(delivered(body({ mid: 'ig_1', text: 'my secret' })), NOW, () => by('a'));

    expect(JSON.stringify(leased)).not.toContain('secret');
  });

  test('the lease of a dead owner expires', async () => {
    const { ids } = await withPending();
    await ids('a');

    expect(await ids('b', NOW + LEASE_MS)).toEqual([]);
    expect(await ids('b', NOW + LEASE_MS + 1)).toHaveLength(1);
    expect(await ids('a', NOW + LEASE_MS + 2)).toEqual([]);
  });

  test('a dispatched event is not pending any more, and the end of the lease reports events that came meanwhile', async () => {
    const { inbox, ids } = await withPending();
    const [pending] = await ids('a');
    expect(await inbox.markDispatched(ANAS, pending!, 'a')).toBe(false);
    await inbox.record(delivered(webhookBody(aText('three'))), NOW);
    const [third] = await ids('b');
    await inbox.record(delivered(webhookBody(aText('four'))), NOW);

    expect(await inbox.markDispatched(ANAS, third!, 'b')).toBe(true);

    expect(await ids('a')).toHaveLength(1);
  });

  test('an event that is recorded during a lease is reported by the end of the lease, or leased', async () => {
    const { store, url, ids } = await withPending();
    const other = await aStoreAt(url);
    for (let round = 0; round < 25; round += 1) {
      const [pending] = await ids('a');

      const [isPending, leased] = await Promise.all([
        store.inbox.markDispatched(ANAS, pending ?? [], 'a'),
        other.inbox
          .record(delivered(webhookBody(aText('meanwhile'))), NOW)
          .then(() => other.inbox.lease([ANAS], by('b'))),
      ]);

      expect(isPending || leased.length === 1).toBe(true);
      await other.inbox.release(ANAS, 'b');
    }
  });

  test('a release ends only a lease of the same owner', async () => {
    const { inbox, ids } = await withPending();
    await ids('a');

    expect(await inbox.release(ANAS, 'b')).toBe(true);
    expect(await ids('b')).toEqual([]);
    expect(await inbox.release(ANAS, 'a')).toBe(true);
    expect(await ids('b')).toHaveLength(1);
  });

  test('a dead event is not leased again, has its reason, and the others are dispatched', async () => {
    const { inbox, ids, tables } = await withPending();
    const [[first] = []] = await ids('a');

    expect(await inbox.markDead(ANAS, first!, 'It is too large for the engine', 'a')).toBe(true);

    expect(await ids('b')).toEqual([[expect.any(Number)]]);
    const dead = await tables.selectFrom('inbox').select(['id', 'reason']).where('status', '=', 'dead').execute();
    expect(dead).toEqual([{ id: first, reason: 'It is too large for the engine' }]);
    expect(await inbox.backlog()).toEqual({ pending: 1, dead: 1 });
  });

  test('waiting conversations: longest first, without those with a valid lease', async () => {
    const { inbox, ids } = await withPending();
    await inbox.record(delivered(webhookBody(aText('hi', { psid: BEN, at: START - 1000 }))), NOW);
    expect(await inbox.listWaiting(10, NOW)).toEqual([ANAS, BENS]);

    await ids('a');
    expect(await inbox.listWaiting(10, NOW)).toEqual([BENS]);
    await inbox.extendLease(ANAS, 'a', NOW + 60_000);

    expect(await inbox.listWaiting(10, NOW + LEASE_MS + 1)).toEqual([BENS]);
    expect(await inbox.listWaiting(10, NOW + 60_001)).toEqual([ANAS, BENS]);
    expect(await ids('b', NOW + 60_001)).toHaveLength(1);
  });

  test('a conversation with endless events does not hide the others', async () => {
    const { inbox } = (await anEmptyStore(target)).store;
    await inbox.record(delivered(webhookBody(...Array.from({ length: 30 }, () => aText('again')))), NOW);
    await inbox.record(delivered(webhookBody(aText('hi', { psid: BEN }))), NOW);
    expect(await inbox.listWaiting(10, NOW)).toEqual([ANAS]);

    await inbox.lease([ANAS], by('a'));

    expect(await inbox.listWaiting(10, NOW)).toEqual([BENS]);
  });
});
