import { describe, expect, test } from 'vitest';
import type { ConversationId } from '../../../src/domain/conversation-id.ts';
import type { Store } from '../../../src/store/index.ts';
import { targets } from '../../store/targets.ts';
import { ANA, aPhoto, aText, BEN, PAGE } from '../../support/events.ts';
import { ANA_ID, anOperator, anOperatorApp, stored, type Call } from './an-operator-app.ts';
import { manyPeople } from './many-people.ts';

const OTHER_PAGE = '104857600999999';
const HOUR_MS = 3_600_000;
const BEN_ID: ConversationId = `messenger:${PAGE}:${BEN}`;
const CARO_ID: ConversationId = `messenger:${OTHER_PAGE}:${ANA}`;

async function threePeople(store: Store, now = Date.now()): Promise<void> {
  await stored(
    store,
    aText('How much is it?', { at: now - 3 * HOUR_MS }),
    aText('100 % cotton_wool?', { psid: BEN, at: now - 2 * HOUR_MS }),
    aText("it's Caro's", { page: OTHER_PAGE, at: now - HOUR_MS }),
  );
  await store.contacts.saveProfile(ANA_ID, { firstName: 'Ana', lastName: 'Lima' }, now);
  await store.contacts.saveProfile(CARO_ID, { firstName: 'Caro', lastName: "O'Neil" }, now);
}

async function ids(call: Call, token: string, query = ''): Promise<string[]> {
  const { body } = await call(`/api/v1/conversations${query}`, { token });
  return (body.items as { id: string }[]).map(({ id }) => id);
}

