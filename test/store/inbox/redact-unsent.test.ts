import { describe, expect, test } from 'vitest';
import { ANA, START } from '../../support/events.ts';
import { anEmptyStore, delivered, targets } from '../targets.ts';

const ACCOUNT = '17841400000000001';
const ANAS = `instagram:${ACCOUNT}:${ANA}` as const;
const NOW = START + 400;

function onInstagram(what: object, at = START) {
  const item = { sender: { id: ANA }, recipient: { id: ACCOUNT }, timestamp: at, ...what };
  return delivered({ object: 'instagram', entry: [{ id: ACCOUNT, time: at, messaging: [item] }] });
}

describe.each(targets)('redacting unsent messages on $name', (target) => {
  test.each([
    ['a short id', 'm_Secret'],
    ['an id too long for an index', `m_${'é'.repeat(700)}`],
  ])('every edit is redacted, whatever its number and whenever it comes: %s', async (_, mid) => {
    const { store, tables } = await anEmptyStore(target);
    const record = (what: object, at?: number) => store.inbox.record(onInstagram(what, at), NOW);
    const edit = (number: number) => ({ message_edit: { mid, text: `secret ${number}`, num_edit: number } });
    await record({ message: { mid, text: 'secret' } });
    await record(edit(1), START + 1);
    await record(edit(37), START + 37);
    await record({ message: { mid: 'm_Other', text: 'stays' } }, START + 38);

    await record({ message: { mid, is_deleted: true } }, START + 40);
    await record(edit(38), START + 39);

    const rows = await tables
      .selectFrom('inbox')
      .select(['kind', 'status', 'event_json', 'raw_json'])
      .orderBy('id')
      .execute();
    expect(rows.map(({ kind, status }) => `${kind} ${status}`)).toEqual([
      'message stored',
      'edit stored',
      'edit stored',
      'message pending',
      'unsend stored',
      'edit stored',
    ]);
    expect(JSON.stringify(rows)).not.toContain('secret');
    const [leased] = await store.inbox.lease([ANAS], { owner: 'a', now: NOW, expiresAt: NOW + 1 });
    expect(leased?.items.map(({ event }) => event)).toMatchObject([{ text: 'stays' }]);
  });
});
