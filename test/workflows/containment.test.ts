/** A hook that fails loses only its own answer: the next plugin answers, and the conversation goes on. */

import { describe, expect, test } from 'vitest';
import { conversationViewQuery } from '../../src/workflows/contract/index.ts';
import { startTalk, type Talk } from '../support/talk.ts';

const BROKEN = 'test/support/bots/broken/bot.ts';

async function commit(crime: string): Promise<Talk> {
  const talk = await startTalk(BROKEN);
  await talk.says(crime);
  return talk;
}

async function stillAnswers(talk: Talk): Promise<void> {
  await talk.says('still there?');
  expect(await talk.hears()).toEqual(['heard still there?']);
}

describe('the next plugin answers when a hook', () => {
  test.each([
    ['throws'],
    ['throwsAtOnce'],
    ['throwsNothing'],
    ['answersNothing'],
    ['answersNonsense'],
    ['answersThenable'],
    ['spins'],
    ['spinsWithoutBlock'],
    ['spinsInDependency'],
    ['spinsWithAwait'],
    ['recurses'],
    ['recursesWithAwait'],
    ['saysNonsense'],
    ['keepsFunction'],
    ['keepsDate'],
    ['keepsBigInt'],
    ['keepsMap'],
    ['keepsNaN'],
    ['keepsCircle'],
    ['keepsTooMuch'],
    ['keepsNoObject'],
    ['throwsAfterAsking'],
    ['emitsCircle'],
    ['emitsTooMuch'],
    ['handsOverTooMuch'],
    ['wakesAtNonsense'],
    ['wakesInAThousandYears'],
    ['tagsNonsense'],
    ['tagsForEver'],
    ['changesTheEvent'],
    ['startsUnknownSequence'],
    ['forgetsFailure'],
  ])('%s', async (crime) => {
    const talk = await commit(crime);
    expect(await talk.hears()).toEqual([`heard ${crime}`]);
    await stillAnswers(talk);
  });
});

test('a hook that never resolves is given up after 30 seconds', async () => {
  const talk = await commit('hangs');
  expect(await talk.hears()).toEqual([]);
  await talk.skip('31 seconds');
  expect(await talk.hears()).toEqual(['heard hangs']);
  expect(talk.stage.warnings().join()).toContain('It did not end within 30 seconds');
  await stillAnswers(talk);
});

test.each(['sendsForEver', 'sendsForEverWithoutAwait'])(
  'a hook that %s is stopped after 20 messages',
  async (crime) => {
    const talk = await commit(crime);
    const heard = await talk.hears(21);
    expect(heard).toHaveLength(21);
    expect(heard.at(-1)).toBe(`heard ${crime}`);
    await stillAnswers(talk);
  },
);

test('a plugin that answers itself by topics is stopped after 60 messages of one turn', async () => {
  const talk = await commit('answersItself');
  const heard = await talk.hears(60);
  expect(heard).toHaveLength(60);
  await stillAnswers(talk);
});

test('messages that a hook does not await go out in order, also when the first is accepted at the second attempt', async () => {
  const talk = await startTalk(BROKEN);
  talk.stage.simulator.fault({ kind: 'error', code: 100, subcode: 2018294, psid: talk.psid });

  await talk.says('sendsForEverWithoutAwait');
  await talk.hears(21);

  const ordinals = talk.sends().map(({ send }) => {
    const { message } = JSON.parse(send?.request ?? '{}') as { message?: { metadata?: string } };
    return Number(message?.metadata?.split('#')[0]?.split('/').at(-1));
  });
  expect(ordinals).toEqual([0, ...Array.from({ length: 21 }, (_, ordinal) => ordinal)]);
});

test('what a failed hook changed and asked for is undone', async () => {
  const talk = await commit('throwsAfterAsking');
  expect(await talk.attributes()).not.toHaveProperty('Tags');
  expect(await talk.attributes()).toMatchObject({ ConversationState: 'bot' });
  await talk.says('state');
  // One for each message that was looked at afterwards; the thousand of the failed hook is gone.
  expect(await talk.hears()).toEqual(['heard throwsAfterAsking', 'state {"good":1}']);
});

