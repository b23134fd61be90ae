import { describe, expect, test } from 'vitest';
import { causeStep } from '../../../src/api/operator/views/trace.ts';
import * as causes from '../../../src/domain/cause.ts';
import { operatorSendId, turnSendId } from '../../../src/domain/send-id.ts';
import type { Store } from '../../../src/store/index.ts';
import type { NewSend, SendVerdict } from '../../../src/store/ledger/index.ts';
import type { ConversationView } from '../../../src/workflows/contract/index.ts';
import { targets } from '../../store/targets.ts';
import { ANA, anEcho, aPostback, aRead, aText, PAGE, PAGE_INBOX_APP } from '../../support/events.ts';
import { ANA_ID, anOperator, anOperatorApp, stored, type Call } from './an-operator-app.ts';
import { NO_TEMPORAL } from './no-temporal.ts';

const OTHER_PAGE = '104857600999999';
const ALLOWED: SendVerdict = { status: 'allowed', sendClass: { messaging_type: 'RESPONSE' } };

interface Step {
  readonly what: string;
  readonly words: string;
  readonly at: string | null;
  readonly by: string | null;
  readonly reason: string | null;
  readonly sendId: string | null;
}

async function traceOf(call: Call, token: string, id: string) {
  const { status, body } = await call(`/api/v1/trace/${encodeURIComponent(id)}`, { token });
  return { status, body, steps: (body.steps ?? []) as Step[] };
}

/** An event of Ana that was dispatched; resolves to its inbox id. */
async function dispatched(store: Store, item: Parameters<typeof stored>[1], at: number): Promise<number> {
  await stored(store, item);
  const [leased] = await store.inbox.lease([ANA_ID], { owner: 'a', now: at, expiresAt: at + 9000 });
  const id = leased?.items.at(-1)?.inboxId ?? 0;
  await store.inbox.markDispatched(ANA_ID, [id], 'a', at);
  return id;
}

function aSend(inboxId: number, ordinal: number, others: Partial<NewSend> = {}): NewSend {
  return {
    sendId: turnSendId(ANA_ID, `i${inboxId}`, ordinal),
    conversation: ANA_ID,
    author: 'bot',
    purpose: 'reply',
    guarantee: 'at-least-once',
    message: { text: 'secret words' },
    source: 'plugin faq',
    ...others,
  };
}

/** Conversations that are open and remember these turns. */
const remembering = (turns: NonNullable<ConversationView['turns']>) => ({
  ...NO_TEMPORAL,
  view: async () => ({ sequences: [], progress: [], turns }),
});

