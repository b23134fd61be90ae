/** Signals, updates, queries and starts by hand, with content that everthread never sends. */

import { WorkflowFailedError, WorkflowUpdateFailedError } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { describe, expect, test } from 'vitest';
import { CONVERSATION_TYPE, inboundEventsSignal, sequenceId, TASK_QUEUE } from '../../src/workflows/contract/index.ts';
import { startTalk, type Talk } from '../support/talk.ts';

const PROBE = 'test/support/bots/probe/bot.ts';
const DEEP = JSON.parse('['.repeat(500) + ']'.repeat(500)) as unknown;

/** What a hand can write into the form of a signal. */
const GARBAGE: readonly (readonly unknown[])[] = [
  [],
  [null],
  ['a text'],
  [42],
  [true],
  [{}],
  [[]],
  [[null, 1, 'x', [], {}]],
  [{ name: 1, occasion: 2, result: 3, id: 4, isTaken: 'yes', add: 'vip', remove: null, begin: [] }],
  [DEEP],
];

/** An event that the dispatcher delivers, with some fields replaced. */
function anItem(talk: Talk, inboxId: number, fields: Readonly<Record<string, unknown>>) {
  const base = {
    channel: 'messenger',
    pageId: '104857600123456',
    psid: talk.psid,
    conversation: talk.conversation,
    at: talk.now(),
    dedupeKey: `garbage-${inboxId}`,
    isStandby: false,
    kind: 'message',
    mid: `m_${inboxId}`,
    text: 'fine',
    attachments: [],
    commands: [],
  };
  return { inboxId, event: { ...base, ...fields } };
}

/** The person and a neighbour of the same worker are answered, and the run has had no failed task. */
async function expectAnswers(talk: Talk, neighbour: Talk): Promise<void> {
  for (const one of [talk, neighbour]) {
    await one.hears();
    await one.says('still there?');
    expect((await one.hears(1)).join()).toMatch(/^\d+ still there\?$/);
    expect(await one.history()).not.toContain('WORKFLOW_TASK_FAILED');
  }
}

describe('a conversation that is signalled garbage drops it, with a line in the log, and answers its person', () => {
  test.each(['inboundEvents', 'sequenceEnded', 'offerAnswered', 'beginBroadcast', 'tagsChanged', 'noSuchSignal'])(
    'as %s',
    async (signal) => {
      const [talk, neighbour] = [await startTalk(PROBE), await startTalk(PROBE)];
      await talk.says('start nap', 'tag regular');
      const logged = talk.stage.warnings().length;
      for (const content of GARBAGE) await talk.handle().signal(signal, ...content);
      await talk.settles();
      const lines = talk.stage.warnings().slice(logged);
      expect(lines.length).toBeGreaterThanOrEqual(GARBAGE.length - 2);
      for (const line of lines) {
        expect(JSON.parse(line)).toMatchObject({
          signal,
          workflowId: talk.conversation,
          problem: expect.any(String) as string,
        });
      }
      expect(lines.join()).not.toContain('a text"');
      await expectAnswers(talk, neighbour);
      expect(await talk.attributes()).toMatchObject({ Tags: ['regular'], Sequences: ['nap'] });
    },
  );

  test('as events with wrong fields; those beside them are handled', async () => {
    const [talk, neighbour] = [await startTalk(PROBE), await startTalk(PROBE)];
    await talk.says('hello');
    const wrong: readonly Readonly<Record<string, unknown>>[] = [
      { kind: undefined },
      { kind: 'constructor' },
      { kind: 7 },
      { at: 1e300 },
      { at: 'now' },
      { at: -1 },
      { text: { no: 'text' } },
      { attachments: null },
      { attachments: [null] },
      { attachments: 'photo' },
      { commands: {} },
      { quickReply: [] },
      { kind: 'postback', payload: { toString: null } },
      { kind: 'edit', text: undefined },
      { kind: 'reaction', action: 'hug' },
      { kind: 'thread_control', action: null },
      { kind: 'echo', attachments: undefined },
      { payload: DEEP },
    ];
    const items = wrong.map((fields, index) => anItem(talk, 800_000 + index, fields));
    const good = anItem(talk, 800_900, { text: 'in between' });
    const others = [{ inboxId: '1', event: good.event }, { inboxId: 800_901 }, { event: good.event }, null];
    const logged = talk.stage.warnings().length;
    await talk.handle().signal(inboundEventsSignal, [...items, good, ...others] as never);
    expect(await talk.hears(2)).toEqual(['1 hello', '2 in between']);
    expect(talk.stage.warnings().slice(logged)).toHaveLength(items.length + others.length);
    expect(talk.stage.warnings().slice(logged).join()).toContain('[6].event.text is a object');
    await expectAnswers(talk, neighbour);
  });

  test('as content that cannot be decoded', async () => {
    const [talk, neighbour] = [await startTalk(PROBE), await startTalk(PROBE)];
    await talk.says('hello');
    const { options, workflowService } = talk.stage.client;
    const bytes = (text: string) => new TextEncoder().encode(text);
    const payloads: readonly Payload[] = [
      { metadata: { encoding: bytes('json/plain') }, data: bytes('[{"inboxId":') },
      { metadata: { encoding: bytes('json/plain') }, data: new Uint8Array([0xff, 0xfe]) },
      { metadata: { encoding: bytes('json/protobuf') }, data: bytes('{}') },
      { metadata: { encoding: bytes('no/such') }, data: bytes('x') },
      { metadata: { encoding: bytes('binary/plain') }, data: bytes('x') },
      { metadata: {}, data: bytes('x') },
      // It is JSON, and too deep to be walked.
      { metadata: { encoding: bytes('json/plain') }, data: bytes('['.repeat(200_000) + ']'.repeat(200_000)) },
    ];
    for (const payload of payloads) {
      for (const signalName of ['inboundEvents', 'tagsChanged']) {
        await workflowService.signalWorkflowExecution({
          namespace: options.namespace,
          workflowExecution: { workflowId: talk.conversation },
          signalName,
          input: { payloads: [payload] },
        });
      }
    }
    await expectAnswers(talk, neighbour);
    expect(talk.stage.warnings().join()).toContain('argument 1 is missing, or cannot be decoded');
  });
});

