/** What a Page does in a thread without saying a word. */

import { expect, test } from 'vitest';
import { startTalk, type Talk } from '../support/talk.ts';

const GESTURES = 'test/support/bots/gestures/bot.ts';

/** Every call of the Send API, by what it asks for: `typing_on`, `RESPONSE`. */
const calls = (talk: Talk) => talk.sends().map(({ send }) => send?.how);
const reactions = (talk: Talk) => talk.bubbles().map(({ pageReaction }) => pageReaction);

test('the typing indicator comes before the message', async () => {
  const talk = await startTalk(GESTURES);
  await talk.says('type');
  expect(calls(talk).filter((call) => call !== 'mark_seen')).toEqual(['typing_on', 'RESPONSE']);
  expect(talk.bubbles()[0]?.mark).toBe('seen');
  expect(talk.stage.simulator.thread(talk.psid).isTyping).toBe(false);
});

test('a reaction is set on the message, and can be removed', async () => {
  const talk = await startTalk(GESTURES);
  await talk.says('love');
  expect(reactions(talk)).toEqual(['❤️', undefined]);
  await talk.says('regret');
  expect(reactions(talk)).toEqual(['❤️', undefined, undefined, undefined]);
});

test('a replay repeats no sender action', async () => {
  const talk = await startTalk(GESTURES);
  await talk.says('type');
  await talk.restartWorker();
  await talk.says('hello');
  expect(await talk.hears()).toEqual(['did type', 'did hello']);
  expect(calls(talk).filter((call) => call === 'typing_on')).toHaveLength(1);
});

test('a sender action costs one event of the history, and the message no more than before', async () => {
  const [quiet, typing] = [await startTalk(GESTURES), await startTalk(GESTURES)];
  await quiet.says('hello');
  await typing.says('type');
  expect((await typing.history()).length - (await quiet.history()).length).toBe(1);
});

test.each(['nonsense', 'strange', 'wildly'])('sender actions asked for %s do not harm the answer', async (how) => {
  const talk = await startTalk(GESTURES);
  await talk.says(how);
  expect(await talk.hears()).toEqual([`did ${how}`]);
  expect(calls(talk).filter((call) => call === 'typing_on').length).toBeLessThanOrEqual(10);
  expect(reactions(talk)).toEqual([undefined, undefined]);
});

test('a wake-up may send sender actions while the window is open, and none once it is closed', async () => {
  const talk = await startTalk(GESTURES);
  await talk.says('in 23', 'in 25');
  await talk.skip('24 hours');
  const early = calls(talk);
  expect(new Set(early.slice(-2))).toEqual(new Set(['react', 'typing_on']));
  await talk.skip('2 hours');
  expect(calls(talk)).toEqual(early);
  expect(reactions(talk).filter(Boolean)).toEqual(['👀']);
  await talk.says('hello');
  expect((await talk.hears()).at(-1)).toBe('did hello');
});

test('while an operator answers the bot marks nothing as seen', async () => {
  const talk = await startTalk(GESTURES);
  await talk.says('hello');
  await talk.takesOver({ reason: 'asked' });
  const before = calls(talk);
  await talk.says('love');
  expect(calls(talk)).toEqual(before);
});
