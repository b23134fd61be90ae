/** The menu plugin in conversations; what must not compile; and what is rejected when a bot is loaded. */

import { describe, expect, test } from 'vitest';
import { menu, menuPayload, type Choice, type MenuOptions } from '../../src/plugins/index.ts';
import { startTalk, type Talk } from '../support/talk.ts';

const BOT = 'test/support/bots/menu/bot.ts';
const NEXT_YEARS_BOT = 'test/support/bots/menu/next-years-bot.ts';

/** A conversation after its greeting. */
async function greeted(): Promise<Talk> {
  const talk = await startTalk(BOT);
  await talk.says('Hello');
  await talk.hears();
  return talk;
}

const tappable = ({ stage, psid }: Talk) => stage.simulator.thread(psid).quickReplies.map(({ title }) => title);
const buttons = (talk: Talk) =>
  talk.bubbles().map(({ cards }) => cards.flatMap((card) => card.buttons.map(({ title }) => title)));

describe('quick replies', () => {
  test('lead down, back up and to the start', async () => {
    const talk = await greeted();
    await talk.says('menu');
    expect(await talk.hears()).toEqual(['What can I do for you?']);
    expect(tappable(talk)).toEqual(['Opening hours', 'Prices', 'More']);

    await talk.taps('More');
    expect(await talk.hears()).toEqual(['What else?']);
    expect(tappable(talk)).toEqual(['Delivery', 'Remind me', 'A person', 'Gifts', 'Back']);

    await talk.taps('Gifts');
    await talk.taps('For a child');
    expect(await talk.hears()).toEqual(['For whom?', 'A kite.']);
    expect(tappable(talk)).toEqual(['Back', 'Start again']);

    await talk.taps('Back');
    await talk.taps('Back');
    expect(await talk.hears()).toEqual(['For whom?', 'What else?']);

    await talk.taps('Gifts');
    await talk.taps('Start again');
    expect(await talk.hears()).toEqual(['For whom?', 'What can I do for you?']);
  });

  test('may be typed, as long as they are there', async () => {
    const talk = await greeted();
    await talk.says('menu');
    await talk.says(' more ');
    await talk.says('delivery');
    await talk.says('BACK');
    expect(await talk.hears()).toEqual(['What can I do for you?', 'What else?', 'Two days.', 'What else?']);
    await talk.says('something else');
    await talk.says('delivery');
    expect(await talk.hears()).toEqual(['Sorry?', 'Sorry?']);
  });
});

describe('a choice', () => {
  test('may emit a topic', async () => {
    const talk = await greeted();
    await talk.says('menu');
    await talk.taps('Prices');
    expect(await talk.hears()).toEqual([
      'What can I do for you?',
      'From 5 €.',
      'heard prices.asked {"menu":"main","node":"prices"}',
    ]);
  });

  test('may start a sequence', async () => {
    const talk = await greeted();
    await talk.says('menu');
    await talk.taps('More');
    await talk.taps('Remind me');
    await talk.hears();
    await talk.skip('121 minutes');
    expect(await talk.hears()).toEqual(['You wanted to be reminded.']);
  });

  test('may hand over to an operator, and has no ways back then', async () => {
    const talk = await greeted();
    await talk.says('menu');
    await talk.taps('More');
    await talk.taps('A person');
    expect(tappable(talk)).toEqual([]);
    await talk.says('menu');
    expect(await talk.hears()).toEqual(['What can I do for you?', 'What else?', 'A colleague comes.']);
    await talk.skip('121 minutes');
    await talk.says('menu');
    expect(await talk.hears()).toEqual(['What can I do for you?']);
  });

  test('is reached by its payload from anywhere', async () => {
    const talk = await startTalk(BOT);
    await talk.getsStarted();
    await talk.says('Hello');
    await talk.taps('Delivery');
    expect((await talk.hears()).at(-1)).toBe('Two days.');
    expect(tappable(talk)).toEqual(['Back', 'Start again']);
  });
});

