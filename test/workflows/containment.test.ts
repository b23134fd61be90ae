/** A hook harms only its own answer: the next plugin answers, and the conversation lives. */
import { describe, expect, test } from 'vitest';
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

test('messages that a hook does not await go out in order, also when the first is taken at its second try', async () => {
  const talk = await startTalk(BROKEN);
  talk.stage.simulator.fault({ kind: 'error', code: 100, subcode: 2018294, psid: talk.psid });

  await talk.says('sendsForEverWithoutAwait');
  await talk.hears(21);

  const ordinals = talk.sends().map(({ send }) => {
    const { message } = JSON.parse(send?.request ?? '{}') as { message?: { metadata?: string } };
    return Number(message?.metadata?.split('/').at(-1));
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

test('a promise that nobody awaits is waited for, and its failure is said', async () => {
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

test('a text longer than Meta takes ends nothing', async () => {
  const talk = await commit('saysTooMuch');
  expect((await talk.hears()).at(-1)).toBe('heard saysTooMuch');
  await stillAnswers(talk);
});

test('whose hook failed, and how, is in the log', async () => {
  const talk = await commit('keepsDate');
  const line = talk.stage.warnings().findLast((one) => one.includes('"culprit"'));
  expect(line).toContain('The hook onMessage of plugin \\"culprit\\" failed');
  expect(line).toContain('state.bad is a Date');
});
