import { describe, expect, test } from 'vitest';
import type { Database } from '../../../src/store/db/database.ts';
import type { SendsTable } from '../../../src/store/db/tables.ts';
import { storedInPlain } from '../../../src/store/encryption/encrypted.ts';
import { targets } from '../../store/targets.ts';
import { aPhoto, ANA, anEdit, aRead, aText, PAGE } from '../../support/events.ts';
import { ANA_ID, anOperator, anOperatorApp, stored, type Call } from './an-operator-app.ts';

const HOUR_MS = 3_600_000;
const PATH = `/api/v1/conversations/${ANA_ID}`;
const iso = (at: number) => new Date(at).toISOString();

async function aSend(db: Database['db'], send: Partial<SendsTable> & Pick<SendsTable, 'send_id'>): Promise<void> {
  await db
    .insertInto('sends')
    .values({
      conversation: ANA_ID,
      author: 'bot',
      purpose: 'reply',
      guarantee: 'at-least-once',
      message_json: storedInPlain(JSON.stringify({ text: `text of ${send.send_id}` })),
      status: 'sent',
      code: null,
      message_id: null,
      attempts: 1,
      created_at: 0,
      doubtful_since: null,
      settled_at: null,
      ...send,
    })
    .execute();
}

async function everyPage(call: Call, token: string, query: string): Promise<string[]> {
  const seen: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const { body } = await call(`${PATH}/messages?limit=2${query}${cursor && `&cursor=${cursor}`}`, { token });
    seen.push(...(body.items as { text: string }[]).map(({ text }) => text));
    cursor = body.nextCursor;
  }
  return seen;
}

