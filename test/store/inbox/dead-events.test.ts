import { describe, expect, test } from 'vitest';
import { ANA, aText, BEN, PAGE, START, webhookBody } from '../../support/events.ts';
import { anEmptyStore, delivered, targets } from '../targets.ts';

const ANAS = `messenger:${PAGE}:${ANA}` as const;
const BENS = `messenger:${PAGE}:${BEN}` as const;
const NOW = START + 400;

const by = (owner: string) => ({ owner, now: NOW, expiresAt: NOW + 30_000 });

describe.each(targets)('dead events on $name', (target) => {
  /** Two of Ana's events and one of Ben's; the first of each is dead. */
  async function withDead() {
    const { store, tables } = await anEmptyStore(target);
    const { inbox, deadEvents } = store;
    const texts = [
      aText('one', { at: START }),
      aText('two', { at: START + 1 }),
      aText('three', { psid: BEN, at: START }),
    ];
    await inbox.record(delivered(webhookBody(...texts)), NOW);
    const dead: number[] = [];
    for (const conversation of [ANAS, BENS]) {
      const [leased] = await inbox.lease([conversation], by('a'));
      const inboxId = leased?.items[0]?.inboxId ?? 0;
      await inbox.markDead(conversation, inboxId, 'It is too large', 'a');
      dead.push(inboxId);
    }
    const listed = async () => {
      const ids: number[] = [];
      for await (const { inboxId } of deadEvents.list()) ids.push(inboxId);
      return ids;
    };
    const rowsOf = (inboxId: number) =>
      tables.selectFrom('inbox').select(['status', 'reason', 'kind']).where('id', '=', inboxId).execute();
    const [anas = 0, bens = 0] = dead;
    return { inbox, deadEvents, tables, anas, bens, listed, rowsOf };
  }

  test('are listed with their reason and without their content, the newest last', async () => {
    const { deadEvents, anas, bens } = await withDead();
    const listed = [];
    for await (const event of deadEvents.list()) listed.push(event);

    const shared = { kind: 'message', at: START, receivedAt: NOW, reason: 'It is too large' };
    expect(listed).toEqual([
      { inboxId: anas, conversation: ANAS, ...shared },
      { inboxId: bens, conversation: BENS, ...shared },
    ]);
  });

  test('are listed however many there are', async () => {
    const { listed, tables, inbox } = await withDead();
    await inbox.record(delivered(webhookBody(...Array.from({ length: 450 }, () => aText('again')))), NOW);
    await tables.updateTable('inbox').set({ status: 'dead' }).execute();

    const ids = await listed();

    expect(ids).toHaveLength(453);
    expect(ids).toEqual(ids.toSorted((one, other) => one - other));
  });

  test('are pending again after a retry, in their place', async () => {
    const { inbox, deadEvents, anas, bens, listed } = await withDead();

    expect(await deadEvents.retry([anas, 999_999])).toEqual([anas]);

    expect(await listed()).toEqual([bens]);
    expect(await inbox.listWaiting(10, NOW)).toEqual([ANAS]);
    const [leased] = await inbox.lease([ANAS], by('b'));
    expect(leased?.items.map(({ event }) => event.kind === 'message' && event.text)).toEqual(['one', 'two']);
  });

  test('are all pending again after a retry of all', async () => {
    const { inbox, deadEvents, anas, bens, rowsOf } = await withDead();

    expect(await deadEvents.retry('all')).toEqual([anas, bens]);

    expect(await rowsOf(anas)).toEqual([{ status: 'pending', reason: null, kind: 'message' }]);
    expect(await inbox.backlog()).toEqual({ pending: 3, dead: 0 });
    expect(await deadEvents.retry('all')).toEqual([]);
  });

  test('stay as rows when they are dropped, and cannot be retried any more', async () => {
    const { inbox, deadEvents, anas, bens, rowsOf } = await withDead();

    expect(await deadEvents.drop([anas])).toEqual([anas]);

    expect(await rowsOf(anas)).toEqual([{ status: 'stored', reason: 'dropped by hand', kind: 'message' }]);
    expect(await deadEvents.retry([anas])).toEqual([]);
    expect(await deadEvents.drop([])).toEqual([]);
    expect(await inbox.backlog()).toEqual({ pending: 1, dead: 1 });
    expect(await rowsOf(bens)).toMatchObject([{ status: 'dead' }]);
  });

  test('are changed only while they are dead', async () => {
    const { deadEvents, tables, anas, bens } = await withDead();
    const others = await tables
      .selectFrom('inbox')
      .select(['id', 'status'])
      .where('id', 'not in', [anas, bens])
      .execute();
    const ids = others.map(({ id }) => Number(id));

    expect(await deadEvents.retry(ids)).toEqual([]);
    expect(await deadEvents.drop(ids)).toEqual([]);

    const after = await tables.selectFrom('inbox').select(['id', 'status']).where('id', 'in', ids).execute();
    expect(after).toEqual(others);
  });
});