describe.each(targets)('on $name', (target) => {
  test("a message is followed from the webhook over the plugins' answers and its sends to the receipts", async () => {
    const turns: { events: number[]; at: number; answers: string[] }[] = [];
    const { store, call } = await anOperatorApp({ workflows: remembering(turns) }, { target });
    const token = await anOperator(store, { role: 'viewer' });
    const at = Date.now() - 60_000;
    const inboxId = await dispatched(store, aText('Hello', { at, mid: 'm_in' }), at + 10);
    turns.push({
      events: [inboxId],
      at: at + 20,
      answers: [
        'onMessage failed welcome',
        'onMessage pass menu',
        'onMessage handled faq',
        'fallback handled the fallback',
      ],
    });
    const [first, second] = [aSend(inboxId, 0), aSend(inboxId, 1, { source: 'the fallback' })];
    await store.ledger.open(first, () => ALLOWED, at + 30);
    await store.ledger.confirm(first, 'm_out', at + 40);
    await stored(store, anEcho('secret words', { mid: 'm_out', metadata: store.ledger.metadataOf(first.sendId) }));
    await store.ledger.open(
      second,
      () => ({ status: 'refused', reason: 'opted_out', allowedAfter: 'their next action' }),
      at + 50,
    );
    await stored(store, aRead(at + 45, { at: at + 45 }));

    const { status, body, steps } = await traceOf(call, token, 'm_in');

    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: 'm_in',
      conversation: ANA_ID,
      event: { id: `i${inboxId}`, kind: 'message', at: new Date(at).toISOString() },
      missing: [],
    });
    expect(steps.map(({ what, by, reason, sendId }) => [what, by, reason, sendId])).toEqual([
      ['received', null, null, null],
      ['stored', null, null, null],
      ['dispatched', null, null, null],
      ['answered', 'welcome', null, null],
      ['answered', 'menu', null, null],
      ['answered', 'faq', null, null],
      ['answered', 'the fallback', null, null],
      ['verdict', 'plugin faq', null, first.sendId],
      ['called', null, null, first.sendId],
      ['sent', null, null, first.sendId],
      ['verdict', 'the fallback', 'opted_out', second.sendId],
      ['echoed', null, null, first.sendId],
      ['delivered', null, null, first.sendId],
      ['read', null, null, first.sendId],
    ]);
    expect(steps[3]?.words).toBe('welcome failed; what it did besides sending was undone (onMessage).');
    expect(steps[7]?.words).toBe("Meta's rules allow it as RESPONSE.");
    expect(JSON.stringify(body)).not.toContain('secret words');

    // The same by the event's id; and the message that Meta took, by its id and by the send's.
    expect((await traceOf(call, token, `i${inboxId}`)).steps).toEqual(steps);
    const ofSend = await traceOf(call, token, first.sendId);
    expect(ofSend.steps).toEqual(steps.filter(({ sendId }) => sendId === null || sendId === first.sendId));
    expect((await traceOf(call, token, 'm_out')).steps).toEqual(ofSend.steps);
  });

  test("an operator's message begins with their request, each time that they sent it", async () => {
    const { store, call, tables } = await anOperatorApp({}, { target });
    const token = await anOperator(store);
    await stored(store, aText('Hello'));
    const write = { operator: 'Mia', interface: 'desk', action: 'sendMessage', requestKey: 'key1' } as const;
    const logged = async (at: number, status?: number, conversation = ANA_ID) => {
      const start = await store.operatorLog.begin({ ...write, conversation, at });
      if (status !== undefined && start.status === 'new')
        await store.operatorLog.end(start.logId, { ...write, at }, status, undefined);
    };
    const now = Date.now();
    await logged(now);
    await logged(now + 1, 201);
    await logged(now + 2, 201, `messenger:${PAGE}:1`);
    const send = aSend(0, 0, {
      sendId: operatorSendId(ANA_ID, 'key1'),
      author: 'human',
      source: 'an operator',
      operator: 'Mia',
    });
    await store.ledger.open(
      send,
      () => ({ ...ALLOWED, sendClass: { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' } }),
      now + 5,
    );
    await store.ledger.markUnconfirmed(send.sendId, 'no_answer', 1, now + 6);

    const { steps } = await traceOf(call, token, send.sendId);

    expect(steps.map(({ words }) => words)).toEqual([
      'Mia called sendMessage (desk): the api ended before it answered.',
      'Mia called sendMessage (desk): answered with 201.',
      "Meta's rules allow it as HUMAN_AGENT.",
      'Meta was called.',
      'Nobody knows whether Meta took it; its echo will tell. A worker called Meta for it, and recorded no answer.',
    ]);
    const { body } = await call(`/api/v1/conversations/${ANA_ID}/messages`, { token });
    expect(body.items[0]).toMatchObject({ author: 'operator', authorName: 'Mia', status: 'pending' });
    await store.ledger.confirm(send, 'm_mia', now + 7);
    const after = await call(`/api/v1/conversations/${ANA_ID}/messages`, { token });
    expect(
      after.body.items.map((item: Record<string, unknown>) => [item['author'], item['authorName']]),
    ).toContainEqual(['operator', 'Mia']);
    expect(await tables.selectFrom('sends').select(['operator', 'source', 'sent_as']).execute()).toEqual([
      { operator: 'Mia', source: 'an operator', sent_as: 'HUMAN_AGENT' },
    ]);
  });

  test('messages of a burst have the answers of their one turn', async () => {
    const turns: { events: number[]; at: number; answers: string[] }[] = [];
    const { store, call } = await anOperatorApp({ workflows: remembering(turns) }, { target });
    const token = await anOperator(store);
    const at = Date.now();
    const first = await dispatched(store, aText('One', { at, mid: 'm_1' }), at);
    const second = await dispatched(store, aText('Two', { at: at + 1, mid: 'm_2' }), at);
    turns.push({ events: [first, second], at: at + 5, answers: ['onMessage handled faq'] });
    await store.ledger.open(aSend(first, 0), () => ALLOWED, at + 6);

    const { steps } = await traceOf(call, token, 'm_2');

    expect(steps.map(({ words }) => words)).toContain(`The turn is about 2 events: i${first}, i${second}.`);
    expect(steps.filter(({ sendId }) => sendId !== null)).not.toEqual([]);
  });

  test('what a sequence sends because of a message, and nothing of causes whose ids begin alike', async () => {
    const { store, call } = await anOperatorApp({ workflows: remembering([]) }, { target });
    const token = await anOperator(store);
    const at = Date.now();
    const inboxId = await dispatched(store, aText('Hello', { at, mid: 'm_in' }), at);
    const ofSequence = aSend(0, 0, {
      sendId: `${ANA_ID}/i${inboxId}/spring-offer/0`,
      source: 'sequence spring-offer',
      purpose: 'update',
    });
    await store.ledger.open(ofSequence, () => ALLOWED, at + 1);
    await store.ledger.confirm(ofSequence, 'm_seq', at + 2);
    const others = [aSend(inboxId * 10, 0), aSend(inboxId * 10 + 1, 0)];
    for (const [index, send] of others.entries()) {
      await store.ledger.open(send, () => ALLOWED, at + 3);
      if (index === 0) await store.ledger.confirm(send, `m_other${index}`, at + 4);
    }

    const { steps, body } = await traceOf(call, token, 'm_in');

    expect(new Set(steps.map(({ sendId }) => sendId))).toEqual(new Set([null, ofSequence.sendId]));
    expect(body.missing).toEqual([expect.stringContaining('remembers its last 20 turns')]);
  });

  test('dead, waiting, dropped and needless events say so', async () => {
    const { store, call } = await anOperatorApp({}, { target });
    const token = await anOperator(store);
    const at = Date.now();
    await stored(store, aText('Hello', { at, mid: 'm_in' }));
    const ends = async () =>
      (await traceOf(call, token, 'm_in')).steps.map(({ what, reason }) => [what, reason]).slice(2);
    expect(await ends()).toEqual([['waiting', null]]);
    const [leased] = await store.inbox.lease([ANA_ID], { owner: 'a', now: at, expiresAt: at + 1 });
    const inboxId = leased?.items[0]?.inboxId ?? 0;
    await store.inbox.markDead(ANA_ID, inboxId, 'too large', 'a');
    expect(await ends()).toEqual([
      ['dead', 'too large'],
      ['waiting', null],
    ]);
    await store.deadEvents.drop([inboxId]);
    expect(await ends()).toEqual([['dropped', 'dropped by hand']]);
  });

  test('a tap and a message of another app have traces; what plugins answered is missing while Temporal is away', async () => {
    const { store, call } = await anOperatorApp({}, { target });
    const token = await anOperator(store);
    const at = Date.now();
    await stored(store, aText('Hello', { at }));
    const tap = await dispatched(store, aPostback('MENU', { at: at + 1, mid: 'm_tap' }), at);
    await stored(store, anEcho('An offer', { mid: 'm_app', appId: PAGE_INBOX_APP }));

    const ofTap = await traceOf(call, token, 'm_tap');
    const ofEcho = await traceOf(call, token, 'm_app');

    expect(ofTap.body).toMatchObject({ event: { id: `i${tap}`, kind: 'postback' } });
    expect(ofTap.body.missing).toEqual([expect.stringContaining('did not answer within a second')]);
    expect(ofEcho.body.event).toMatchObject({ kind: 'echo' });
  });

  test.each([
    ['w1', 'A plugin was woken up at the time that it had asked for.'],
    ['x1', 'Another system emitted a topic.'],
  ])('a send that no event began says in words what began it: %s', async (cause, words) => {
    const { store, call } = await anOperatorApp({}, { target });
    const sendId = turnSendId(ANA_ID, cause, 0);
    await stored(store, aText('Hello'));
    await store.ledger.open({ ...aSend(1, 0), sendId }, () => ALLOWED, Date.now());
    const { body } = await traceOf(call, await anOperator(store), sendId);
    expect(body).toMatchObject({ event: null, steps: expect.arrayContaining([expect.objectContaining({ words })]) });
  });

  test('an unknown id and a foreign Page get the same answer, which says what to do', async () => {
    const { store, call } = await anOperatorApp({}, { target });
    const token = await anOperator(store);
    const ofOther = await anOperator(store, { name: 'other', role: 'admin', pages: [OTHER_PAGE] });
    const at = Date.now();
    const inboxId = await dispatched(store, aText('Hello', { at, mid: 'm_in' }), at);
    await store.ledger.open(aSend(inboxId, 0), () => ALLOWED, at);
    const unknown = (await traceOf(call, token, 'm_nobody')).body;
    expect(unknown).toMatchObject({ status: 404, code: 'not_found', cure: expect.stringContaining('id') });

    for (const id of ['m_in', `i${inboxId}`, turnSendId(ANA_ID, `i${inboxId}`, 0)]) {
      expect((await traceOf(call, token, id)).status).toBe(200);
      expect((await traceOf(call, ofOther, id)).body).toEqual(unknown);
    }
    for (const id of ['i0', 'i99999999999999999999', `messenger:${PAGE}:${ANA}/i1/9`, "' or 1=1 --", '%', '/', '//'])
      expect((await traceOf(call, token, id)).body).toEqual(unknown);
    expect((await call('/api/v1/trace/m_in')).status).toBe(401);
    expect((await traceOf(call, token, 'x'.repeat(501))).status).toBe(400);
  });
});

test('each cause that is no event is told in words', () => {
  const ids = [
    causes.wakeUpId('7'),
    causes.takeOverCause('k').id,
    causes.giveBackCause('k').id,
    causes.windowClosingCause(7, 'offers').id,
    causes.broadcastCauseId('sale', '1'),
    causes.operatorCause('k').id,
    causes.topicCause('k').id,
  ];

  for (const id of ids) expect(causeStep(id).words, id).not.toMatch(/^Its cause is/);
});