test('topics that answer each other end, and so does a wake-up that asks for itself', async () => {
  const talk = await commit('emitsForEver');
  await stillAnswers(talk);
  await talk.hears();
  await talk.says('wakesForEver');
  await talk.skip('10 seconds');
  const timers = (await talk.history()).filter((type) => type === 'TIMER_FIRED');
  expect(timers.length).toBeGreaterThan(5);
  expect(timers.length).toBeLessThanOrEqual(12);
});

test('a floating promise is waited for, and its failure is logged', async () => {
  const talk = await commit('forgetsToAwait');
  expect(await talk.hears()).toEqual(['on its way', 'heard forgetsToAwait']);
  expect(talk.stage.warnings().join()).toContain('nobody awaits this either');
  await stillAnswers(talk);
});

test('a context is of no use after its hook', async () => {
  const talk = await commit('usesContextLater');
  await talk.says('usesContextNow');
  expect(await talk.hears()).toEqual(['heard usesContextLater', 'heard usesContextNow']);
});

test('a text longer than Meta allows harms nothing', async () => {
  const talk = await commit('saysTooMuch');
  expect((await talk.hears()).at(-1)).toBe('heard saysTooMuch');
  await stillAnswers(talk);
});

test('the fallback answers what no hook handles, also when one fails', async () => {
  const talk = await commit('unheard');
  expect(await talk.hears()).toEqual(['fallback']);
});

test('a plugin that fails five times in a row is disabled for an hour, visibly, and its wake-ups wait', async () => {
  const talk = await commit('wakesLater');
  await talk.says('throws', 'throws', 'throws', 'throws', 'state');
  expect((await talk.hears()).at(-1)).toMatch(/^state /);
  await talk.says('throws', 'throws', 'throws', 'throws', 'throws', 'state');
  expect((await talk.hears()).at(-1)).toBe('heard state');
  const { turns } = await talk.handle().query(conversationViewQuery);
  expect(turns?.slice(-2).map(({ answers }) => answers[0])).toEqual([
    'onMessage failed culprit',
    'onMessage disabled culprit',
  ]);
  expect(await talk.details()).toMatch(/- \*\*Disabled\*\* culprit until .*: its hook onMessage fails each time/);
  expect(talk.stage.warnings().join()).toContain('Plugin \\"culprit\\" is disabled in this conversation for an hour');
  await talk.skip('58 minutes');
  expect(await talk.hears()).toEqual([]);
  await talk.skip('3 minutes');
  expect(await talk.hears()).toEqual(['woke']);
  await talk.says('state');
  expect((await talk.hears()).at(-1)).toMatch(/^state /);
  expect(await talk.details()).not.toContain('culprit');
});

test('onWindowClosing is called once for each window', async () => {
  const talk = await startTalk(BROKEN);
  await talk.says('hello');
  await talk.skip('12 hours');
  await talk.says('hello');
  await talk.hears();
  await talk.skip('21 hours');
  expect(await talk.hears()).toEqual([]);
  await talk.skip('61 minutes');
  expect(await talk.hears()).toEqual(['120 minutes left']);
  await talk.skip('1 hour');
  await talk.says('hello again');
  await talk.skip('22 hours');
  expect(await talk.hears()).toEqual(['heard hello again', '120 minutes left']);
  await talk.says('and again');
  await talk.hears();
  await talk.takesOver({ reason: 'a complaint' });
  await talk.skip('25 hours');
  await talk.givesBack();
  expect(await talk.hears()).toEqual([]);
});

test('the log names the plugin and the hook that failed, and the reason', async () => {
  const talk = await commit('keepsDate');
  const line = talk.stage.warnings().findLast((one) => one.includes('"culprit"'));
  expect(line).toContain('The hook onMessage of plugin \\"culprit\\" failed');
  expect(line).toContain('state.bad is a Date');
});
