/** Operators take over, answer and give back through the API, on a real Temporal server. */

import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { freePort } from '../../../src/temporal/server/free-port.ts';
import { startStage, type Stage } from '../../support/stage.ts';
import { startTalk, until, type Talk } from '../../support/talk.ts';
import { aStageListener } from './a-stage-listener.ts';
import { anOperator, type Call, type CallOptions } from './an-operator-app.ts';

const PROBE = 'test/support/bots/probe/bot.ts';
let stage: Stage;
let call: Call;
let otherApi: Call;
const tokens: Record<string, string> = {};
const closers: (() => Promise<unknown>)[] = [];

async function aListener(client?: Client): Promise<Call> {
  const { call: callListener, close } = await aStageListener(stage, client && { client });
  closers.push(close);
  return callListener;
}

beforeAll(async () => {
  stage = await startStage({ bot: PROBE, temporalAddress: inject('temporalAddress') });
  [call, otherApi] = [await aListener(), await aListener()];
  for (const [name, role] of [
    ['Mia', 'agent'],
    ['Tom', 'agent'],
    ['Ada', 'admin'],
    ['Vic', 'viewer'],
  ] as const) {
    tokens[name] = await anOperator(stage.store, { name, role });
  }
  tokens['Eve'] = await anOperator(stage.store, { name: 'Eve', role: 'admin', pages: ['104857600999999'] });
});

afterAll(async () => {
  for (const close of closers) await close();
  await stage.stop();
});

const talkTo = () => startTalk('', { stage });

/** One request of an operator for this person's conversation. */
async function ask(
  who: string,
  talk: Talk,
  path: string,
  { key, by = call, ...options }: CallOptions & { readonly key?: string; readonly by?: Call } = {},
) {
  const { status, body, headers } = await by(`/api/v1/conversations/${talk.conversation}${path && `/${path}`}`, {
    method: 'POST',
    token: tokens[who] ?? '',
    ...options,
    headers: { ...options.headers, ...(key !== undefined && { 'idempotency-key': key }) },
  });
  return { status, body: body as Record<string, unknown>, headers };
}
const says = (who: string, talk: Talk, text: string, others: { key?: string; by?: Call } = {}) =>
  ask(who, talk, 'messages', { body: { text }, ...others });
const bubblesOf = (talk: Talk, text: string) => talk.bubbles().filter((bubble) => bubble.text === text);

