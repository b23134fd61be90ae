import { describe, expect, test } from 'vitest';
import type { Store } from '../../../src/store/index.ts';
import type { NewSend } from '../../../src/store/ledger/index.ts';
import { SESSION_IDLE_MS } from '../../../src/store/operators/sessions.ts';
import { targets } from '../../store/targets.ts';
import { ANA, anEdit, aPostback, aRead, aText, PAGE } from '../../support/events.ts';
import { allow, refuse } from '../../support/verdicts.ts';
import { ANA_ID, anOperator, anOperatorApp, logIn, PASSWORD, stored } from './an-operator-app.ts';
import { heard, listen, listening, untilOpen } from './live-client.ts';

const OTHER_PAGE = '104857600999999';
const CARL_ID = `messenger:${OTHER_PAGE}:${ANA}`;
const iso = (at: number) => new Date(at).toISOString();

function aSend(ordinal: number): NewSend {
  return {
    sendId: `${ANA_ID}/7/${ordinal}`,
    conversation: ANA_ID,
    author: 'bot',
    purpose: 'reply',
    guarantee: 'at-least-once',
    message: { text: `answer ${ordinal}` },
  };
}

async function deadEvent({ inbox }: Store, text: string): Promise<void> {
  await stored({ inbox } as Store, aText(text));
  const [leased] = await inbox.lease([ANA_ID], { owner: 'a', now: Date.now(), expiresAt: Date.now() + 60_000 });
  const inboxId = leased?.items.at(-1)?.inboxId ?? 0;
  await inbox.markDead(ANA_ID, inboxId, 'It is too large', 'a');
}