describe('an update or a query with garbage', () => {
  test('is rejected with a sentence, and changes nothing', async () => {
    const [talk, neighbour] = [await startTalk(PROBE), await startTalk(PROBE)];
    await talk.says('hello');
    const wrong: readonly (readonly unknown[])[] = [
      ...GARBAGE,
      [{ reason: 7 }],
      [{ reason: 'x'.repeat(501) }],
      [{ reason: 'a complaint', forMs: '1 hour' }],
      [{ reason: 'a complaint', forMs: 1e300 }],
      [{ reason: 'a complaint', forMs: -1 }],
    ];
    for (const args of wrong) {
      const update = talk.handle().executeUpdate('takeOver', { args: args as [unknown] });
      const error = await update.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(WorkflowUpdateFailedError);
      expect((error as WorkflowUpdateFailedError).cause?.message).toMatch(
        /^The update takeOver is rejected: its content/,
      );
    }
    await talk.handle().query('openSequences', 'garbage', 7);
    await expectAnswers(talk, neighbour);
    expect(await talk.attributes()).toMatchObject({ ConversationState: 'bot' });
    await expect(talk.handle().executeUpdate('giveBack', { args: ['garbage'] })).rejects.toBeInstanceOf(
      WorkflowUpdateFailedError,
    );
    await talk.handle().executeUpdate('giveBack', { args: [null] });
    await expectAnswers(talk, neighbour);
  });
});

describe('a sequence that is signalled garbage', () => {
  test('drops it and goes on', async () => {
    const [talk, neighbour] = [await startTalk(PROBE), await startTalk(PROBE)];
    await talk.says('start question');
    await talk.hears(2);
    const handle = talk.stage.client.workflow.getHandle(sequenceId('question', talk.conversation));
    const logged = talk.stage.warnings().length;
    for (const signal of ['reply', 'offerReply', 'topic', 'noSuchSignal']) {
      for (const content of GARBAGE) await handle.signal(signal, ...content);
    }
    for (const content of [[7], [{ reason: 'x' }], [null]]) await handle.signal('stop', ...content);
    await handle.signal('personReplied', 'garbage');
    await handle.query('isEnding', 'garbage');
    expect(talk.stage.warnings().slice(logged).length).toBeGreaterThan(20);
    await talk.says('yes');
    expect(await talk.hears(2)).toEqual(expect.arrayContaining(['answer message']));
    expect(await talk.history(sequenceId('question', talk.conversation))).not.toContain('WORKFLOW_TASK_FAILED');
    await expectAnswers(talk, neighbour);
  });

  test('stops without a reason too', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('start long');
    const handle = talk.stage.client.workflow.getHandle(sequenceId('long', talk.conversation));
    await handle.signal('stop');
    expect(await handle.result()).toBe('stopped by hand');
  });
});

describe('a workflow that is started by hand with garbage', () => {
  const conversation = 'messenger:104857600123456:6120459871239999';
  test.each([
    [CONVERSATION_TYPE, 'by-hand-1', []],
    [CONVERSATION_TYPE, 'by-hand-2', ['text']],
    [CONVERSATION_TYPE, 'by-hand-3', [{ conversation: 'nobody' }]],
    [CONVERSATION_TYPE, 'messenger:104857600123456:6120459871230001', [{ conversation }]],
    [CONVERSATION_TYPE, 'by-hand-4', [{ conversation, state: 'x' }]],
    [CONVERSATION_TYPE, 'by-hand-5', [{ conversation, state: { version: 1 } }]],
    ['nap', 'by-hand-6', []],
    ['nap', 'by-hand-7', [{ conversation, occasion: 3 }]],
    ['no-such-sequence', 'by-hand-8', [null]],
    ['broadcast', 'by-hand-9', [{ name: [] }]],
  ])('%s %s fails for good, and says why', async (type, workflowId, args) => {
    const talk = await startTalk(PROBE);
    const handle = await talk.stage.client.workflow.start(type, { workflowId, taskQueue: TASK_QUEUE, args });
    const error = await handle.result().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(WorkflowFailedError);
    expect((error as WorkflowFailedError).cause?.message).toMatch(
      /^This run was started with an input that it cannot use: it/,
    );
    await talk.says('hello');
    expect(await talk.hears()).toEqual(['1 hello']);
  });
});
