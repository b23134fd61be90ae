/** Another system emits topics in a person's conversation, on a real Temporal server. */

import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { emitTopicUpdate } from '../../../src/workflows/contract/index.ts';
import { startStage, type Stage } from '../../support/stage.ts';
import { startTalk, until, type Talk } from '../../support/talk.ts';
import { aStageListener, type StageListenerOptions } from './a-stage-listener.ts';
import { anOperator, type Call } from './an-operator-app.ts';
import { NO_TEMPORAL } from './no-temporal.ts';

let stage: Stage;
let call: Call;
/** The same store, and no Temporal. */
let callWithoutTemporal: Call;
const tokens: Record<string, string> = {};
const closers: (() => Promise<unknown>)[] = [];

async function aListener(options?: StageListenerOptions): Promise<Call> {
  const { call: callListener, close } = await aStageListener(stage, options);
  closers.push(close);
  return callListener;
}

beforeAll(async () => {
  stage = await startStage({ bot: 'test/support/bots/probe/bot.ts', temporalAddress: inject('temporalAddress') });
  call = await aListener();
  callWithoutTemporal = await aListener({ workflows: NO_TEMPORAL });
  tokens['shop'] = await anOperator(stage.store, { name: 'shop', role: 'agent' });
  tokens['viewer'] = await anOperator(stage.store, { name: 'Vic', role: 'viewer' });
  tokens['elsewhere'] = await anOperator(stage.store, { name: 'Eve', role: 'admin', pages: ['104857600999999'] });
});

afterAll(async () => {
  for (const close of closers) await close();
  await stage.stop();
});

let keys = 0;
const newKey = () => `occurrence ${(keys += 1)}`;

async function emit(body: Readonly<Record<string, unknown>>, who = 'shop', by = call) {
  const token = tokens[who] ?? '';
  const answer = await by('/api/v1/topics', { method: 'POST', token, body: { key: newKey(), ...body } });
  return { status: answer.status, body: answer.body as Record<string, unknown> };
}

/** A person who has written, and whose turn is over. */
async function aTalk(...words: string[]): Promise<Talk> {
  const talk = await startTalk('', { stage });
  for (const text of ['hello', ...words]) await talk.says(text);
  await talk.hears(1);
  return talk;
}
const heard = (talk: Talk) => talk.bubbles().flatMap(({ author, text }) => (author === 'bot' ? [text] : []));
const untilHeard = (talk: Talk, text: string) => until(() => heard(talk).includes(text));

describe('a topic from an activity', () => {
  test("is heard once by the person whom it is for, although the activity's first attempt fails after it", async () => {
    const other = await aTalk();
    const talk = await aTalk();
    await talk.says(`told ${other.conversation} paid {"total":3}`);
    await untilHeard(talk, 'told');
    await other.settles();
    expect(heard(other).filter((text) => text?.includes('paid'))).toEqual(['topic paid {"total":300}']);
  });

  test.each([
    ['which the bot does not declare', 'refunded', 'the bot declares no topic "refunded"'],
    ['whose data the schema refuses', 'paid', 'the bot refuses the data of "paid": total: Give it a number.'],
    ['for a person who has never written', 'paid', 'nobody has written', 'messenger:104857600123456:6120459871239999'],
    ['for the conversation that waits for the activity', 'shipped', 'call ctx.emit in the hook', 'me'],
  ])('%s fails at once, with a sentence', async (_, topic, reason, to?: string) => {
    const talk = await aTalk();
    const other = to ?? (await aTalk()).conversation;
    await talk.says(`told ${other === 'me' ? talk.conversation : other} ${topic}`);
    await talk.settles();
    expect(heard(talk).at(-1)).toContain(reason);
  });
});