describe.each(targets)('on $name', (target) => {
  test('one conversation is read with the person, who answers, and what Meta allows now', async () => {
    const { store, call } = await anOperatorApp({}, { target });
    const token = await anOperator(store, { role: 'viewer' });
    const now = Date.now();
    await stored(store, aText('Hello', { at: now - 30 * HOUR_MS }));
    await store.contacts.saveProfile(ANA_ID, { firstName: 'Ana', locale: 'pt_PT' }, now);
    await store.handoffs.record(ANA_ID, { state: 'operator', at: now, reason: 'taken', by: 'Ada' });

    const { status, body } = await call(PATH, { token });

    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: ANA_ID,
      name: 'Ana',
      state: 'operator',
      heldBy: 'Ada',
      contact: { psid: ANA, locale: 'pt_PT', lastName: null, optedOutAt: null, lastActionAt: iso(now - 30 * HOUR_MS) },
      notes: [],
      sequences: null,
      progress: null,
      missing: expect.stringContaining('did not answer within a second'),
      verdict: {
        bot: {
          status: 'refused',
          as: null,
          reason: 'window_closed',
          words: 'More than 24 hours have passed since the person last wrote.',
          allowedAfter: 'their next action',
          until: null,
        },
        operator: {
          status: 'allowed',
          as: 'HUMAN_AGENT',
          reason: null,
          words: null,
          allowedAfter: null,
          until: iso(now - 30 * HOUR_MS + 7 * 24 * HOUR_MS - 60_000),
        },
      },
    });
  });

  test('one conversation has what else is known of the person: external ids, the newest leads, the owner of the thread', async () => {
    const { store, call } = await anOperatorApp({}, { target });
    const token = await anOperator(store, { role: 'viewer' });
    const at = Date.now() - HOUR_MS;
    await stored(store, aText('Hello', { at }));
    expect((await call(PATH, { token })).body).toMatchObject({ externalIds: [], leads: [] });
    await store.externalIds.link(ANA_ID, [{ system: 'shop', id: '4711' }], at);
    for (let n = 0; n < 12; n += 1)
      await store.leads.save({
        leadId: `l${n}`,
        conversation: ANA_ID,
        form: 'contact',
        fields: { email: `ana${n}@example.com` },
        at: at + n,
      });
    await store.leads.save({ leadId: 'b', conversation: `messenger:${PAGE}:1`, form: 'contact', fields: {}, at });

    const { body } = await call(PATH, { token });

    expect(body.externalIds).toEqual([{ system: 'shop', id: '4711', since: iso(at) }]);
    expect(body.leads).toHaveLength(10);
    expect(body.leads[0]).toEqual({
      id: 'l11',
      form: 'contact',
      fields: { email: 'ana11@example.com' },
      at: iso(at + 11),
    });
    expect(body.contact).toMatchObject({ threadOwner: null, adWindowUntil: null });
    expect(Date.parse(body.contact.firstSeenAt)).toBeGreaterThan(at);
  });

  test('the time of a verdict is that of the person, and a Page that is held says so', async () => {
    const now = Date.now();
    const { store, call } = await anOperatorApp({ clock: { now: () => now + 8 * 24 * HOUR_MS } }, { target });
    const token = await anOperator(store);
    await stored(store, aText('Hello', { at: now }));
    expect((await call(PATH, { token })).body.verdict.operator).toMatchObject({
      status: 'refused',
      reason: 'window_closed',
    });

    await stored(store, aText('Hello again', { at: now + 8 * 24 * HOUR_MS }));
    await store.circuitBreakers.open(PAGE, { reason: 'token_invalid', code: '190', now });

    expect((await call(PATH, { token })).body.verdict.bot).toMatchObject({ status: 'held', reason: 'token_invalid' });
  });

  test('the transcript has authors, marks, attachments and the sends that did not get there', async () => {
    const { store, call, tables } = await anOperatorApp({}, { target });
    const token = await anOperator(store);
    const at = Date.now() - HOUR_MS;
    await stored(store, aText('Helo', { at, mid: 'm_1' }), anEdit('m_1', 'Hello', { at: at + 500 }));
    await stored(
      store,
      aPhoto('https://cdn.example/p.jpg', { at: at + 1000, mid: 'm_2' }),
      aRead(at + 3000, { at: at + 3500 }),
    );
    const said = { page_id: PAGE, conversation: ANA_ID, edited_at: null, deleted_at: null, attachments_json: null };
    await tables
      .insertInto('messages')
      .values([
        { ...said, mid: 'm_3', author: 'bot', text: storedInPlain('Hi'), at: at + 3000, send_id: 's3' },
        { ...said, mid: 'm_4', author: 'human', text: storedInPlain('Ada here'), at: at + 4000, send_id: 's4' },
        { ...said, mid: 'm_5', author: 'other_app', text: storedInPlain('An offer'), at: at + 5000, send_id: null },
        { ...said, mid: 'm_6', author: 'person', text: null, at: at + 6000, send_id: null, deleted_at: at + 7000 },
      ])
      .execute();
    await aSend(tables, { send_id: 's3', status: 'sent', created_at: at + 3000 });
    await aSend(tables, { send_id: 's5', status: 'refused', code: 'window_closed', created_at: at + 5500 });
    await aSend(tables, {
      send_id: 's6',
      status: 'waiting',
      code: 'token_invalid',
      created_at: at + 6000,
      author: 'human',
    });
    await aSend(tables, { send_id: 's7', status: 'doubtful', created_at: at + 7000 });
    await aSend(tables, { send_id: 's8', status: 'unknown', code: 'no_echo', created_at: at + 8000 });
    await aSend(tables, { send_id: 's9', status: 'failed', code: 'text_too_long', created_at: at + 9000 });

    const { body } = await call(`${PATH}/messages?order=oldest`, { token });

    const shown = (body.items as Record<string, unknown>[]).map(({ author, text, status, reason }) => [
      author,
      text,
      status,
      reason,
    ]);
    expect(shown).toEqual([
      ['person', 'Hello', 'received', null],
      ['person', null, 'received', null],
      ['bot', 'Hi', 'read', null],
      ['operator', 'Ada here', 'sent', null],
      ['other_app', 'An offer', 'sent', null],
      ['bot', 'text of s5', 'refused', 'window_closed'],
      ['operator', 'text of s6', 'pending', 'token_invalid'],
      ['bot', 'text of s7', 'pending', 'waits_for_echo'],
      ['bot', 'text of s8', 'unknown', 'no_echo'],
      ['bot', 'text of s9', 'failed', 'text_too_long'],
    ]);
    expect(body.items[0]).toMatchObject({ id: 'm_1', editedAt: iso(at + 500), sendId: null, words: null });
    expect(body.items[1].attachments).toEqual([{ type: 'image', url: 'https://cdn.example/p.jpg' }]);
    expect(body.items[9]).toMatchObject({ sendId: 's9', words: 'The message cannot be built.' });
  });

  test('pages of the transcript follow each other in both orders, also where all is of one time', async () => {
    const { store, call, tables } = await anOperatorApp({}, { target });
    const token = await anOperator(store);
    const at = Date.now();
    await stored(store, aText('1', { at, mid: 'm_A' }), aText('2', { at, mid: 'm_b' }), aText('3', { at, mid: 'm_C' }));
    await aSend(tables, { send_id: 'sA', status: 'refused', code: 'window_closed', created_at: at });
    await aSend(tables, { send_id: 'sb', status: 'refused', code: 'window_closed', created_at: at });
    await stored(store, aText('4', { at: at + 1 }));

    const oldest = await everyPage(call, token, '&order=oldest');
    const newest = await everyPage(call, token, '');

    expect(oldest).toHaveLength(6);
    expect(new Set(oldest).size).toBe(6);
    expect(oldest.at(-1)).toBe('4');
    expect(newest).toEqual(oldest.toReversed());
  });

  test('an unknown person, a foreign Page and a text that is no id get the same answer', async () => {
    const { store, call } = await anOperatorApp({}, { target });
    const token = await anOperator(store, { pages: ['104857600999999'] });
    const all = await anOperator(store, { name: 'all' });
    await stored(store, aText('Hello'));
    const unknown = `/api/v1/conversations/messenger:${PAGE}:1`;

    const answers = [
      await call(PATH, { token }),
      await call(`${PATH}/messages`, { token }),
      await call(`${PATH}/notes`, { token }),
      await call(`${PATH}/notes`, { token, method: 'POST', body: { text: 'x' } }),
      await call(`${PATH}/tags/vip`, { token, method: 'PUT' }),
      await call(`${PATH}/opt-out`, { token, method: 'POST' }),
      await call(`${PATH}/seen`, { token, method: 'POST' }),
      await call(unknown, { token: all }),
      await call(`/api/v1/conversations/${encodeURIComponent("' or 1=1 --")}`, { token: all }),
      await call(`/api/v1/conversations/messenger:${PAGE}:${'9'.repeat(200)}`, { token: all }),
    ];

    expect(answers[0]?.body).toMatchObject({ status: 404, code: 'not_found' });
    for (const { text } of answers) expect(text).toBe(answers[0]?.text);
    const contact = await store.contacts.find(ANA_ID);
    expect([contact?.tags, contact?.optedOutAt]).toEqual([undefined, undefined]);
  });
});
