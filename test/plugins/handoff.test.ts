/** The handoff plugin's rules, and with Conversation Routing on a real Temporal server. */

import { describe, expect, test } from 'vitest';
import { handoff, type HandoffOptions } from '../../src/plugins/index.ts';
import { startTalk } from '../support/talk.ts';
import { talkWith } from './hook-talk.ts';

const BOT = 'test/support/bots/handoff/bot.ts';

describe('messages that no plugin handled', () => {
  const missed = (talk: ReturnType<typeof talkWith>) =>
    talk.run((plugin, ctx) => plugin.onTopic?.(ctx, { name: 'not-understood' }));

  test('several in a row hand over to an operator', async () => {
    const talk = talkWith(handoff({ on: /human/, afterMisses: 3 }));
    await missed(talk);
    await missed(talk);
    expect(talk.takeOvers).toEqual([]);
    await missed(talk);
    expect(talk.heard()).toEqual(['One moment, I am asking a colleague to join us.']);
    expect(talk.takeOvers).toEqual([{ reason: 'the person was not understood', forMs: 20 * 3_600_000 }]);
  });

  test('are not in a row with a handled message between, or after a long time', async () => {
    const talk = talkWith(handoff({ on: /human/, afterMisses: 2, missesWithin: '5 minutes' }));
    await missed(talk);
    await talk.says('open?', 'faq');
    await missed(talk);
    talk.passes('6 minutes');
    await missed(talk);
    expect(talk.takeOvers).toEqual([]);
    await missed(talk);
    expect(talk.takeOvers).toHaveLength(1);
  });

  test('do nothing without `afterMisses`', async () => {
    const talk = talkWith(handoff({ on: /human/ }));
    for (let misses = 0; misses < 20; misses += 1) await missed(talk);
    expect(talk.takeOvers).toEqual([]);
    expect(talk.state()).toEqual({});
  });
});

test('outside the hours of operators the person is told so', async () => {
  const text = 'We are back at 9.';
  const inLisbon = { from: '12:00', to: '14:00', timeZone: 'Europe/Lisbon' };
  const talk = talkWith(handoff({ on: /human/, away: { hours: inLisbon, text } }));
  await talk.says('human');
  expect(talk.heard()).toEqual([text]);
  talk.passes('2 hours');
  await talk.says('human');
  expect(talk.heard()).toEqual(['One moment, I am asking a colleague to join us.']);
});

describe('when the time is up', () => {
  const back = (talk: ReturnType<typeof talkWith>, reason = 'time is up') =>
    talk.run((plugin, ctx) => plugin.onHandoff?.(ctx, { to: 'bot', reason, at: ctx.now }));
  const asked = async (options: Partial<HandoffOptions> = {}, thread: 'done' | 'refused' = 'done') => {
    const talk = talkWith(handoff({ on: /human/, text: 'One moment.', nobodyCame: 'Sorry.', ...options }), {}, thread);
    await talk.says('human');
    return talk;
  };

  test('and no operator wrote, the person is told, and a topic is emitted', async () => {
    const talk = await asked();
    await back(talk);
    expect(talk.heard()).toEqual(['One moment.', 'Sorry.']);
    expect(talk.topics()).toEqual(['handoff.unanswered']);
    expect(talk.controls).toEqual([]);
  });

  test('a conversation that is handed back was answered', async () => {
    const talk = await asked();
    await back(talk, 'given back');
    await back(talk);
    expect(talk.heard()).toEqual(['One moment.']);
    expect(talk.topics()).toEqual([]);
  });

  test('an operator who answered through everthread was there', async () => {
    const talk = await asked();
    await talk.run((plugin, ctx) =>
      plugin.onHandoff?.(ctx, { to: 'bot', reason: 'time is up', at: ctx.now, answeredAt: ctx.now }),
    );
    expect(talk.heard()).toEqual(['One moment.']);
    expect(talk.topics()).toEqual([]);
  });

  test('the thread is passed to an app and taken back', async () => {
    const talk = await asked({ passThread: '690011223344556' });
    await back(talk);
    expect(talk.controls).toEqual([{ action: 'pass', appId: '690011223344556' }, { action: 'take' }]);
  });

  test('after Meta refuses to take the thread back, nothing is sent in it', async () => {
    const talk = await asked({ passThread: true }, 'refused');
    await back(talk);
    expect(talk.controls).toEqual([{ action: 'pass' }]);
    expect(talk.heard()).toEqual(['One moment.', 'Sorry.']);
    const other = talkWith(
      { ...handoff({ on: /human/, nobodyCame: 'Sorry.' }), state: { waitingSince: 1, hasPassed: true } },
      {},
      'refused',
    );
    await back(other);
    expect(other.heard()).toEqual([]);
    expect(other.topics()).toEqual(['handoff.unanswered']);
  });
});