describe('a topic from outside', () => {
  test('is heard by plugins and by the sequence that waits for it, and the same key is one topic', async () => {
    const talk = await aTalk('start parcel');
    const body = { to: talk.conversation, topic: 'shipped', data: { parcel: 7 }, key: 'order 4711 shipped' };

    const answers = await Promise.all([emit(body), emit(body), emit(body)]);
    const repeated = await emit(body);

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(repeated).toEqual({
      status: 200,
      body: { conversation: talk.conversation, status: 'emitted', isRepeated: true },
    });
    await untilHeard(talk, 'shipped {"parcel":7}');
    expect(heard(talk).filter((text) => text?.includes('shipped'))).toEqual([
      'topic shipped {"parcel":7}',
      'shipped {"parcel":7}',
    ]);
  });

  test('starts a sequence, and its data are the output of the schema of the bot', async () => {
    const talk = await aTalk();
    expect(await emit({ to: talk.conversation, topic: 'ordered' })).toMatchObject({ status: 200 });
    expect(await emit({ to: talk.conversation, topic: 'paid', data: { total: 12 } })).toMatchObject({ status: 200 });
    await untilHeard(talk, 'topic paid {"total":1200}');
    const parcel = stage.client.workflow.getHandle(`sequence:parcel:${talk.conversation}`);
    expect(await parcel.describe()).toMatchObject({ status: { name: 'RUNNING' } });
  });

  test('reaches the person by the id of the other system, on this Page alone', async () => {
    const talk = await aTalk('link shop 4711');
    await talk.settles();
    const to = { externalId: { system: 'shop', id: '4711' } };
    expect(await emit({ to, topic: 'shipped' })).toMatchObject({ body: { conversation: talk.conversation } });
    await untilHeard(talk, 'topic shipped');
    expect(await emit({ to, topic: 'shipped' }, 'elsewhere')).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    });

    // The id goes to whoever was linked last.
    const other = await aTalk('link shop 4711');
    await other.settles();
    expect(await emit({ to, topic: 'shipped' })).toMatchObject({ body: { conversation: other.conversation } });

    // The same number at another Page is another person, unless it is said which.
    const elsewhere = `instagram:17841400000000000:${talk.psid}` as const;
    await stage.store.externalIds.link(elsewhere, [{ system: 'shop', id: '4711' }], Date.now());
    expect(await emit({ to, topic: 'shipped' })).toMatchObject({
      status: 409,
      body: { code: 'external_id_ambiguous' },
    });
    const page = talk.conversation.split(':')[1];
    expect(await emit({ to: { externalId: { ...to.externalId, page } }, topic: 'shipped' })).toMatchObject({
      body: { conversation: other.conversation },
    });
  });

  test('opens a conversation that has closed, and sequences that wait there hear it', async () => {
    const talk = await aTalk('start parcel');
    await talk.skip('26 hours');
    expect(await talk.status()).toBe('COMPLETED');
    expect(await emit({ to: talk.conversation, topic: 'shipped', data: 1 })).toMatchObject({ status: 200 });
    // Meta's window has closed.
    const refused = async () => {
      const { body } = await call(`/api/v1/conversations/${talk.conversation}/messages`, {
        token: tokens['shop'] ?? '',
      });
      const { items } = body as { items: { text: string; status: string }[] };
      return items.filter(({ status }) => status === 'refused').map(({ text }) => text);
    };
    await until(async () => (await refused()).includes('shipped 1'));
    expect(await refused()).toContain('topic shipped 1');
  });

  test('is heard while an operator answers; what plugins say to it is not sent', async () => {
    const talk = await aTalk('start parcel', 'hand');
    await untilHeard(talk, 'to human: asked');
    expect(await emit({ to: talk.conversation, topic: 'shipped', data: 2 })).toMatchObject({ status: 200 });
    await talk.settles();
    expect(heard(talk)).not.toContain('topic shipped 2');
  });

  test('that nobody could take is not lost: its key may come again', async () => {
    const talk = await aTalk();
    const body = { to: talk.conversation, topic: 'shipped', key: newKey() };
    expect(await emit(body, 'shop', callWithoutTemporal)).toMatchObject({
      status: 503,
      body: { code: 'temporal_unavailable' },
    });
    expect(await emit(body)).toMatchObject({ status: 200, body: { isRepeated: false } });
    await untilHeard(talk, 'topic shipped');
  });

  test.each<[string, object, number, string]>([
    ['which the bot does not declare', { topic: 'refunded' }, 404, 'topic_undeclared'],
    ['named like a property of every object', { topic: 'constructor' }, 404, 'topic_undeclared'],
    ['whose data the schema refuses', { topic: 'paid', data: { total: 'a lot' } }, 400, 'topic_data_invalid'],
    ['whose schema never ends', { topic: 'paid', data: { loops: true } }, 400, 'topic_data_invalid'],
    ['with too much data', { topic: 'shipped', data: 'x'.repeat(50_000) }, 400, 'request_invalid'],
    ['without a key', { topic: 'shipped', key: undefined }, 400, 'request_invalid'],
    ['for nobody', { to: 'messenger:104857600123456:1', topic: 'shipped' }, 404, 'not_found'],
    ['for an unknown id', { to: { externalId: { system: 'shop', id: 'no' } }, topic: 'shipped' }, 404, 'not_found'],
    [
      'for a system without a name',
      { to: { externalId: { system: '', id: 'a' } }, topic: 'shipped' },
      400,
      'request_invalid',
    ],
  ])('%s is refused, and the neighbour is answered', async (_, body, status, code) => {
    const [talk, neighbour] = [await aTalk(), await aTalk()];
    expect(await emit({ to: talk.conversation, ...body })).toMatchObject({ status, body: { code } });
    expect(await emit({ to: neighbour.conversation, topic: 'shipped' })).toMatchObject({ status: 200 });
    await talk.says('still there?');
    await untilHeard(talk, '2 still there?');
    expect(heard(talk)).toEqual(['1 hello', '2 still there?']);
  });

  test('that was refused may come again with its key; one with other data may not', async () => {
    const talk = await aTalk();
    const body = { to: talk.conversation, topic: 'paid', key: newKey() };
    expect((await emit({ ...body, data: {} })).body).toMatchObject({
      errors: [{ field: 'body.data', message: 'total: Give it a number.' }],
    });
    expect(await emit({ ...body, data: { total: 1 } })).toMatchObject({ status: 200 });
    expect(await emit({ ...body, data: { total: 2 } })).toMatchObject({
      status: 422,
      body: { code: 'topic_key_reused' },
    });
  });

  test('of a viewer is refused, and of somebody without a token', async () => {
    const talk = await aTalk();
    const body = { to: talk.conversation, topic: 'shipped' };
    expect(await emit(body, 'viewer')).toMatchObject({ status: 403, body: { code: 'role_missing' } });
    expect(await emit(body, 'nobody')).toMatchObject({ status: 401 });
  });
});

