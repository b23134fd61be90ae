import { describe, expect, test } from 'vitest';
import type { ConversationId } from '../../../src/domain/conversation-id.ts';
import { leadId } from '../../../src/domain/lead.ts';
import type { Tables } from '../../../src/store/db/tables.ts';
import { storedInPlain } from '../../../src/store/encryption/encrypted.ts';
import { targets } from '../../store/targets.ts';
import { ANA, aText, BEN, PAGE } from '../../support/events.ts';
import { ANA_ID, anOperator, anOperatorApp, stored } from './an-operator-app.ts';

const OTHER_PAGE = '104857600999999';
const CARO_ID: ConversationId = `messenger:${OTHER_PAGE}:${ANA}`;
const BEN_ID: ConversationId = `messenger:${PAGE}:${BEN}`;
const DAY = Date.parse('2026-10-06T00:00:00.000Z');
const MINUTE_MS = 60_000;

type Line = [author: Tables['messages']['author'], minute: number, conversation?: ConversationId];

function messagesOf(lines: readonly Line[]): Tables['messages'][] {
  return lines.map(([author, minute, conversation = ANA_ID], index) => ({
    page_id: conversation === CARO_ID ? OTHER_PAGE : PAGE,
    mid: `m_${index}`,
    conversation,
    author,
    text: storedInPlain('x'),
    at: DAY + minute * MINUTE_MS,
    edited_at: null,
    deleted_at: null,
    send_id: null,
    attachments_json: null,
  }));
}