describe.each(targets)('on $name', (target) => {
  test('who waits longest comes first, then who acted last', async () => {
    const { store, call } = await anOperatorApp({}, { target });
    const token = await anOperator(store);
    const now = Date.now();
    await threePeople(store, now);
    expect(await ids(call, token)).toEqual([CARO_ID, BEN_ID, ANA_ID]);

    await store.handoffs.record(BEN_ID, { state: 'waiting', at: now - 10_000, reason: 'asked for a person' });
    await store.handoffs.record(ANA_ID, { state: 'waiting', at: now - 20_000, reason: 'asked for a person' });
    // Asking again does not begin a new wait.
    await store.handoffs.record(ANA_ID, { state: 'waiting', at: now - 5000, reason: 'asked again' });

    expect(await ids(call, token)).toEqual([ANA_ID, BEN_ID, CARO_ID]);
    expect(await ids(call, token, '?state=waiting')).toEqual([ANA_ID, BEN_ID]);
    expect(await ids(call, token, '?state=bot')).toEqual([CARO_ID]);
    await store.handoffs.record(ANA_ID, { state: 'operator', at: now, reason: 'taken', by: 'Ada' });
    expect(await ids(call, token, '?state=operator&operator=Ada')).toEqual([ANA_ID]);
    expect(await ids(call, token, '?operator=Ben')).toEqual([]);
    await store.handoffs.record(ANA_ID, { state: 'bot', at: now + 1 });
    // Late: it happened before the bot took over again.
    await store.handoffs.record(ANA_ID, { state: 'waiting', at: now - 1, reason: 'late' });
    expect(await ids(call, token, '?state=waiting')).toEqual([BEN_ID]);
  });

  test('people are listed by when they did something last, and by the day on which they wrote', async () => {
    const { store, call } = await anOperatorApp({}, { target });
    const token = await anOperator(store);
    const day = Date.parse('2026-10-06');
    await stored(
      store,
      aText('late', { at: day - 1 }),
      aText('early', { psid: BEN, at: day }),
      aText('next day', { psid: BEN, at: day + 24 * HOUR_MS }),
      aText('at noon', { page: OTHER_PAGE, at: day + 12 * HOUR_MS }),
    );
    const of = (at: number) => new Date(at).toISOString();

    expect(await ids(call, token, '?activeOn=2026-10-05')).toEqual([ANA_ID]);
    expect(await ids(call, token, '?activeOn=2026-10-06')).toEqual([BEN_ID, CARO_ID]);
    expect(await ids(call, token, `?activeOn=2026-10-06&page=${PAGE}`)).toEqual([BEN_ID]);
    expect(await ids(call, token, '?activeOn=2026-10-08')).toEqual([]);
    expect(await ids(call, token, `?since=${of(day)}`)).toEqual([BEN_ID, CARO_ID]);
    expect(await ids(call, token, `?since=${of(day)}&until=${of(day + 24 * HOUR_MS)}`)).toEqual([CARO_ID]);
    expect((await call('/api/v1/conversations?activeOn=tomorrow', { token })).status).toBe(400);
  });

  test('a conversation is listed with what an operator needs to choose', async () => {
    const { store, call } = await anOperatorApp({}, { target });
    const token = await anOperator(store);
    const now = Date.now();
    await stored(store, aText('Hello', { at: now - 2000 }), aPhoto('https://cdn.example/p.jpg', { at: now - 1000 }));
    await store.contacts.saveProfile(ANA_ID, { firstName: 'Ana' }, now);
    await store.contacts.changeTags(ANA_ID, { add: ['vip'], remove: [] });
    await store.handoffs.record(ANA_ID, { state: 'waiting', at: now, reason: 'wants a person', until: now + HOUR_MS });

    const { body } = await call('/api/v1/conversations', { token });

    const iso = (at: number) => new Date(at).toISOString();
    expect(body).toEqual({
      items: [
        {
          id: ANA_ID,
          name: 'Ana',
          page: PAGE,
          channel: 'messenger',
          state: 'waiting',
          heldBy: null,
          reason: 'wants a person',
          waitingSince: iso(now),
          botAnswersAt: iso(now + HOUR_MS),
          snoozedUntil: null,
          windowClosesAt: iso(now - 1000 + 24 * HOUR_MS - 60_000),
          tags: ['vip'],
          unread: true,
          lastActionAt: iso(now - 1000),
          lastLine: { author: 'person', text: null, attachments: ['image'], at: iso(now - 1000) },
        },
      ],
      nextCursor: null,
    });
  });

  test('filters by Page, channel, tag, unread and closing window hold together', async () => {
    const { store, call } = await anOperatorApp({}, { target });
    const token = await anOperator(store);
    const now = Date.now();
    await threePeople(store, now);
    await stored(store, aText('old', { psid: '6120459871230999', at: now - 23 * HOUR_MS }));
    await store.contacts.changeTags(BEN_ID, { add: ['vip', 'a "quoted" tag'], remove: [] });
    await store.handoffs.markSeen(BEN_ID, now);

    expect(await ids(call, token, `?page=${OTHER_PAGE}`)).toEqual([CARO_ID]);
    expect(await ids(call, token, '?channel=instagram')).toEqual([]);
    expect(await ids(call, token, '?tag=vip')).toEqual([BEN_ID]);
    expect(await ids(call, token, `?tag=${encodeURIComponent('a "quoted" tag')}`)).toEqual([BEN_ID]);
    expect(await ids(call, token, '?tag=VIP')).toEqual([]);
    expect(await ids(call, token, '?unread=false')).toEqual([BEN_ID]);
    expect(await ids(call, token, '?unread=true&channel=messenger')).toHaveLength(3);
    expect(await ids(call, token, '?windowClosingWithin=120')).toEqual([`messenger:${PAGE}:6120459871230999`]);
    expect(await ids(call, token, '?windowClosingWithin=30')).toEqual([]);
  });

  test('search takes every character as it is', async () => {
    const { store, call } = await anOperatorApp({}, { target });
    const token = await anOperator(store);
    await threePeople(store);
    const search = (text: string) => ids(call, token, `?search=${encodeURIComponent(text)}`);

    expect(await search('ana LIM')).toEqual([ANA_ID]);
    expect(await search('HOW MUCH')).toEqual([ANA_ID]);
    expect(await search("o'neil")).toEqual([CARO_ID]);
    expect(await search("'s")).toEqual([CARO_ID]);
    expect(await search('100 %')).toEqual([BEN_ID]);
    expect(await search('n_w')).toEqual([BEN_ID]);
    expect(await search(BEN_ID)).toEqual([BEN_ID]);
    for (const none of ['%%', '__', String.raw`\\`, "' or 1=1 --", '"; drop table contacts; --', 'a%a'])
      expect(await search(none)).toEqual([]);
  });

  test('an operator of one Page sees no other, whatever they ask for', async () => {
    const { store, call } = await anOperatorApp({}, { target });
    const token = await anOperator(store, { pages: [PAGE] });
    const nobody = await anOperator(store, { name: 'nobody', pages: [] });
    await threePeople(store);

    expect(await ids(call, token)).toEqual([BEN_ID, ANA_ID]);
    expect(await ids(call, token, `?page=${OTHER_PAGE}`)).toEqual([]);
    expect(await ids(call, token, '?search=Caro')).toEqual([]);
    expect(await ids(call, nobody)).toEqual([]);
  });

  test('pages follow each other without a gap, while people wait and while they do not', async () => {
    const { store, call } = await anOperatorApp({}, { target });
    const token = await anOperator(store);
    const now = Date.now();
    const all = ['01', '02', '03', '04', '05', '06', '07'].map((n) => `61204598712300${n}`);
    // All at the same time: the id decides.
    await stored(store, ...all.map((psid) => aText('hi', { psid, at: now })));
    for (const psid of all.slice(0, 3))
      await store.handoffs.record(`messenger:${PAGE}:${psid}`, { state: 'waiting', at: now, reason: 'r' });

    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query = `?limit=2${cursor && `&cursor=${cursor}`}`;
      const { body } = await call(`/api/v1/conversations${query}`, { token });
      seen.push(...(body.items as { id: string }[]).map(({ id }) => id));
      cursor = body.nextCursor;
    }

    expect(seen).toEqual(await ids(call, token, '?limit=100'));
    expect(new Set(seen).size).toBe(7);
  });

  test('of 10,000 conversations any page comes in time', { timeout: 120_000 }, async () => {
    const { store, call, tables } = await anOperatorApp({}, { target });
    const token = await anOperator(store);
    await manyPeople(tables, { people: 10_000, messagesEach: 5 });

    const paths = [
      '',
      '?state=waiting',
      '?state=bot&limit=100',
      '?unread=true',
      '?search=parcel%207',
      '?tag=vip',
      '?snoozed=true',
    ];
    for (const path of paths) expect(await ids(call, token, path)).not.toEqual([]);
    // So many match that none is named to the database.
    expect(await ids(call, token, '?search=Example&limit=100')).toEqual(await ids(call, token, '?limit=100'));
    expect(await ids(call, token, '?search=message&limit=100')).toHaveLength(100);
    let [cursor, pages] = ['', 0];
    while (cursor !== null && pages < 5) {
      const { body } = await call(`/api/v1/conversations?limit=100${cursor && `&cursor=${cursor}`}`, { token });
      expect(body.items).toHaveLength(100);
      [cursor, pages] = [body.nextCursor, pages + 1];
    }
    expect(pages).toBe(5);
  });
});