describe('buttons', () => {
  test('are three to a message, with the ways back under the last', async () => {
    const talk = await greeted();
    await talk.says('repair');
    expect(buttons(talk).slice(-2)).toEqual([['Bell', 'Wheel', 'Chain'], ['Saddle']]);
    expect(await talk.hears()).toHaveLength(2);
    await talk.taps('Wheel');
    expect(buttons(talk).at(-1)).toEqual(['Front wheel', 'Rear wheel']);
    expect(tappable(talk)).toEqual(['Back']);
  });

  test('work months later, and say so when their node no longer exists', async () => {
    const talk = await greeted();
    await talk.says('repair');
    await talk.taps('Wheel');
    await talk.hears();

    await talk.skip('300 days');
    await talk.stage.restartWorker(NEXT_YEARS_BOT);
    await talk.taps('Rear wheel');
    expect(await talk.hears()).toEqual(['35 €.']);

    await talk.taps('Front wheel');
    const [apology, parent] = await talk.hears();
    expect(apology).toBe('We no longer do that.');
    expect(parent).toContain('Which one?');
    expect(buttons(talk).at(-1)).toEqual(['The one behind']);

    await talk.taps('Saddle');
    expect((await talk.hears())[0]).toBe('We no longer do that.');
    expect(buttons(talk).at(-1)).toEqual(['Wheel', 'Lamp']);
    await talk.stage.restartWorker(BOT);
  });
});

const aChoice = { title: 'Prices', answer: 'From 5 €.' };
const aMenu = (options: Partial<MenuOptions>) => () => menu({ text: 'What?', choices: [aChoice], ...options });
const many = (count: number) => Array.from({ length: count }, (_, n) => ({ title: `Choice ${n}`, answer: 'Yes.' }));
const inside = (choices: readonly Choice[]) => [{ title: 'More', text: 'What else?', choices }];

describe('what is rejected when the bot is loaded', () => {
  test.each<[string, () => unknown, string]>([
    ['nothing to choose', aMenu({ choices: [] }), 'menu: "choices" must be a list with a choice, not [].'],
    [
      'a title that is too long',
      aMenu({ choices: [{ title: 'x'.repeat(21), answer: 'a' }] }),
      '"choices.0.title" must be',
    ],
    ['two of one id', aMenu({ choices: [aChoice, aChoice] }), '"choices.1.id" must be different from its neighbours'],
    ['an id with a slash', aMenu({ choices: [{ ...aChoice, id: 'a/b' }] }), '"choices.0.id" must be a word'],
    ['a title without a letter', aMenu({ choices: [{ title: '👍', answer: 'a' }] }), '"choices.0.id" must be a word'],
    [
      'an empty answer',
      aMenu({ choices: inside([{ title: 'a', answer: '' }]) }),
      '"choices.0.choices.0.answer" cannot',
    ],
    ['14 quick replies', aMenu({ choices: many(14) }), '"choices" must be at most 13 choices'],
    ['13 with a way back', aMenu({ choices: inside(many(13)) }), '"choices.0.choices" must be at most 12 choices'],
    ['13 buttons', aMenu({ choices: many(13), show: 'buttons' }), '"choices" must be at most 12 choices (group them)'],
    [
      'a long text over buttons',
      aMenu({ text: 'x'.repeat(641), show: 'buttons' }),
      '"text" must be a text of 1 to 640 characters',
    ],
    ['a way back that is too long', aMenu({ back: 'x'.repeat(21) }), '"back" must be a text of 1 to 20 characters'],
    ['an unknown look', aMenu({ show: 'cards' as never }), "'quick-replies' or 'buttons', not \"cards\"."],
    ['no pattern', aMenu({ on: 'help' as never }), 'menu: "on" must be a pattern'],
    [
      'no time',
      aMenu({ choices: [{ title: 'a', handsOver: 'long' as never }] }),
      '"choices.0.handsOver" must be a time',
    ],
    ['a payload without a menu', () => menuPayload('My menu'), 'menuPayload: "menu" must be a name in kebab-case'],
    ['a payload to nowhere', () => menuPayload('main', 'more//x'), 'menuPayload: "node" must be ids with / between'],
  ])('%s', (_, load, complaint) => {
    expect(load).toThrow(complaint);
  });

  test('without "Back" and "Start again" there is room for 13 at every level', () => {
    expect(aMenu({ choices: inside(many(13)), back: false, restart: false })).not.toThrow();
  });
});

test('a payload is made of ids', () => {
  expect(menuPayload('main')).toBe('menu:main');
  expect(menuPayload('main', 'more/opening-hours')).toBe('menu:main/more/opening-hours');
});

test('a choice is a submenu or an action', () => {
  // @ts-expect-error: not both
  expect(aMenu({ choices: [{ title: 'a', text: 'b', choices: [aChoice], answer: 'c' }] })).toThrow('not both');
  // @ts-expect-error: one of them
  expect(aMenu({ choices: [{ title: 'a' }] })).toThrow('emits, starts or handsOver');
  // @ts-expect-error: more choices have a text
  expect(aMenu({ choices: [{ title: 'a', choices: [aChoice] }] })).toThrow('"choices.0.text" must be a text');
  // @ts-expect-error: a menu has a text
  expect(() => menu({ choices: [aChoice] })).toThrow('"text" must be a text');
});
