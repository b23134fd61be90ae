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
    ['saysTooMuch'],
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
  ])('%s', async (crime) => {
    const talk = await commit(crime);
    expect(await talk.hears()).toEqual([`heard ${crime}`]);
    await stillAnswers(talk);
  });
});
