/** What operators ask of a conversation through its workflow: take over, answer, give back, start sequences. */

import { randomUUID } from 'node:crypto';
import { describe, expect, inject, test } from 'vitest';
import { operatorSendId } from '../../src/domain/send-id.ts';
import { resetRun } from '../../src/temporal/replay/stuck-runs.ts';
import {
  cancelScheduledUpdate,
  conversationViewQuery,
  giveBackUpdate,
  operatorMessageUpdate,
  scheduleMessageUpdate,
  sequenceId,
  startSequenceUpdate,
  takeOverUpdate,
  waitsForQuery,
  type OperatorMessageRequest,
  type TakeOverRequest,
} from '../../src/workflows/contract/index.ts';
import { startStage } from '../support/stage.ts';
import { startTalk, until, type Talk } from '../support/talk.ts';

const PROBE = 'test/support/bots/probe/bot.ts';
const MIA = { name: 'Mia' };
const TOM = { name: 'Tom' };

const takeOver = (talk: Talk, request: Partial<TakeOverRequest> = {}) =>
  talk.handle().executeUpdate(takeOverUpdate, { args: [{ reason: 'a question', operator: MIA, ...request }] });
const giveBack = (talk: Talk, operator = MIA, others: { note?: string; force?: boolean } = {}) =>
  talk.handle().executeUpdate(giveBackUpdate, { args: [{ operator, ...others }] });
const write = (talk: Talk, message: OperatorMessageRequest['message'], others: Partial<OperatorMessageRequest> = {}) =>
  talk.handle().executeUpdate(operatorMessageUpdate, {
    args: [{ key: randomUUID(), operator: MIA, message, ...others }],
  });
const writeForLater = (talk: Talk, message: string, hours: number) =>
  talk.handle().executeUpdate(scheduleMessageUpdate, {
    args: [{ key: randomUUID(), operator: MIA, message, at: talk.now() + hours * 3_600_000 }],
  });
const view = (talk: Talk) => talk.handle().query(conversationViewQuery);

describe('a take-over by name', () => {
  test('is refused to a second operator, who is told who has it and since when', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('one');
    const [mia, tom] = await Promise.all([takeOver(talk), takeOver(talk, { operator: TOM })]);
    const [first, second] = [mia, tom].toSorted((a, b) => b.status.localeCompare(a.status));
    expect(first).toEqual({ status: 'taken' });
    expect(second).toEqual({
      status: 'held',
      operator: mia.status === 'taken' ? 'Mia' : 'Tom',
      since: expect.any(Number),
    });
    await talk.settles();
    expect((await talk.hears()).filter((line) => line.startsWith('to human'))).toHaveLength(1);
  });

  test('goes to an admin who insists, and nobody hears of a second handoff', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('one');
    await takeOver(talk);
    expect(await takeOver(talk, { operator: TOM, force: true })).toEqual({ status: 'taken' });
    await talk.settles();
    expect(await view(talk)).toMatchObject({ human: { operator: 'Tom' } });
    expect(await talk.hears()).toEqual(['1 one', 'to human: a question, Mia']);
    expect(await giveBack(talk)).toMatchObject({ status: 'held', operator: 'Tom' });
  });

  test('by the same operator twice changes nothing', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('one');
    await takeOver(talk);
    await talk.settles();
    const before = await view(talk);
    expect(await takeOver(talk, { reason: 'another' })).toEqual({ status: 'taken' });
    await talk.settles();
    expect(await view(talk)).toEqual(before);
  });

  test('goes to the first operator who takes a conversation that waits, also when nobody with a name has it', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('hand');
    expect((await view(talk)).human).toEqual({ reason: 'asked', since: expect.any(Number) });
    expect(await takeOver(talk)).toEqual({ status: 'taken' });
    await talk.settles();
    expect(await view(talk)).toMatchObject({ human: { operator: 'Mia', reason: 'a question' } });
  });

  test('stays with its operator when somebody answers in the Page inbox, or the bot asks for an operator again', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('one');
    await takeOver(talk);
    await talk.answersFromInbox('Tom here, from the inbox');
    expect(await view(talk)).toMatchObject({ human: { operator: 'Mia', reason: 'a question' } });
    await talk.says('two');
    expect((await view(talk)).turns?.at(-1)?.answers).toEqual(['turn silent operator Mia']);
    expect(await takeOver(talk, { operator: TOM })).toMatchObject({ status: 'held', operator: 'Mia' });
  });

  test('opens a conversation that has closed', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('one');
    await talk.skip('26 hours');
    expect(await talk.status()).toBe('COMPLETED');
    await talk.says('two');
    expect(await takeOver(talk)).toEqual({ status: 'taken' });
  });
});