test('a system that emits faster than the conversation listens is told to wait; an operator and a neighbour are not', async () => {
  const [talk, neighbour] = [await aTalk(), await aTalk()];
  talk.fails({ kind: 'slow', ms: 15_000 });
  stage.simulator.says(talk.psid, 'slow');
  await until(async () => (await stage.store.ledger.listUnsent(talk.conversation)).length > 0);
  const large = { to: talk.conversation, topic: 'shipped', data: 'x'.repeat(49_000) };
  const topics = Array.from({ length: 7 }, () => ({ ...large, key: newKey() }));

  const answers = await Promise.all(topics.map((topic) => emit(topic)));

  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 503)).toHaveLength(2);
  expect(answers.find(({ status }) => status === 503)).toMatchObject({ body: { code: 'conversation_busy' } });
  expect(await emit({ to: neighbour.conversation, topic: 'shipped' })).toMatchObject({ status: 200 });
  // One that waits may be asked for again, and one that was told to wait comes in the end.
  for (const topic of topics) await until(async () => (await emit(topic)).status === 200);
});

test('a link of a hook that fails is undone', async () => {
  const talk = await aTalk('link shop', 'link sh%op 1', 'link shop ok');
  await talk.settles();
  expect(await stage.store.externalIds.list(talk.conversation)).toMatchObject([{ system: 'shop', id: 'ok' }]);
});

test('an update with garbage is rejected, and changes nothing', async () => {
  const talk = await aTalk();
  const handle = stage.client.workflow.getHandle(talk.conversation);
  for (const args of [
    [],
    ['garbage'],
    [{ key: 'a b', topic: { name: 'shipped' } }],
    [{ key: 'a', topic: 'shipped' }],
  ]) {
    await expect(handle.executeUpdate(emitTopicUpdate.name, { args: args as [unknown] })).rejects.toThrow(
      'Workflow Update failed',
    );
  }
});
