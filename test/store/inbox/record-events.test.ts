import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJson } from '../../../src/api/webhook/parse-json.ts';
import type { DecodedEvent } from '../../../src/messenger/inbound/inbox-item.ts';
import {
  aDelivery,
  ANA,
  anEcho,
  anEdit,
  aPhoto,
  aPostback,
  aRead,
  aText,
  BEN,
  PAGE,
  START,
  webhookBody,
  type MessagingItem,
} from '../../support/events.ts';
import { fixtureBytes, fixtureNames } from '../../support/fixtures.ts';
import { anEmptyStore, aStoreAt, delivered, targets } from '../targets.ts';

const ANAS = `messenger:${PAGE}:${ANA}` as const;
const BENS = `messenger:${PAGE}:${BEN}` as const;
/** When the api received the webhook. */
const NOW = START + 400;

/** The same item as Meta delivers it again: in a webhook with another time. */
function again(item: MessagingItem, later: number) {
  return { object: 'page', entry: [{ id: PAGE, time: START + 1000 * later, messaging: [item] }] };
}

describe.each(targets)('the inbox on $name', (target) => {
  test('an event is stored once, however often and however concurrently it is delivered', async () => {
    const { store, url, tables } = await anEmptyStore(target);
    const other = await aStoreAt(url);
    const item = aText('price?');

    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, time) =>
        (time % 2 ? store : other).inbox.record(delivered(again(item, time)), NOW + time),
      ),
    );

    expect(answers.flatMap(({ waiting }) => waiting)).toEqual([ANAS]);
    expect(await tables.selectFrom('inbox').select(['kind', 'status', 'at']).execute()).toEqual([
      { kind: 'message', status: 'pending', at: START },
    ]);
    expect(await store.transcript.readLast(ANAS, 10)).toMatchObject([{ author: 'person', text: 'price?' }]);
  });

  test('a photo with a newly signed address is the same photo', async () => {
    const { store } = await anEmptyStore(target);
    const mid = 'm_Photo';
    await store.inbox.record(delivered(webhookBody(aPhoto('https://cdn.example/a.jpg?sig=1', { mid }))), NOW);

    const { waiting } = await store.inbox.record(
      delivered(webhookBody(aPhoto('https://cdn.example/a.jpg?sig=2', { mid }))),
      NOW,
    );

    expect(waiting).toEqual([]);
  });

  test('the same event twice in one body is one event', async () => {
    const { store, tables } = await anEmptyStore(target);
    const item = aText('hello');

    expect((await store.inbox.record(delivered(webhookBody(item, item, item)), NOW)).waiting).toEqual([ANAS]);

    expect(await tables.selectFrom('inbox').select('id').execute()).toHaveLength(1);
  });

  test('every fixture body is stored, and a second time changes nothing', async () => {
    const { store, tables } = await anEmptyStore(target);
    const bodies = fixtureNames().map((name) => delivered(parseJson(fixtureBytes(name))));
    const everything = async () => ({
      inbox: await tables.selectFrom('inbox').selectAll().orderBy('id').execute(),
      messages: await tables.selectFrom('messages').selectAll().orderBy('mid').execute(),
    });
    for (const body of bodies) await store.inbox.record(body, NOW);
    const once = await everything();

    for (const body of bodies) expect((await store.inbox.record(body, NOW + 5000)).waiting).toEqual([]);

    expect(once.inbox.length).toBeGreaterThan(50);
    expect(await everything()).toEqual(once);
  });

  test('a malformed event is stored with its reason, and the others are pending', async () => {
    const { store, tables } = await anEmptyStore(target);
    const broken = { ...aText('x'), message: 'TEST_MESSAGE' } as unknown as MessagingItem;

    expect((await store.inbox.record(delivered(webhookBody(broken, aText('hi', { psid: BEN }))), NOW)).waiting).toEqual(
      [BENS],
    );

    const rows = await tables.selectFrom('inbox').select(['kind', 'status', 'reason']).orderBy('id').execute();
    expect(rows).toEqual([
      { kind: 'malformed', status: 'stored', reason: expect.stringContaining('message') as string },
      { kind: 'message', status: 'pending', reason: null },
    ]);
  });

  test('receipts have no rows in the inbox', async () => {
    const { store, tables } = await anEmptyStore(target);

    const { waiting } = await store.inbox.record(delivered(webhookBody(aRead(START), aDelivery(START))), NOW);

    expect(waiting).toEqual([]);
    expect(await tables.selectFrom('inbox').select('id').execute()).toEqual([]);
  });

  describe('texts that databases do not like', () => {
    const NUL = '\u0000';
    test.each([
      ['a text', aText(`before${NUL}after`)],
      ['a lone surrogate', aText('\ud83d half an emoji')],
      ['a mid', aText('x', { mid: `m_${NUL}1` })],
      ['a payload', aPostback(`PAY${NUL}LOAD`)],
      ['metadata of a foreign echo', anEcho('x', { metadata: `${NUL}` })],
      ['the longest mid, in characters of three bytes', aText('x', { mid: longText(1000) })],
      ['an edit of such a message', anEdit(longText(1000), 'x')],
    ])('%s', async (_, item) => {
      const { store } = await anEmptyStore(target);

      expect((await store.inbox.record(delivered(webhookBody(item, aText('hi', { psid: BEN }))), NOW)).waiting).toEqual(
        [ANAS, BENS],
      );
      expect((await store.inbox.record(delivered(webhookBody(item)), NOW)).waiting).toEqual([]);

      const [leased] = await store.inbox.lease([ANAS], { owner: 'a', now: NOW, expiresAt: NOW + 1 });
      expect(leased?.items).toHaveLength(1);
      expect(leased?.items[0]?.event).toEqual(delivered(webhookBody(item))[0]?.event);
    });
  });

  test('ids that are too long for an index', async () => {
    const { store, tables } = await anEmptyStore(target);
    const calls = ['', 'x'].map((end) => ({ id: longText(5000) + end, event: 'connect', timestamp: 1791200000 }));
    const body = { object: 'page', entry: [{ id: PAGE, time: START, calls }] };

    await store.inbox.record(delivered(body), NOW);
    await store.inbox.record(delivered(body), NOW);

    const rows = await tables.selectFrom('inbox').select('kind').execute();
    expect(rows).toHaveLength(2);
  });

  test('a body of thousands of items is stored whole', async () => {
    const { store, tables } = await anEmptyStore(target);
    const items = Array.from({ length: 7000 }, (_, index) => ({ nonsense: index }));
    const body = { object: 'page', entry: [{ id: PAGE, time: START, messaging: items }] };

    await store.inbox.record(delivered(body), NOW);

    expect((await store.inbox.record(delivered(body), NOW)).waiting).toEqual([]);
    const { rows } = await tables
      .selectFrom('inbox')
      .select((eb) => eb.fn.countAll<number>().as('rows'))
      .executeTakeFirstOrThrow();
    expect(Number(rows)).toBe(7000);
  });

  test('a record that fails rejects and stores nothing, and those that shared its transaction are stored', async () => {
    const { store, tables } = await anEmptyStore(target);
    const good = Array.from({ length: 20 }, (_, index) => delivered(webhookBody(aText(`good ${index}`))));
    const poisonous = [
      ...delivered(webhookBody(aText('before', { psid: BEN }))),
      ...delivered(webhookBody(aText('poison', { psid: BEN }))).map((one): DecodedEvent => ({
        ...one,
        event: { ...one.event, at: Number.NaN },
      })),
    ];

    const outcomes = await Promise.allSettled(
      [...good.slice(0, 10), poisonous, ...good.slice(10)].map((one) => store.inbox.record(one, NOW)),
    );

    expect(outcomes.map(({ status }) => status)).toEqual(
      Array.from({ length: 21 }, (_, index) => (index === 10 ? 'rejected' : 'fulfilled')),
    );
    expect(await store.contacts.find(BENS)).toBeUndefined();
    expect(await store.transcript.readLast(BENS, 10)).toEqual([]);
    expect(await tables.selectFrom('inbox').select('id').where('conversation', '=', BENS).execute()).toEqual([]);
    expect(await tables.selectFrom('inbox').select('id').where('conversation', '=', ANAS).execute()).toHaveLength(20);
  });

  test('batches about the same people in another order do not deadlock', async () => {
    const { store, url } = await anEmptyStore(target);
    const other = await aStoreAt(url);
    const people = Array.from({ length: 12 }, (_, index) => `61204598712300${10 + index}`);
    const batch = (order: readonly string[]) => delivered(webhookBody(...order.map((psid) => aText('hi', { psid }))));

    const results = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        (index % 2 ? store : other).inbox.record(batch(index % 3 ? people : people.toReversed()), NOW),
      ),
    );

    expect(results.map(({ waiting }) => waiting.length)).toEqual(results.map(() => people.length));
  });

  test('whatever is delivered in whatever portions: every event once, in the order of (at, id)', async () => {
    const { store, url, tables } = await anEmptyStore(target);
    const other = await aStoreAt(url);
    const anItem = fc.record({ event: fc.nat(12), at: fc.nat(3), isBen: fc.boolean() });
    const portions = fc.array(fc.array(anItem, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 8 });
    let run = 0;

    await fc.assert(
      fc.asyncProperty(portions, fc.boolean(), async (bodies, atOnce) => {
        run += 1;
        const page = `${1000 + run}`;
        const items = bodies.map((body) =>
          body.map(({ event, at, isBen }) => {
            const psid = isBen ? BEN : ANA;
            return aText('x', { page, psid, mid: `m_${psid}_${event}`, at: START + at });
          }),
        );
        const keep = (body: MessagingItem[], index: number) =>
          (index % 2 ? store : other).inbox.record(delivered(webhookBody(...body)), NOW);
        if (atOnce) await Promise.all(items.map(keep));
        else for (const [index, body] of items.entries()) await keep(body, index);

        const rows = await tables.selectFrom('inbox').selectAll().where('page_id', '=', page).execute();
        const mids = items.flat().map((item) => (item['message'] as { mid: string }).mid);
        expect(rows.map((row) => row.dedupe_key).toSorted()).toEqual(
          [...new Set(mids)].map((mid) => `message:${page}:${mid}`).toSorted(),
        );
        const conversations = [ANA, BEN].map((psid) => `messenger:${page}:${psid}` as const);
        for (const { conversation, items: ours } of await store.inbox.lease(conversations, {
          owner: 'a',
          now: NOW,
          expiresAt: NOW + 1,
        })) {
          const expected = rows
            .filter((row) => row.conversation === conversation)
            .toSorted((one, two) => one.at - two.at || one.id - two.id);
          expect(ours.map(({ inboxId }) => inboxId)).toEqual(expected.map((row) => row.id));
        }
      }),
      { numRuns: 25 },
    );
  });
});

/** Not compressible, so that an index has to take all of it. */
function longText(length: number): string {
  return Array.from({ length }, (_, index) => String.fromCharCode(0x4e00 + ((index * index * 7919) % 20_000))).join('');
}