describe('giving back', () => {
  test('is for who has the conversation, or an admin; plugins hear who and what the note says', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('one');
    await takeOver(talk);
    expect(await giveBack(talk, TOM)).toMatchObject({ status: 'held', operator: 'Mia' });
    expect(await giveBack(talk, MIA, { note: 'wants a red mug' })).toEqual({ status: 'given_back' });
    await talk.settles();
    expect(await talk.hears()).toEqual([
      '1 one',
      'to human: a question, Mia',
      'to bot: given back, Mia, wants a red mug',
    ]);
    await takeOver(talk);
    expect(await giveBack(talk, TOM, { force: true })).toEqual({ status: 'given_back' });
  });

  test('makes the bot answer the next message at once, and its plugins know of it for a day', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('one', 'handback');
    await takeOver(talk);
    await write(talk, 'Mia here');
    await giveBack(talk, MIA, { note: 'wants a red mug' });
    await talk.says('handback');
    const said = (await talk.hears()).filter((line) => line.startsWith('handback'));
    expect(said).toEqual(['handback none', 'handback answered by Mia: wants a red mug']);
    await talk.skip('23 hours');
    await talk.says('handback');
    await talk.skip('2 hours');
    await talk.says('handback');
    expect(await talk.hears()).toEqual(['handback answered by Mia: wants a red mug', 'handback none']);
  });
});

