import { expect, test } from 'vitest';
import { findProfileChanges } from '../../src/graph/profile/profile-changes.ts';
import type { MessengerProfile } from '../../src/messenger/profile.ts';

const PRICES = { type: 'postback', title: 'Prices', payload: 'PRICES' } as const;
const SITE = { type: 'web_url', title: 'Our shop', url: 'https://shop.example/' } as const;

const FULL: MessengerProfile = {
  get_started: { payload: 'START' },
  greeting: [
    { locale: 'default', text: 'Hello' },
    { locale: 'pt_PT', text: 'Olá' },
  ],
  ice_breakers: [{ locale: 'default', call_to_actions: [{ question: 'Open today?', payload: 'HOURS' }] }],
  persistent_menu: [{ locale: 'default', call_to_actions: [PRICES, SITE] }],
  commands: [{ locale: 'default', commands: [{ name: 'help', description: 'Shows help' }] }],
};

test('for a Page without a profile everything is new', () => {
  expect(findProfileChanges(FULL, {})).toEqual([
    { property: 'get_started', kind: 'new', without: [], with: ['sends "START"'] },
    { property: 'greeting', kind: 'new', without: [], with: ['default: "Hello"', 'pt_PT: "Olá"'] },
    { property: 'ice_breakers', kind: 'new', without: [], with: ['default: "Open today?" sends "HOURS"'] },
    {
      property: 'persistent_menu',
      kind: 'new',
      without: [],
      with: ['default: "Prices" sends "PRICES"', 'default: "Our shop" opens "https://shop.example/"'],
    },
    { property: 'commands', kind: 'new', without: [], with: ['default: /help "Shows help"'] },
  ]);
});

test.each<[what: string, atMeta: object]>([
  ['itself', FULL],
  ['locales in another order', { ...FULL, greeting: FULL.greeting?.toReversed() }],
  [
    'what Meta adds by itself',
    {
      ...FULL,
      whitelisted_domains: ['https://shop.example'],
      persistent_menu: [
        {
          locale: 'default',
          composer_input_disabled: false,
          call_to_actions: [PRICES, { ...SITE, webview_height_ratio: 'full' }],
        },
      ],
    },
  ],
  [
    'ice breakers in the older form, without locales',
    { ...FULL, ice_breakers: [{ question: 'Open today?', payload: 'HOURS' }] },
  ],
])('%s is no difference', (_, atMeta) => {
  expect(findProfileChanges(FULL, atMeta)).toEqual([]);
});

test('only differences are listed, line by line', () => {
  const atMeta = {
    ...FULL,
    greeting: [
      { locale: 'default', text: 'Hi' },
      { locale: 'pt_PT', text: 'Olá' },
    ],
    persistent_menu: [{ locale: 'default', composer_input_disabled: true, call_to_actions: [PRICES, SITE] }],
  };
  expect(findProfileChanges(FULL, atMeta)).toEqual([
    { property: 'greeting', kind: 'different', without: ['default: "Hi"'], with: ['default: "Hello"'] },
    {
      property: 'persistent_menu',
      kind: 'different',
      without: ['default: people cannot write, only tap'],
      with: [],
    },
  ]);
});

test('another order of a menu is a difference without lines', () => {
  const atMeta = { ...FULL, persistent_menu: [{ locale: 'default', call_to_actions: [SITE, PRICES] }] };
  expect(findProfileChanges(FULL, atMeta)).toEqual([
    { property: 'persistent_menu', kind: 'different', without: [], with: [] },
  ]);
});

test('a property that the bot does not name goes away, unless it is empty', () => {
  expect(findProfileChanges({}, { commands: FULL.commands, greeting: [] })).toEqual([
    { property: 'commands', kind: 'gone', without: ['default: /help "Shows help"'], with: [] },
  ]);
});

test.each([['something'], [7], [[{ locale: 'default' }]], [{ call_to_actions: [] }]])(
  'the menu %j, of an unknown form, is a difference and no error',
  (menu) => {
    expect(findProfileChanges(FULL, { ...FULL, persistent_menu: menu })).toMatchObject([
      { property: 'persistent_menu', kind: 'different', without: [expect.stringContaining('does not know')] },
    ]);
  },
);

test('foreign text cannot move the cursor of a terminal', () => {
  const greeting = [{ locale: 'default\u001b[2J', text: '\u001b]0;x\u0007 \u009b2J \u202e' }];
  const [change] = findProfileChanges({}, { greeting });
  // oxlint-disable-next-line no-control-regex
  expect(change?.without.join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
});