describe('an operator', () => {
  test('sees who waits, takes over, answers after 30 hours as HUMAN_AGENT and gives back with a note', async () => {
    const talk = await talkTo();
    await talk.says('hand');
    const list = async (state: string) => {
      const { body } = await call(`/api/v1/conversations?state=${state}`, { token: tokens['Mia'] ?? '' });
      return (body as { items: { id: string; heldBy: string | null }[] }).items.find(
        ({ id }) => id === talk.conversation,
      );
    };
    await until(async () => (await list('waiting')) !== undefined);
    expect(await ask('Mia', talk, 'take-over')).toMatchObject({
      status: 200,
      body: { state: 'operator', heldBy: 'Mia' },
    });
    await until(async () => (await list('operator'))?.heldBy === 'Mia');
    await talk.skip('30 hours');
    expect(await says('Mia', talk, 'Sorry for the wait')).toMatchObject({ status: 201, body: { status: 'sent' } });
    expect(talk.sends().at(-1)?.send?.how).toBe('MESSAGE_TAG HUMAN_AGENT');
    expect(await ask('Mia', talk, 'give-back', { body: { note: 'a refund is on its way' } })).toMatchObject({
      status: 200,
      body: { state: 'bot', heldBy: null },
    });
    await until(async () => (await list('bot')) !== undefined);
    await talk.says('handback');
    expect((await talk.hears()).at(-1)).toBe('handback answered by Mia: a refund is on its way');

    const { body } = await ask('Vic', talk, 'messages?order=oldest', { method: 'GET' });
    const [asked, answered, byMia] = body['items'] as {
      id: string;
      author: string;
      authorName: string;
      sendId: string;
    }[];
    expect([answered?.authorName, byMia?.author, byMia?.authorName]).toEqual(['plugin witness', 'operator', 'Mia']);
    const steps = async (id = '') => {
      const trace = await call(`/api/v1/trace/${encodeURIComponent(id)}`, { token: tokens['Vic'] ?? '' });
      expect(trace.body.missing).toEqual([]);
      return (trace.body.steps as { what: string; by: string | null }[]).map(({ what, by }) =>
        by ? `${what} ${by}` : what,
      );
    };
    expect((await steps(asked?.id)).slice(0, 8)).toEqual([
      'received',
      'stored',
      'dispatched',
      'answered orders',
      'verdict plugin witness',
      'called',
      'sent',
      'echoed',
    ]);
    expect((await steps(byMia?.sendId)).slice(0, 4)).toEqual(['asked Mia', 'verdict Mia', 'called', 'sent']);
  });

  test('writes a message for later, which goes out by the rules of that time and changes nobody who answers', async () => {
    const talk = await talkTo();
    await talk.says('hello');
    await talk.hears();
    const later = (text: string, hours: number, key?: string) =>
      ask('Mia', talk, 'messages', {
        body: { text, at: new Date(talk.now() + hours * 3_600_000).toISOString() },
        ...(key !== undefined && { key }),
      });
    const waiting = async () => {
      const { body } = await ask('Vic', talk, '', { method: 'GET' });
      return (body['scheduled'] as { id: string; text: string }[]).map(({ text }) => text);
    };
    const next = await later('In an hour', 1, 'later-1');
    expect(next).toMatchObject({ status: 202, body: { status: 'scheduled', messageId: null } });
    expect((await later('In an hour', 1, 'later-1')).status).not.toBe(500);
    await later('After ten days', 240);
    const gone = await later('Never', 2);
    await later('In two days', 48);
    expect(await waiting()).toEqual(['In an hour', 'Never', 'In two days', 'After ten days']);

    const cancel = (who: string) =>
      ask(who, talk, `scheduled/${encodeURIComponent(String(gone.body['id']))}`, { method: 'DELETE' });
    expect(await cancel('Vic')).toMatchObject({ status: 403 });
    expect(await cancel('Tom')).toMatchObject({ status: 200, body: { status: 'cancelled' } });
    expect(await cancel('Tom')).toMatchObject({ status: 404 });
    await talk.restartWorker();

    await talk.skip('61 minutes');
    expect(bubblesOf(talk, 'In an hour')).toHaveLength(1);
    await talk.says('still the bot');
    expect((await talk.hears()).at(-1)).toBe('2 still the bot');
    await talk.skip('49 hours');
    expect(talk.sends().at(-1)?.send?.how).toBe('MESSAGE_TAG HUMAN_AGENT');
    await talk.skip('9 days');
    expect(['In two days', 'After ten days', 'Never'].map((text) => bubblesOf(talk, text).length)).toEqual([1, 0, 0]);
    const { body } = await ask('Vic', talk, 'messages?order=newest', { method: 'GET' });
    expect((body['items'] as object[])[0]).toMatchObject({
      text: 'After ten days',
      status: 'refused',
      authorName: 'Mia',
    });
    expect(await waiting()).toEqual([]);
  });

  test('is refused a time that has passed, one too far ahead, and one message too many', async () => {
    const talk = await talkTo();
    await talk.says('hello');
    const later = (hours: number) =>
      ask('Mia', talk, 'messages', { body: { text: 'x', at: new Date(talk.now() + hours * 3_600_000).toISOString() } });
    for (const hours of [-1, 31 * 24])
      expect(await later(hours)).toMatchObject({ status: 400, body: { code: 'request_invalid' } });
    for (let n = 0; n < 20; n += 1) expect(await later(5 + n)).toMatchObject({ status: 202 });
    expect(await later(1)).toMatchObject({ status: 409, body: { code: 'too_many_scheduled' } });
  });

  test('is told who has the conversation, and an admin may take it', async () => {
    const talk = await talkTo();
    await talk.says('one');
    const answers = await Promise.all([ask('Mia', talk, 'take-over'), ask('Tom', talk, 'take-over', { by: otherApi })]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
    const holder = answers[0]?.status === 200 ? 'Mia' : 'Tom';
    const other = holder === 'Mia' ? 'Tom' : 'Mia';
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({
      code: 'conversation_held',
      heldBy: holder,
      since: expect.stringMatching(/^20\d\d-/),
      detail: expect.stringContaining(`${holder} has the conversation since`),
    });
    expect(await says(other, talk, 'Me too')).toMatchObject({ status: 409, body: { code: 'conversation_held' } });
    expect(await ask(other, talk, 'give-back')).toMatchObject({ status: 409, body: { heldBy: holder } });
    expect(await ask(other, talk, 'take-over', { body: { force: true } })).toMatchObject({ status: 403 });
    expect(await ask('Ada', talk, 'take-over')).toMatchObject({ status: 409 });
    expect(await ask('Ada', talk, 'take-over', { body: { force: true } })).toMatchObject({ status: 200 });
    expect(await ask('Ada', talk, 'assign', { body: { operator: 'mia' } })).toMatchObject({ body: { heldBy: 'Mia' } });
    expect(await ask('Ada', talk, 'assign', { body: { operator: 'Vic' } })).toMatchObject({ status: 404 });
    expect(await says('Mia', talk, 'Mine again')).toMatchObject({ status: 201 });
    expect(bubblesOf(talk, 'Me too')).toEqual([]);
  });

  test('who may not is refused: a viewer, a foreign Page, nobody, an unknown person, a wrong body', async () => {
    const talk = await talkTo();
    await talk.says('one');
    expect(await says('Vic', talk, 'x')).toMatchObject({ status: 403, body: { code: 'role_missing' } });
    expect(await says('Eve', talk, 'x')).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(await says('nobody', talk, 'x')).toMatchObject({ status: 401 });
    const unknown = { ...talk, conversation: 'messenger:104857600123456:1' } as Talk;
    expect(await says('Mia', unknown, 'x')).toMatchObject({ status: 404 });
    for (const body of [
      {},
      { text: '' },
      { text: ' \n ' },
      { text: 'x'.repeat(10_001) },
      { text: 7 },
      { text: 'x', tag: 'HUMAN_AGENT' },
      { text: 'x', quickReplies: ['x'.repeat(21)] },
      { attachment: { type: 'image', url: 'file:///etc/passwd' } },
      { attachment: { type: 'image', file: '../secrets' } },
    ]) {
      expect(await ask('Mia', talk, 'messages', { body })).toMatchObject({
        status: 400,
        body: { code: 'request_invalid' },
      });
    }
    expect(talk.bubbles()).toHaveLength(2);
  });

  test('sends a picture, and buttons to tap', async () => {
    const talk = await talkTo();
    await talk.says('one');
    const picture = { attachment: { type: 'image', url: 'https://shop.example/mug.png' } };
    expect(await ask('Mia', talk, 'messages', { body: picture })).toMatchObject({ status: 201 });
    const body = { text: 'Which one?', quickReplies: ['Red', 'Blue'] };
    expect(await ask('Mia', talk, 'messages', { body })).toMatchObject({ status: 201 });
    await talk.taps('Red');
    expect(talk.bubbles().at(-1)).toMatchObject({ author: 'person', text: 'Red' });
  });

  test('sends a file of theirs by its id, a saved reply by its name, and shows that they type', async () => {
    const talk = await talkTo();
    await talk.says('one');
    expect(await ask('Mia', talk, 'typing', { body: { on: true } })).toMatchObject({ body: { shown: true } });
    const file = await ask('Mia', talk, 'uploads', {
      body: Buffer.from('\x89PNG\r\n\x1A\n', 'latin1'),
      headers: { 'content-type': 'image/png' },
    });
    const { type, attachmentId } = file.body;
    const key = randomUUID();
    const sends = () => ask('Mia', talk, 'messages', { body: { attachment: { type, attachmentId } }, key });
    expect([(await sends()).status, (await sends()).status]).toEqual([201, 201]);
    const pictures = talk.bubbles().filter(({ figure }) => JSON.stringify(figure)?.includes(String(attachmentId)));
    expect(pictures).toHaveLength(1);
    await stage.store.savedReplies.add({ name: 'soon', text: '{{operator}} calls you back, {{firstName|dear}}.' });
    expect(await ask('Mia', talk, 'messages', { body: { savedReply: 'Soon' } })).toMatchObject({ status: 201 });
    expect(talk.bubbles().at(-1)?.text).toMatch(/^Mia calls you back, (dear|\p{L}+)\.$/u);
    expect(await ask('Mia', talk, 'messages', { body: { attachment: { type, attachmentId: '1' } } })).toMatchObject({
      status: 409,
      body: { code: 'message_failed' },
    });
  });
});

describe("an operator's message", () => {
  test('is refused with the reason and what allows it again, when the window closed a week ago', async () => {
    const talk = await talkTo();
    await talk.says('one');
    await ask('Mia', talk, 'take-over');
    await talk.skip('8 days');
    expect(await says('Mia', talk, 'Too late')).toMatchObject({
      status: 409,
      body: { code: 'message_refused', reason: 'window_closed', allowedAfter: 'their next action' },
    });
    await talk.says('two');
    expect(await says('Mia', talk, 'In time')).toMatchObject({ status: 201 });
  });

  test('with the same key is sent once: clicked twice, at two api processes, and after an answer was given', async () => {
    const talk = await talkTo();
    await talk.says('one');
    const key = randomUUID();
    const answers = await Promise.all([
      says('Mia', talk, 'Once', { key }),
      says('Mia', talk, 'Once', { key, by: otherApi }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect(answers[0]?.body).toEqual(answers[1]?.body);
    expect(await says('Mia', talk, 'Once', { key })).toMatchObject({ status: 201, body: answers[0]?.body });
    expect(bubblesOf(talk, 'Once')).toHaveLength(1);
    // Another operator's key is another key.
    await ask('Mia', talk, 'give-back');
    expect(await says('Tom', talk, 'Once', { key })).toMatchObject({ status: 201 });
    expect(bubblesOf(talk, 'Once')).toHaveLength(2);
  });

  test('is pending while Meta does not answer; the same key asks again and sends nothing twice; a neighbour is served', async () => {
    const talk = await talkTo();
    const neighbour = await talkTo();
    await talk.says('one');
    await neighbour.says('one');
    talk.fails({ kind: 'slow', ms: 15_000 });
    const key = randomUUID();
    const pending = says('Mia', talk, 'Slow', { key });
    expect(await says('Tom', neighbour, 'At once')).toMatchObject({ status: 201 });
    expect(await pending).toMatchObject({ status: 202, body: { status: 'pending' } });
    await until(async () => (await says('Mia', talk, 'Slow', { key })).status === 201);
    expect(bubblesOf(talk, 'Slow')).toHaveLength(1);
  });

  test('is not lost and not half done while Temporal is away: 503, and the same key sends it', async () => {
    const talk = await talkTo();
    await talk.says('one');
    const connection = Connection.lazy({ address: `127.0.0.1:${await freePort()}` });
    closers.push(() => connection.close());
    const away = await aListener(new Client({ connection, namespace: stage.namespace }));
    const key = randomUUID();
    expect(await says('Mia', talk, 'Later', { key, by: away })).toMatchObject({
      status: 503,
      body: { code: 'temporal_unavailable', cure: expect.stringContaining('same idempotency key') },
    });
    expect(bubblesOf(talk, 'Later')).toEqual([]);
    const askedAt = performance.now();
    const seen = await ask('Vic', talk, '', { method: 'GET', by: away });
    expect(seen).toMatchObject({
      status: 200,
      body: { sequences: null, progress: null, missing: expect.stringContaining('within a second') },
    });
    expect(performance.now() - askedAt).toBeLessThan(5000);
    expect(await says('Mia', talk, 'Later', { key })).toMatchObject({ status: 201 });
    expect(bubblesOf(talk, 'Later')).toHaveLength(1);
  });

  test('waits for a worker that is replaced between the click and the answer, and is sent once', async () => {
    const talk = await talkTo();
    await talk.says('one');
    await ask('Mia', talk, 'take-over');
    await talk.settles();
    talk.fails({ kind: 'slow', ms: 1500 });
    const key = randomUUID();
    const sending = says('Mia', talk, 'Survives', { key });
    await talk.restartWorker();
    await sending;
    await until(async () => (await says('Mia', talk, 'Survives', { key })).status === 201);
    expect(bubblesOf(talk, 'Survives')).toHaveLength(1);
  });

  test('opens a conversation that has closed', async () => {
    const talk = await talkTo();
    await talk.says('one');
    await talk.skip('26 hours');
    expect(await talk.status()).toBe('COMPLETED');
    const seen = await ask('Vic', talk, '', { method: 'GET' });
    const { body } = await ask('Vic', talk, 'messages?order=oldest', { method: 'GET' });
    const trace = await call(`/api/v1/trace/${(body['items'] as { id: string }[])[0]?.id}`, {
      token: tokens['Vic'] ?? '',
    });
    expect(seen.body).toMatchObject({ sequences: [], progress: null, missing: expect.stringContaining('closed') });
    expect(trace.body).toMatchObject({
      missing: [],
      steps: expect.arrayContaining([expect.objectContaining({ by: 'witness' })]),
    });
    expect(await says('Mia', talk, 'Are you still there?')).toMatchObject({ status: 201 });
    expect(talk.sends().at(-1)?.send?.how).toBe('MESSAGE_TAG HUMAN_AGENT');
  });
});

describe('the sequences of a person', () => {
  test('are started with data, listed with what they wait for, and stopped', async () => {
    const talk = await talkTo();
    await talk.says('one');
    const running = async () =>
      (await ask('Vic', talk, 'sequences', { method: 'GET' })).body['items'] as Record<string, unknown>[];
    expect(await running()).toEqual([]);
    const key = randomUUID();
    const start = () => ask('Mia', talk, 'sequences/nap/start', { body: { data: { cups: 2 } }, key });
    expect(await start()).toMatchObject({ status: 200, body: { status: 'started' } });
    expect(await start()).toMatchObject({ status: 200, body: { status: 'started' } });
    expect(await ask('Mia', talk, 'sequences/nap/start')).toMatchObject({ body: { status: 'already_running' } });
    expect(await ask('Mia', talk, 'sequences/nope/start')).toMatchObject({
      status: 404,
      body: { code: 'sequence_unknown' },
    });
    await until(async () => (await running())[0]?.['waitsFor'] !== null);
    expect(await running()).toEqual([
      { name: 'nap', waitsFor: 'Sleeps 90 minutes', until: expect.stringMatching(/^20/) },
    ]);
    const { body } = await ask('Vic', talk, '', { method: 'GET' });
    expect(body).toMatchObject({ sequences: await running(), progress: [], missing: null });
    expect(await ask('Mia', talk, 'sequences/nap/stop', { body: { reason: 'asked' } })).toMatchObject({ status: 200 });
    await until(async () => (await running()).length === 0);
    expect(await talk.sequence('nap').result()).toBe('stopped by asked');
    expect(await ask('Mia', talk, 'sequences/nap/stop')).toMatchObject({ status: 409 });
  });

  test('are listed after their conversation has closed', async () => {
    const talk = await talkTo();
    await talk.says('start unless-opted-out');
    await ask('Mia', talk, 'sequences/nap/start');
    await talk.skip('30 minutes');
    const { body } = await ask('Vic', talk, 'sequences', { method: 'GET' });
    expect((body['items'] as { name: string }[]).map(({ name }) => name).toSorted()).toEqual([
      'nap',
      'unless-opted-out',
    ]);
  });
});