describe("an operator's message", () => {
  test('is their own words: after the window with the tag HUMAN_AGENT, for 7 days, and then refused', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('one');
    await takeOver(talk);
    const classOf = () => talk.sends().at(-1)?.send?.how;
    expect(await write(talk, 'At once')).toMatchObject({ status: 'sent' });
    expect(classOf()).toBe('RESPONSE');
    await talk.skip('30 hours');
    expect(await write(talk, 'A day later')).toMatchObject({ status: 'sent' });
    expect(classOf()).toBe('MESSAGE_TAG HUMAN_AGENT');
    const { length } = talk.sends();
    await talk.skip('6 days');
    expect(await write(talk, 'A week later')).toMatchObject({ status: 'refused', reason: 'window_closed' });
    expect(talk.sends()).toHaveLength(length);
    expect(talk.bubbles().map(({ text }) => text)).toContain('A day later');
  });

  test('takes the conversation over for as long as the bot is silent after an operator, and prolongs that', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('one');
    expect(await write(talk, 'Hello, Mia here')).toMatchObject({ status: 'sent' });
    expect(await takeOver(talk, { operator: TOM })).toMatchObject({ status: 'held', operator: 'Mia' });
    expect(await write(talk, 'Me too', { operator: TOM })).toMatchObject({ status: 'held', operator: 'Mia' });
    await talk.skip('2 hours');
    await write(talk, 'Still here');
    await talk.skip('2 hours');
    await talk.says('two');
    await talk.skip('61 minutes');
    await talk.says('three');
    expect(await talk.hears()).toEqual([
      '1 one',
      'to human: an operator answered, Mia',
      'Hello, Mia here',
      'Still here',
      'to bot: time is up',
      '3 three',
    ]);
  });

  test('the same key twice, also at the same time and after the run continued as new, is one message and one answer', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('one');
    const key = randomUUID();
    const both = await Promise.all([write(talk, 'Once', { key }), write(talk, 'Once', { key })]);
    expect(both[0]).toEqual(both[1]);
    expect(both[0]).toMatchObject({ status: 'sent', sendId: operatorSendId(talk.conversation, key) });
    await talk.skip('6 minutes');
    expect(await write(talk, 'Once', { key })).toEqual(both[0]);
    await giveBack(talk);
    expect(await write(talk, 'Once', { key })).toEqual(both[0]);
    await talk.settles();
    expect(talk.bubbles().filter(({ text }) => text === 'Once')).toHaveLength(1);
    expect(await talk.attributes()).toMatchObject({ ConversationState: 'bot' });
  });

  test('is sent once when the run is reset', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('one');
    await write(talk, 'Once');
    const { length } = talk.sends();
    const { runId } = await talk.handle().describe();
    await resetRun(talk.stage.client, { workflowId: talk.conversation, runId });
    await talk.says('two');
    expect(talk.sends()).toHaveLength(length);
    expect(await view(talk)).toMatchObject({ human: { operator: 'Mia' } });
  });

  test("goes out before the bot's pending sends, which are withdrawn", async () => {
    const talk = await startTalk(PROBE);
    await talk.says('one');
    talk.fails({ kind: 'error', code: 2 });
    talk.stage.simulator.says(talk.psid, 'two');
    await until(async () => (await talk.stage.store.ledger.listUnsent(talk.conversation)).length > 0);
    expect(await write(talk, 'Mia here')).toMatchObject({ status: 'sent' });
    await talk.settles();
    expect(await talk.hears()).toEqual(['1 one', 'to human: an operator answered, Mia', 'Mia here']);
  });

  test('is pending after a while when Meta does not answer, and a later one and another operator are answered meanwhile', async () => {
    const talk = await startTalk(PROBE);
    const neighbour = await startTalk(PROBE);
    await talk.says('one');
    await neighbour.says('hello');
    await takeOver(talk);
    talk.fails({ kind: 'slow', ms: 15_000 });
    const key = randomUUID();
    const pending = write(talk, 'Slow', { key });
    expect(await write(neighbour, 'You are served')).toMatchObject({ status: 'sent' });
    expect(await takeOver(talk, { operator: TOM })).toMatchObject({ status: 'held', operator: 'Mia' });
    expect(await pending).toEqual({ status: 'pending', sendId: operatorSendId(talk.conversation, key) });
    await until(async () => (await write(talk, 'Slow', { key })).status === 'sent');
    expect(talk.bubbles().filter(({ text }) => text === 'Slow')).toHaveLength(1);
  });

  test('that is held, because the token is invalid, is pending and goes out once when the Page can send again', async () => {
    const stage = await startStage({ bot: PROBE, temporalAddress: inject('temporalAddress') });
    try {
      const talk = await startTalk(PROBE, { stage });
      await talk.says('one');
      await takeOver(talk);
      await talk.settles();
      talk.fails({ kind: 'error', code: 190 });
      const key = randomUUID();
      expect(await write(talk, 'Held', { key })).toMatchObject({ status: 'pending' });
      await stage.store.circuitBreakers.close('104857600123456');
      await until(async () => (await write(talk, 'Held', { key })).status === 'sent');
      expect(talk.bubbles().filter(({ text }) => text === 'Held')).toHaveLength(1);
    } finally {
      await stage.stop();
    }
  });

  test('that cannot be built fails without a call, and one with a wrong key is rejected', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('one');
    const { length } = talk.sends();
    expect(await write(talk, '')).toMatchObject({ status: 'failed' });
    expect(await write(talk, {} as never)).toMatchObject({ status: 'failed', code: 'message_invalid' });
    const because = (sentence: string) => ({ cause: { message: expect.stringContaining(sentence) as string } });
    await expect(write(talk, 'x', { key: 'a/b' })).rejects.toMatchObject(because('A key has'));
    await expect(write(talk, 'x', { operator: { name: '' } })).rejects.toMatchObject(because('An operator has a name'));
    await expect(write(talk, 'x', { operator: undefined as never })).rejects.toMatchObject(
      because('An operator has a name'),
    );
    expect(talk.sends()).toHaveLength(length + 1);
    await giveBack(talk);
    await talk.says('two');
    expect((await talk.hears()).at(-1)).toBe('2 two');
  });

  test('a long one goes out in parts, in order', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('one');
    const [first, second] = ['a'.repeat(1500), 'b'.repeat(1500)];
    expect(await write(talk, `${first} ${second}`)).toMatchObject({ status: 'sent' });
    expect(
      talk
        .bubbles()
        .slice(-2)
        .map(({ text }) => text),
    ).toEqual([first, second]);
  });

  test("is a line with the operator's name in the current details", async () => {
    const talk = await startTalk(PROBE);
    await talk.says('one');
    await write(talk, 'Hello *there*', { operator: { name: 'Mia _M_' } });
    await talk.settles();
    const details = await talk.details();
    expect(details).toContain(String.raw`**operator Mia \_M\_**: Hello \*there\*`);
    expect(details).toContain(String.raw`**Answers** operator Mia \_M\_ (an operator answered)`);
  });
});