/** A bot may be plain JavaScript. */
const any = (value: unknown) => value as never;

test.each<[string, Partial<HandoffOptions>, string]>([
  ['no misses', { afterMisses: 0 }, 'handoff: "afterMisses" must be a whole number from 1, not 0'],
  ['no hours', { away: any({ text: 'x' }) }, '"away.hours" must be'],
  ['no words', { away: any({ hours: { from: '18:00', to: '09:00' } }) }, '"away.text" cannot be said'],
  ['an app that is none', { passThread: 'inbox' }, '"passThread" must be true, false or an app'],
  ['a time that is none', { missesWithin: any('soon') }, '"missesWithin" must be a time'],
])('refused when the bot is loaded: %s', (_, options, complaint) => {
  expect(() => handoff({ on: /human/, ...options })).toThrow(complaint);
});

describe('on a real Temporal server', () => {
  test('nobody came: the person is told, and the bot answers again', async () => {
    const talk = await startTalk(BOT);
    await talk.says('what');
    talk.stage.simulator.setThreadOwner(talk.psid, 'us');
    await talk.says('hm', 'eh');
    expect(await talk.hears()).toEqual(['Sorry?', 'Sorry?', 'Sorry?', 'A colleague comes.']);
    expect(await talk.details()).toMatch(/\*\*handoff\*\* waits for a person since 20/);
    await talk.says('hello?');
    expect(await talk.hears()).toEqual([]);
    await talk.skip('2 hours');
    expect(await talk.hears()).toEqual(['Nobody was free. Can I help?']);
    await talk.says('topics');
    expect(await talk.hears()).toEqual(['handoff.unanswered']);
  });

  test('after an operator answered, nothing is said', async () => {
    const talk = await startTalk(BOT);
    await talk.says('human');
    await talk.answersFromInbox('Marta here');
    await talk.skip('2 days');
    expect(await talk.hears()).toEqual(['A colleague comes.']);
  });

  test('after an operator answered through everthread, nobody waits any more', async () => {
    const talk = await startTalk('test/support/bots/bundled/bot.ts');
    await talk.says('human');
    expect(await talk.details()).toContain('waits for a person');
    await talk.operatorWrites('Mia here');
    expect(await talk.details()).not.toContain('waits for a person');
  });

  test('under Conversation Routing the thread goes to the inbox, and is taken back', async () => {
    const talk = await startTalk(BOT);
    const { simulator } = talk.stage;
    const owner = () => simulator.thread(talk.psid).person.threadOwner;
    simulator.says(talk.psid, 'hi');
    await talk.settles();
    simulator.setThreadOwner(talk.psid, 'us');
    await talk.says('human');
    expect(owner()).toBe('page_inbox');
    await talk.skip('2 hours');
    expect(owner()).toBe('us');
    expect(await talk.hears()).toEqual(['Sorry?', 'A colleague comes.', 'Nobody was free. Can I help?']);
  });

  test('an operator takes the thread and passes it back', async () => {
    const talk = await startTalk(BOT);
    const { simulator } = talk.stage;
    await talk.says('hi');
    simulator.setThreadOwner(talk.psid, 'us');
    simulator.setThreadOwner(talk.psid, 'page_inbox');
    await talk.settles();
    expect(await talk.attributes()).toMatchObject({ ConversationState: 'human' });
    await talk.says('still there?');
    simulator.setThreadOwner(talk.psid, 'us');
    await talk.settles();
    await talk.says('thanks');
    expect(await talk.attributes()).toMatchObject({ ConversationState: 'bot' });
    expect(await talk.hears()).toEqual(['Sorry?', 'Sorry?']);
  });
});