test('a request with a mistake is told which part is wrong', async () => {
  const { store, call } = await anOperatorApp();
  const token = await anOperator(store);
  const wrong: [string, string][] = [
    ['limit=0', 'query.limit'],
    ['limit=101', 'query.limit'],
    ['limit=ten', 'query.limit'],
    ['state=asleep', 'query.state'],
    ['page=%27', 'query.page'],
    ['unread=perhaps', 'query.unread'],
    ['search=a', 'query.search'],
    ['cursor=nonsense', 'query.cursor'],
    [`cursor=${Buffer.from('[1,2]').toString('base64url')}`, 'query.cursor'],
    [`cursor=${Buffer.from('[true,"x",3]').toString('base64url')}`, 'query.cursor'],
    [`cursor=${Buffer.from('[true,1e300,"x"]').toString('base64url')}`, 'query.cursor'],
    [String.raw`cursor=${Buffer.from('[true,1,"\u0000"]').toString('base64url')}`, 'query.cursor'],
    ['search=a%00b', 'request'],
    ['limit=5&limit=6', 'query.limit'],
    ['colour=red', 'query'],
  ];
  for (const [query, field] of wrong) {
    const { status, body } = await call(`/api/v1/conversations?${query}`, { token });
    expect([query, status, body.code, body.errors?.[0]?.field]).toEqual([query, 400, 'request_invalid', field]);
  }
});