describe('sequences', () => {
  const start = (talk: Talk, name: string, others: { key?: string; data?: unknown } = {}) =>
    talk.handle().executeUpdate(startSequenceUpdate, { args: [{ key: randomUUID(), name, ...others }] });

  test('an operator starts one, sees what it waits for, and the same key starts it once', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('one');
    const key = randomUUID();
    expect(await start(talk, 'nap', { key })).toEqual({ status: 'started' });
    expect(await start(talk, 'nap', { key })).toEqual({ status: 'started' });
    expect(await start(talk, 'nap')).toEqual({ status: 'already_running' });
    expect(await start(talk, 'no-such')).toEqual({ status: 'unknown_sequence' });
    expect((await view(talk)).sequences).toEqual(['nap']);
    const run = talk.stage.client.workflow.getHandle(sequenceId('nap', talk.conversation));
    await until(async () => (await run.query(waitsForQuery)) !== undefined);
    expect(await run.query(waitsForQuery)).toEqual({ what: expect.any(String), until: expect.any(Number) });
  });
});

describe('a message for later', () => {
  const waiting = async (talk: Talk) => ((await view(talk)).scheduled ?? []).map(({ text }) => text);
  const bubbles = (talk: Talk) => talk.bubbles().map(({ text }) => text);

  test('waits through a run that continues as new and one that is terminated, and holds a conversation open', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('one');
    const { runId } = await talk.handle().describe();
    for (const [text, hours] of [
      ['Tomorrow', 20],
      ['In four days', 96],
    ] as const)
      expect(await writeForLater(talk, text, hours)).toEqual({ status: 'scheduled' });
    await talk.skip('6 minutes');
    expect((await talk.handle().describe()).runId).not.toBe(runId);
    await talk.handle().terminate('test');
    await talk.says('two');
    expect(await waiting(talk)).toEqual(['Tomorrow', 'In four days']);

    await talk.skip('21 hours');
    expect(bubbles(talk)).toContain('Tomorrow');
    await talk.skip('60 hours');
    expect([await talk.status(), await waiting(talk)]).toEqual(['RUNNING', ['In four days']]);
    await talk.skip('48 hours');
    expect(bubbles(talk).filter((text) => text === 'In four days')).toHaveLength(1);
    expect(await talk.status()).toBe('COMPLETED');
  });

  test('goes out once when its run is reset to before it, and one that was cancelled does not', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('one');
    await writeForLater(talk, 'Never', 1);
    const [never] = (await view(talk)).scheduled ?? [];
    if (!never) throw new Error('It does not wait.');
    await talk.handle().executeUpdate(cancelScheduledUpdate, { args: [{ key: randomUUID(), sendId: never.sendId }] });
    await writeForLater(talk, 'Soon', 1 / 3600);
    await until(() => bubbles(talk).includes('Soon'));
    const { runId } = await talk.handle().describe();
    await resetRun(talk.stage.client, { workflowId: talk.conversation, runId });
    await talk.says('two');
    expect(bubbles(talk).filter((text) => text === 'Soon')).toHaveLength(1);
    expect(await waiting(talk)).toEqual([]);
  });
});
