/** What must not compile, and what is inferred. `tsc` judges this file; running it shows that it was looked at. */

import { expect, expectTypeOf, test } from 'vitest';
import type { RefusalReason } from '../../src/domain/error-codes.ts';
import {
  defineBot,
  definePlugin,
  defineSequence,
  declareActivities,
  textMessage,
  type MessageEvent,
  type PostbackEvent,
  type SendOutcome,
} from '../../src/index.ts';

interface Lead {
  readonly email: string;
}
/** Stands for the functions of an `activities.ts`. */
const activities = {
  async saveToCrm(lead: Lead): Promise<'saved' | 'known'> {
    return lead.email ? 'saved' : 'known';
  },
};

test('a plugin knows its own state and activities', () => {
  definePlugin({
    name: 'counter',
    state: { messages: 0 },
    activities: declareActivities<typeof activities>({ saveToCrm: { startToCloseTimeout: '10 seconds' } }),
    async onMessage(ctx, message) {
      expectTypeOf(ctx.state.messages).toBeNumber();
      expectTypeOf(message).toEqualTypeOf<MessageEvent>();
      expectTypeOf(ctx.activities.saveToCrm).returns.resolves.toEqualTypeOf<'saved' | 'known'>();
      // @ts-expect-error: there is no such state
      void ctx.state.taps;
      // @ts-expect-error: a lead has an e-mail
      void ctx.activities.saveToCrm({});
      // @ts-expect-error: only an id may come from the conversation, and it is fixed
      ctx.conversation = 'messenger:1:2';
      return 'handled';
    },
    async onPostback(_ctx, postback) {
      expectTypeOf(postback).toEqualTypeOf<PostbackEvent>();
      return 'pass';
    },
    onWake(ctx, note) {
      expectTypeOf(note).toBeString();
      expectTypeOf(ctx.send('Hi')).resolves.toEqualTypeOf<SendOutcome>();
    },
  });
  expect(true).toBe(true);
});

test('a plugin lists its activities, and calls no others', () => {
  // @ts-expect-error: every one is listed
  declareActivities<typeof activities>({});
  // @ts-expect-error: there is no such function
  declareActivities<typeof activities>({ saveToCrm: {}, mail: {} });
  // @ts-expect-error: no duration
  expect(() => declareActivities<typeof activities>({ saveToCrm: { startToCloseTimeout: 'soon' } })).toThrow(
    'saveToCrm.start',
  );
  // @ts-expect-error: options belong to a function
  expect(() => declareActivities<typeof activities>({ startToCloseTimeout: '10 seconds' })).toThrow('by name');
  definePlugin({
    name: 'crm',
    async onMessage(ctx) {
      // @ts-expect-error: it lists none
      void ctx.activities.saveToCrm;
      return 'pass';
    },
  });
  expect(true).toBe(true);
});

test('hooks answer with one of two words', () => {
  definePlugin({
    name: 'wrong',
    // @ts-expect-error: 'done' is neither
    onMessage: async () => 'done',
  });
  definePlugin({
    name: 'wrong',
    // @ts-expect-error: a hook answers
    async onPostback() {},
  });
  definePlugin({
    name: 'wrong',
    // @ts-expect-error: there is no such hook
    onMesage: async () => 'pass',
  });
  expect(true).toBe(true);
});

test('a bot can name no tag, no messaging type and no author', () => {
  definePlugin({
    name: 'wrong',
    async onMessage(ctx) {
      // @ts-expect-error: Meta's tags are for people
      await ctx.send({ text: 'Hi', tag: 'HUMAN_AGENT' });
      // @ts-expect-error: so is the messaging type
      await ctx.send('Hi', { messaging_type: 'MESSAGE_TAG' });
      // @ts-expect-error: a card nobody knows
      await ctx.send({ video: 'cat' });
      await ctx.send(textMessage('Hi'));
      return 'pass';
    },
  });
  expect(true).toBe(true);
});

test('the outcome of a send is told apart before it is used', () => {
  const outcome = { status: 'refused', reason: 'window_closed' } as SendOutcome;
  // @ts-expect-error: only what was sent has an id
  void outcome.messageId;
  if (outcome.status === 'sent') expectTypeOf(outcome.messageId).toBeString();
  if (outcome.status === 'refused') expectTypeOf(outcome.reason).toEqualTypeOf<RefusalReason>();
  expect(outcome.status).toBe('refused');
});

test('a sequence', () => {
  defineSequence({
    name: 'later',
    async run(seq) {
      expectTypeOf(await seq.waitForReply('3 days')).toEqualTypeOf<MessageEvent | PostbackEvent | undefined>();
      expectTypeOf(seq.data).toBeUnknown();
      // @ts-expect-error: no duration
      await seq.sleep('a while');
      // @ts-expect-error: before what?
      await seq.untilWindowCloses();
      expectTypeOf(await seq.untilWindowCloses({ before: '2 hours' })).toEqualTypeOf<number | undefined>();
      // @ts-expect-error: a text is no pattern
      await seq.waitForReply('1 day', 'yes');
      await seq.waitForReply('1 day', (reply) => reply.kind === 'postback');
      // @ts-expect-error: it lists no activities
      void seq.activities.saveToCrm;
      // @ts-expect-error: a sequence has no state; what it knows is in its variables
      void seq.state;
    },
  });
  defineSequence({
    name: 'saver',
    runs: 'once',
    endOn: ['window_closed', 'opted_out'],
    activities: declareActivities<typeof activities>({ saveToCrm: {} }),
    async run(seq) {
      expectTypeOf(seq.activities.saveToCrm).returns.resolves.toEqualTypeOf<'saved' | 'known'>();
    },
  });
  // @ts-expect-error: no such way to run
  defineSequence({ name: 'saver', runs: 'twice', async run() {} });
  // @ts-expect-error: no reason of the policy's
  defineSequence({ name: 'saver', endOn: ['reply'], async run() {} });
  // @ts-expect-error: it has a name
  defineSequence({ async run() {} });
  // @ts-expect-error: a time has hours and minutes of one day, both ends
  defineSequence({ name: 'later', quietHours: { from: '21:00' }, async run() {} });
  expect(true).toBe(true);
});

test('a bot is made of plugins and sequences', () => {
  const counter = definePlugin({ name: 'counter', state: { messages: 0 } });
  const later = defineSequence({ name: 'later', async run() {} });
  defineBot({ plugins: [counter], sequences: [later] });
  // @ts-expect-error: a text is no plugin
  expect(() => defineBot({ plugins: [counter, 'nothing'] })).toThrow('plugins.1');
  // The compiler takes a sequence for a plugin without hooks.
  expect(() => defineBot({ plugins: [later] })).toThrow('"run" is no part of a plugin');
  // @ts-expect-error: a bot has plugins
  expect(() => defineBot({ sequences: [later] })).toThrow('"plugins"');
  // @ts-expect-error: no such part
  expect(() => defineBot({ plugins: [], comands: [] })).toThrow('comands');
});