describe.each(targets)('on $name', (target) => {
  test('what people do is heard: messages, edits, taps and receipts', async () => {
    const { store, url } = await anOperatorApp({}, { target });
    const stream = await listening(url, await anOperator(store, { role: 'viewer' }));
    const at = Date.now() - 5000;

    await stored(store, aText('Helo', { mid: 'm_1', at }));
    expect(await heard(stream, 2)).toEqual([
      ['conversation', expect.objectContaining({ id: ANA_ID, unread: true, lastActionAt: iso(at) })],
      ['messages', expect.objectContaining({ conversation: ANA_ID, removed: [] })],
    ]);

    await stored(store, anEdit('m_1', 'Hello', { at: at + 1000 }));
    const [conversation, messages] = await heard(stream, 2);
    expect(conversation).toMatchObject(['conversation', { lastLine: { author: 'person', text: 'Hello' } }]);
    expect(messages).toMatchObject(['messages', { items: [{ id: 'm_1', text: 'Hello', editedAt: iso(at + 1000) }] }]);

    await stored(store, aPostback('MENU', { at: at + 2000 }));
    expect(await heard(stream, 1)).toMatchObject([['conversation', { lastActionAt: iso(at + 2000) }]]);

    await stored(store, aRead(at + 3000));
    expect(await heard(stream, 1)).toEqual([
      ['receipts', { conversation: ANA_ID, deliveredUntil: null, readUntil: iso(at + 3000) }],
    ]);
    expect(stream.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
  });

  test('sends are heard: refused, waiting, sent', async () => {
    const { store, url } = await anOperatorApp({}, { target });
    await stored(store, aText('Hello'));
    const stream = await listening(url, await anOperator(store));
    const now = Date.now();

    await store.ledger.open(aSend(0), refuse, now);
    expect(await heard(stream, 1)).toMatchObject([
      ['messages', { items: [{ id: aSend(0).sendId, status: 'refused', reason: 'window_closed', text: 'answer 0' }] }],
    ]);

    await store.ledger.open(aSend(1), allow, now);
    await store.ledger.postpone(aSend(1).sendId, 'rate_limited', 1);
    expect(await heard(stream, 1)).toMatchObject([
      ['messages', { items: [{ id: aSend(1).sendId, status: 'pending', reason: 'rate_limited' }] }],
    ]);

    await store.ledger.confirm(aSend(1), 'm_sent', now);
    expect(await heard(stream, 2)).toMatchObject([
      ['conversation', { lastLine: { author: 'bot', text: 'answer 1' } }],
      ['messages', { items: [{ id: 'm_sent', status: 'sent', sendId: aSend(1).sendId }] }],
    ]);
  });

  test('what operators and the bot do is heard: handoffs, tags, notes, dead events, and that somebody is gone', async () => {
    const { store, url, call, tables } = await anOperatorApp({}, { target });
    const token = await anOperator(store);
    await deadEvent(store, 'Hello');
    const stream = await listening(url, token);
    const now = Date.now();

    await store.handoffs.record(ANA_ID, { state: 'waiting', at: now, reason: 'asked for a person' });
    expect(await heard(stream, 1)).toMatchObject([['conversation', { state: 'waiting', waitingSince: iso(now) }]]);
    await store.handoffs.snooze(ANA_ID, { until: now + 60_000, after: now });
    expect(await heard(stream, 1)).toMatchObject([['conversation', { snoozedUntil: iso(now + 60_000) }]]);
    await store.handoffs.record(ANA_ID, { state: 'operator', at: now + 1, reason: 'taken', by: 'Ada' });
    expect(await heard(stream, 1)).toMatchObject([['conversation', { state: 'operator', heldBy: 'Ada' }]]);
    await store.handoffs.record(ANA_ID, { state: 'bot', at: now + 2 });
    expect(await heard(stream, 1)).toMatchObject([['conversation', { state: 'bot', heldBy: null }]]);
    await store.handoffs.markSeen(ANA_ID, now + 3);
    expect(await heard(stream, 1)).toMatchObject([['conversation', { unread: false }]]);

    await store.contacts.changeTags(ANA_ID, { add: ['vip'], remove: [] });
    expect(await heard(stream, 1)).toMatchObject([['conversation', { tags: ['vip'] }]]);

    const path = `/api/v1/conversations/${ANA_ID}/notes`;
    const { body: note } = await call(path, { method: 'POST', token, body: { text: 'calls back' } });
    expect(await heard(stream, 1)).toEqual([['notes', { conversation: ANA_ID, items: [note], removed: [] }]]);
    await call(`${path}/${note.id}`, { method: 'DELETE', token });
    expect(await heard(stream, 1)).toEqual([['notes', { conversation: ANA_ID, items: [], removed: [note.id] }]]);

    await store.deadEvents.retry('all');
    expect(await heard(stream, 1)).toEqual([['dead_events', { page: PAGE, dead: 0 }]]);

    await tables.deleteFrom('contacts').execute();
    expect(await heard(stream, 1)).toEqual([['erased', { conversation: ANA_ID }]]);
  });

  test('a stream goes on at another api process after the last event that was heard', async () => {
    const { store, url, storeUrl } = await anOperatorApp({}, { target });
    const token = await anOperator(store);
    const first = await listening(url, token);
    await stored(store, aText('one', { mid: 'm_1' }));
    await heard(first, 2);
    const lastId = first.lastId();
    first.cut();
    await stored(store, aText('two', { mid: 'm_2' }));
    await store.contacts.changeTags(ANA_ID, { add: ['vip'], remove: [] });

    const other = await anOperatorApp({}, { at: storeUrl });
    const second = await listen(other.url, token, lastId);
    await stored(store, aText('three', { mid: 'm_3' }));

    expect(await heard(second, 4)).toMatchObject([
      ['conversation', { tags: ['vip'] }],
      ['messages', { items: [{ id: 'm_2' }] }],
      ['conversation', { lastLine: { text: 'three' } }],
      ['messages', { items: [{ id: 'm_3' }] }],
    ]);
    // Nothing more: with the newest id the stream begins with what comes next.
    const third = await listen(url, token, second.lastId());
    await stored(store, aText('four', { mid: 'm_4' }));
    expect((await heard(third, 2))[1]).toMatchObject(['messages', { items: [{ id: 'm_4' }] }]);
  });

  test('an id that cannot be gone on after says to read the lists again', async () => {
    const { store, url, tables } = await anOperatorApp({}, { target });
    const token = await anOperator(store);
    const first = await listening(url, token);
    await stored(store, aText('one'));
    await heard(first, 2);
    const lastId = first.lastId();
    const prefix = lastId.replace(/\d+$/, '');

    for (const id of ['nonsense', '7', '', `${prefix}1e9`, `${prefix}999999999`, `00000000-${lastId.split('-')[1]}`]) {
      const stream = await listen(url, token, id);
      expect(await heard(stream, 1), id).toEqual([['reset', { reason: 'id_unknown' }]]);
      // From there on it is a stream like any other.
      expect(stream.lastId()).toBe(lastId);
    }

    const receipts = { kind: 'receipts', conversation: ANA_ID } as const;
    const many = Array.from({ length: 3000 }, () => receipts);
    await tables.insertInto('changes').values(many).execute();
    expect((await heard(await listen(url, token, lastId), 1))[0]?.[0]).toBe('receipts');
    await tables.insertInto('changes').values(many).execute();
    expect(await heard(await listen(url, token, lastId), 1)).toEqual([['reset', { reason: 'too_far_behind' }]]);
  });

  test('nobody hears of Pages that they do not see, also not afterwards', async () => {
    const { store, url } = await anOperatorApp({}, { target });
    const all = await listening(url, await anOperator(store, { name: 'All' }));
    const some = await anOperator(store, { name: 'Some', pages: [OTHER_PAGE] });
    const stream = await listening(url, some);
    const start = stream.lastId();

    await deadEvent(store, 'secret');
    await store.notes.add(ANA_ID, { operator: 'All', text: 'secret', at: Date.now() });
    await stored(store, aText('mine', { page: OTHER_PAGE }));

    const mine = [
      ['conversation', { id: CARL_ID, page: OTHER_PAGE }],
      ['messages', { conversation: CARL_ID, items: [{ text: 'mine' }] }],
    ];
    expect(await heard(stream, 2)).toMatchObject(mine);
    expect(await heard(await listen(url, some, start), 2)).toMatchObject(mine);
    const kinds = new Set<string>();
    while (kinds.size < 4) for (const [kind] of await heard(all, 1)) kinds.add(kind);
    expect([...kinds].toSorted()).toEqual(['conversation', 'dead_events', 'messages', 'notes']);
  });

  test('a stream ends soon after its caller may not read any more', async () => {
    const { store, url, call } = await anOperatorApp({ live: { checkMs: 50 } }, { target });
    const disabled = await listening(url, await anOperator(store, { name: 'Disabled' }));
    const token = await anOperator(store, { name: 'Revoked' });
    const revoked = await listening(url, token);
    await store.operators.add({ name: 'Ada', role: 'agent', password: PASSWORD }, Date.now());
    const cookie = await logIn(call);
    const loggedOut = await listen(url, { cookie });
    const stays = await listening(url, await anOperator(store, { name: 'Stays' }));
    await untilOpen(call, 4);

    await store.operators.disable('Disabled', Date.now());
    await store.operators.revokeToken('Revoked', token.slice(0, 12));
    await call('/api/v1/session', { method: 'DELETE', cookie });

    expect(await disabled.next()).toBeUndefined();
    expect(await revoked.next()).toBeUndefined();
    expect(await heard(loggedOut, 2)).toEqual([['reset', { reason: 'connected' }]]);
    await untilOpen(call, 1);
    await stored(store, aText('Hello'));
    expect(await heard(stays, 1)).toMatchObject([['conversation', { id: ANA_ID }]]);
    expect((await call('/api/v1/live', { token })).status).toBe(401);
  });

  test('an open stream does not prolong a session', async () => {
    const { store } = await anOperatorApp({}, { target });
    const operator = await store.operators.add({ name: 'Ada', role: 'agent', password: PASSWORD }, Date.now());
    const now = Date.now();
    const sessionId = await store.operators.startSession(operator, now);
    const nearItsEnd = now + SESSION_IDLE_MS - 1;

    expect(await store.operators.readSession(sessionId, nearItsEnd)).toMatchObject({ operator });

    expect(await store.operators.readSession(sessionId, nearItsEnd + 1)).toBeUndefined();
  });

  test('a change is not lost when the store fails between the log and the rows', async () => {
    const { store, storeUrl } = await anOperatorApp({}, { target });
    let failures = 0;
    const listed: Store['conversations']['listed'] = async (ids, now) => {
      failures += ids.length;
      if (failures === 1) throw new Error('The store is gone for a moment');
      return store.conversations.listed(ids, now);
    };
    const failing = { ...store, conversations: { ...store.conversations, listed } };
    const { url, lines } = await anOperatorApp({ store: failing }, { at: storeUrl });
    const stream = await listening(url, await anOperator(store));

    await stored(store, aText('Hello', { mid: 'm_1' }));

    expect((await heard(stream, 2))[1]).toMatchObject(['messages', { items: [{ id: 'm_1' }] }]);
    expect(failures).toBe(2);
    expect(lines.map(({ msg }) => msg).slice(1)).toEqual([
      'Live updates wait: the store cannot be read',
      'Live updates go on',
    ]);
  });
});

describe.each(targets.filter(({ name }) => name === 'PostgreSQL'))('on $name', (target) => {
  test('a transaction that ends late is heard, also by those who were away, and one that is rolled back holds nobody up', async () => {
    const { store, url, storeUrl, tables } = await anOperatorApp({}, { target });
    const token = await anOperator(store);
    await stored(store, aText('Hello'));
    const inOrder = await listening(url, token);
    const change = (ref: string) => ({ kind: 'note', conversation: ANA_ID, ref }) as const;

    const rolledBack = await tables.startTransaction().execute();
    await rolledBack.insertInto('changes').values(change('rolled back')).execute();
    const late = await tables.startTransaction().execute();
    await late.insertInto('changes').values(change('late')).execute();
    await rolledBack.rollback().execute();
    await tables.insertInto('changes').values(change('early')).execute();
    expect(await heard(inOrder, 1)).toMatchObject([['notes', { removed: ['early'] }]]);
    const away = inOrder.lastId();
    await late.commit().execute();

    expect(await heard(inOrder, 1)).toMatchObject([['notes', { removed: ['late'] }]]);
    const back = await listen(url, token, away);
    expect(await heard(back, 1)).toMatchObject([['notes', { removed: ['late'] }]]);
    // A process that begins to listen in between hears of it as well.
    const other = await anOperatorApp({}, { at: storeUrl });
    const open = await tables.startTransaction().execute();
    await open.insertInto('changes').values(change('open')).execute();
    await tables.insertInto('changes').values(change('before')).execute();
    const later = await listening(other.url, token);
    await open.commit().execute();
    expect(await heard(later, 1)).toMatchObject([['notes', { removed: ['open'] }]]);
  });
});