describe.each(targets)('on $name', (target) => {
  test('numbers per day and Page count what is stored, and nothing of other days or Pages', async () => {
    const { store, call, tables } = await anOperatorApp({}, { target });
    const token = await anOperator(store, { role: 'viewer' });
    const onlyOther = await anOperator(store, { name: 'other', pages: [OTHER_PAGE] });
    await stored(
      store,
      aText('x', { at: DAY - 1 }),
      aText('x', { psid: BEN, at: DAY - 1 }),
      aText('x', { page: OTHER_PAGE, at: DAY - 1 }),
    );
    const lines: Line[] = [
      // Two messages are one question, which both answer; the bot's second message is no first reply.
      ['person', 10],
      ['person', 11],
      ['bot', 12],
      ['bot', 13],
      ['human', 30],
      ['person', 40],
      ['bot', 44],
      // Answered the next day.
      ['person', 50, BEN_ID],
      ['human', 24 * 60 + 50, BEN_ID],
      ['person', 60, CARO_ID],
      ['other_app', 61, CARO_ID],
      // Another day: not counted.
      ['person', 24 * 60 + 60],
    ];
    await tables.insertInto('messages').values(messagesOf(lines)).execute();
    const send = {
      author: 'bot',
      purpose: 'reply',
      guarantee: 'at-least-once',
      message_json: storedInPlain('{}'),
      attempts: 0,
    };
    const ended = { ...send, message_id: null, doubtful_since: null, settled_at: DAY };
    await tables
      .insertInto('sends')
      .values([
        { ...ended, send_id: 'a', conversation: ANA_ID, status: 'refused', code: 'window_closed', created_at: DAY + 1 },
        { ...ended, send_id: 'b', conversation: ANA_ID, status: 'refused', code: 'window_closed', created_at: DAY + 2 },
        { ...ended, send_id: 'c', conversation: ANA_ID, status: 'failed', code: 'policy', created_at: DAY + 3 },
        { ...ended, send_id: 'd', conversation: ANA_ID, status: 'refused', code: 'opted_out', created_at: DAY - 1 },
      ])
      .execute();
    // What wrote a message is in the ledger: the first answer, and messages of a sequence, in parts and uploaded again.
    const sent = { ...ended, status: 'sent', created_at: DAY, conversation: ANA_ID } as const;
    const ofSequence = (conversation: ConversationId, tail: string) => ({
      ...sent,
      send_id: `${conversation}/i1/spring-offer/${tail}`,
      source: 'sequence spring-offer',
      conversation,
    });
    const sequence = [
      ofSequence(ANA_ID, '0'),
      ofSequence(ANA_ID, '0.1'),
      ofSequence(ANA_ID, '0.2'),
      ofSequence(BEN_ID, '0.again'),
      ofSequence(ANA_ID, '11'),
    ];
    await tables
      .insertInto('sends')
      .values([...sequence, { ...sent, send_id: `${ANA_ID}/i1/0`, source: 'plugin faq' }])
      .execute();
    await tables
      .updateTable('messages')
      .set({ send_id: `${ANA_ID}/i1/0` })
      .where('mid', '=', 'm_2')
      .execute();
    const said = sequence.map(({ send_id, conversation }, index) => ({
      ...messagesOf([['bot', 13 * 60 + index, conversation]])[0]!,
      mid: `m_sequence${index}`,
      send_id,
    }));
    await tables.insertInto('messages').values(said).execute();
    const lead = { form: 'order', fields: { city: 'Faro' }, at: DAY + 5 };
    await store.leads.save({ ...lead, leadId: leadId(ANA_ID, '1', 'order', 0), conversation: ANA_ID });
    const reason = 'asked';
    for (const [conversation, state, minute] of [
      [ANA_ID, 'waiting', 60],
      // They ask again while they wait.
      [ANA_ID, 'waiting', 61],
      [ANA_ID, 'operator', 62],
      [ANA_ID, 'operator', 70],
      [ANA_ID, 'bot', 80],
      [ANA_ID, 'waiting', 90],
      [ANA_ID, 'bot', 95],
      [ANA_ID, 'waiting', 100],
      [BEN_ID, 'waiting', 30],
      [BEN_ID, 'operator', 39],
      // Late and repeated.
      [BEN_ID, 'waiting', 30],
      [BEN_ID, 'operator', 39],
      [CARO_ID, 'waiting', 30],
    ] as const)
      await store.handoffs.record(conversation, { state, at: DAY + minute * MINUTE_MS, reason });

    const { status, body } = await call('/api/v1/numbers?from=2026-10-06&to=2026-10-06', { token });

    expect(status).toBe(200);
    expect(body.items).toEqual([
      {
        day: '2026-10-06',
        page: PAGE,
        messages: { person: 4, bot: 8, operator: 1, otherApp: 0 },
        firstReply: {
          bot: { answered: 3, p50Ms: 4 * MINUTE_MS, p95Ms: 733 * MINUTE_MS },
          operator: { answered: 2, p50Ms: 20 * MINUTE_MS, p95Ms: 24 * 60 * MINUTE_MS },
        },
        answeredBy: { 'plugin faq': 1, 'sequence spring-offer': 1, unknown: 1 },
        unanswered: 0,
        handoffs: {
          answered: { answered: 2, p50Ms: 2 * MINUTE_MS, p95Ms: 9 * MINUTE_MS },
          waiting: 1,
          leftToBot: 1,
        },
        sequenceSteps: [
          { sequence: 'spring-offer', step: 1, people: 2 },
          { sequence: 'spring-offer', step: 12, people: 1 },
        ],
        refused: { window_closed: 2 },
        leads: 1,
      },
      {
        day: '2026-10-06',
        page: OTHER_PAGE,
        messages: { person: 1, bot: 0, operator: 0, otherApp: 1 },
        firstReply: { bot: null, operator: null },
        answeredBy: {},
        unanswered: 1,
        handoffs: { answered: null, waiting: 1, leftToBot: 0 },
        sequenceSteps: [],
        refused: {},
        leads: 0,
      },
    ]);
    const ofOther = await call('/api/v1/numbers?from=2026-10-06&to=2026-10-06', { token: onlyOther });
    expect(ofOther.body.items).toEqual(body.items.slice(1));
    const foreign = await call(`/api/v1/numbers?from=2026-10-06&to=2026-10-06&page=${PAGE}`, { token: onlyOther });
    expect(foreign.body.items).toEqual([]);
  });

  test('leads and funnels are those of the Pages that the operator sees', async () => {
    const { store, call } = await anOperatorApp({}, { target });
    const token = await anOperator(store, { role: 'viewer' });
    const onlyOther = await anOperator(store, { name: 'other', pages: [OTHER_PAGE] });
    await stored(store, aText('x'), aText('x', { page: OTHER_PAGE }));
    await store.contacts.saveProfile(CARO_ID, { firstName: 'Caro' }, DAY);
    const fields = { city: 'Faro' };
    for (const [n, conversation] of [ANA_ID, CARO_ID, ANA_ID].entries())
      await store.leads.save({ leadId: `l${n}`, conversation, form: n === 2 ? 'other' : 'order', fields, at: DAY + n });
    await store.funnels.recordStep(ANA_ID, 'order', 'asked', DAY);
    await store.funnels.recordStep(CARO_ID, 'order', 'asked', DAY);
    const ids = async (query: string, as = token) => {
      const { body } = await call(`/api/v1/leads${query}`, { token: as });
      return (body.items as { id: string }[]).map(({ id }) => id);
    };

    expect(await ids('')).toEqual(['l0', 'l1', 'l2']);
    expect(await ids('?form=order')).toEqual(['l0', 'l1']);
    expect(await ids(`?since=${new Date(DAY + 2).toISOString()}`)).toEqual(['l2']);
    expect(await ids('', onlyOther)).toEqual(['l1']);
    expect(await ids(`?conversation=${ANA_ID}`)).toEqual(['l0', 'l2']);
    expect(await ids(`?conversation=${ANA_ID}`, onlyOther)).toEqual([]);
    await store.leads.save({ leadId: 'l3', conversation: CARO_ID, form: 'x', fields: { city: '=1+1' }, at: DAY + 3 });
    const file = await call('/api/v1/leads.csv', { token: onlyOther });
    expect(file.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="leads.csv"',
    });
    const [head, ...rows] = file.text.trimEnd().split('\r\n');
    expect(head).toBe('id,form,at,page,person,city,consent,consent given,consent at');
    expect(rows).toEqual([expect.stringContaining(',Faro,'), expect.stringContaining(",'=1+1,")]);
    expect((await call('/api/v1/leads.csv?form=nothing', { token })).text.trimEnd().split('\r\n')).toHaveLength(1);
    const { body } = await call('/api/v1/leads?limit=2', { token });
    expect(await ids(`?cursor=${body.nextCursor}`)).toEqual(['l2', 'l3']);
    expect(await ids('?order=newest')).toEqual(['l3', 'l2', 'l1', 'l0']);
    const newest = await call('/api/v1/leads?limit=2&order=newest', { token });
    expect(await ids(`?order=newest&cursor=${newest.body.nextCursor}`)).toEqual(['l1', 'l0']);
    expect(body.items[1]).toMatchObject({ name: 'Caro', fields, consent: null });

    const funnel = { funnel: 'order', step: 'asked', last: 1, afterMs: 0 };
    expect((await call('/api/v1/funnels', { token })).body.items).toEqual([{ ...funnel, people: 2, last: 2 }]);
    expect((await call('/api/v1/funnels', { token: onlyOther })).body.items).toEqual([{ ...funnel, people: 1 }]);
  });

  test('dead events are retried and dropped by an admin, on their own Pages alone', async () => {
    const { store, call, tables } = await anOperatorApp({}, { target });
    const admin = await anOperator(store, { role: 'admin' });
    const ofOther = await anOperator(store, { name: 'other', role: 'admin', pages: [OTHER_PAGE] });
    await stored(store, aText('one'), aText('two', { page: OTHER_PAGE }), aText('three'));
    await tables.updateTable('inbox').set({ status: 'dead', reason: 'too large' }).execute();
    const list = async (token: string, query = '') => (await call(`/api/v1/dead-events${query}`, { token })).body;
    const { items } = await list(admin);
    const [one, two, three] = (items as { id: number }[]).map(({ id }) => id);
    expect(items[0]).toMatchObject({ conversation: ANA_ID, kind: 'message', reason: 'too large' });
    expect(JSON.stringify(items)).not.toContain('one');
    expect((await list(ofOther)).items).toHaveLength(1);

    const change = (path: string, token: string, ids: unknown) =>
      call(`/api/v1/dead-events/${path}`, { method: 'POST', token, body: { ids } });
    expect((await change('drop', ofOther, [one, two])).body).toEqual({ changed: [two] });
    expect((await change('retry', admin, [one, two, 99_999])).body).toEqual({ changed: [one], released: [] });
    expect((await change('retry', admin, [])).status).toBe(400);
    expect((await change('retry', admin, ['1 or 1=1'])).status).toBe(400);

    expect((await list(admin)).items).toMatchObject([{ id: three }]);
    expect((await list(admin, `?cursor=${Buffer.from(String(three)).toString('base64url')}`)).items).toEqual([]);
    const rows = await tables.selectFrom('inbox').select(['id', 'status']).orderBy('id').execute();
    expect(rows.map(({ status }) => status)).toEqual(['pending', 'stored', 'dead']);
  });

  test('quarantined workflows are listed with the dead events and retried, on their own Pages alone', async () => {
    const { store, call } = await anOperatorApp({}, { target });
    const admin = await anOperator(store, { role: 'admin' });
    const ofOther = await anOperator(store, { name: 'other', role: 'admin', pages: [OTHER_PAGE] });
    const viewer = await anOperator(store, { name: 'viewer', role: 'viewer' });
    const ids = [ANA_ID, `sequence:nap:${CARO_ID}`, 'broadcast:spring'];
    for (const [index, workflowId] of ids.entries()) {
      const strike = { workflowId, runId: 'r', task: 3, build: 'b', at: DAY + index };
      await store.quarantine.strike({ ...strike, mark: '1', reason: 'stuck' });
      await store.quarantine.strike({ ...strike, mark: '2', reason: 'process_died' });
    }
    await store.quarantine.strike({
      workflowId: BEN_ID,
      runId: 'r',
      task: 1,
      build: 'b',
      at: DAY,
      mark: '1',
      reason: 'stuck',
    });
    const list = async (token: string, query = '') =>
      (await call(`/api/v1/dead-events${query}`, { token })).body.workflows as { id: string }[];
    const idsOf = async (token: string, query = '') => (await list(token, query)).map(({ id }) => id);
    expect(await list(viewer)).toMatchObject([
      {
        id: ANA_ID,
        conversation: ANA_ID,
        strikes: 2,
        reason: 'process_died',
        words: expect.stringContaining('died'),
        at: new Date(DAY).toISOString(),
      },
      { id: ids[1], conversation: CARO_ID },
      { id: ids[2], conversation: null },
    ]);
    expect(await idsOf(ofOther)).toEqual([ids[1]]);
    expect(await idsOf(admin, `?page=${PAGE}`)).toEqual([ANA_ID]);
    expect(await idsOf(admin, `?cursor=${Buffer.from('1').toString('base64url')}`)).toEqual([]);

    const retry = (token: string, body: unknown) => call('/api/v1/dead-events/retry', { method: 'POST', token, body });
    expect((await retry(viewer, { workflows: ids })).status).toBe(403);
    expect((await retry(admin, {})).status).toBe(400);
    expect((await retry(ofOther, { workflows: ids })).body).toEqual({ changed: [], released: [ids[1]] });
    expect((await retry(admin, { ids: [1], workflows: [...ids, BEN_ID] })).body).toEqual({
      changed: [],
      released: [ids[2], ANA_ID],
    });
    expect(await idsOf(admin)).toEqual([]);
    expect((await store.quarantine.count()).struck).toBe(1);
    const drop = await call('/api/v1/dead-events/drop', { method: 'POST', token: admin, body: { workflows: ids } });
    expect(drop.status).toBe(400);
  });
});

test('days that are no days are told', async () => {
  const { store, call } = await anOperatorApp();
  const token = await anOperator(store);
  for (const query of [
    'from=2026-10-06',
    'from=yesterday&to=2026-10-06',
    'from=2026-13-45&to=2026-13-46',
    'from=2026-10-07&to=2026-10-06',
    'from=2026-01-01&to=2026-12-31',
  ])
    expect((await call(`/api/v1/numbers?${query}`, { token })).body).toMatchObject({
      status: 400,
      code: 'request_invalid',
    });
});
