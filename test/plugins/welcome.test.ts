/** The welcome plugin by where people come from, in conversations; `bundled.test.ts` has the common cases. */

import { describe, expect, test } from 'vitest';
import type { MessageEvent, ReferralEvent, Sayable, SendOutcome } from '../../src/index.ts';
import { welcome } from '../../src/plugins/index.ts';
import { startTalk } from '../support/talk.ts';

const BOT = 'test/support/bots/welcome/bot.ts';

describe('Get Started', () => {
  test('by a link that has a text of its own', async () => {
    const talk = await startTalk(BOT);
    await talk.getsStarted('spring');
    await talk.says('open?');
    expect(await talk.hears()).toEqual(['Welcome to our spring sale!', 'From 9 to 5.']);
  });

  test.each([['autumn'], ['constructor'], [undefined]])('by the unknown ref %s', async (ref) => {
    const talk = await startTalk(BOT);
    await talk.getsStarted(ref);
    expect(await talk.hears()).toEqual(['Welcome!']);
  });

  test('again is not greeted as new', async () => {
    const talk = await startTalk(BOT);
    await talk.says('open?');
    await talk.getsStarted();
    expect(await talk.hears()).toEqual(['Welcome!', 'From 9 to 5.', 'Good to see you again.']);
  });
});

test('a link with a text of its own also greets a person who was greeted before, once', async () => {
  const talk = await startTalk(BOT);
  const follows = (ref: string) => talk.stage.simulator.opensLink(talk.psid, ref);
  await talk.says('Hello');
  await talk.skip('40 days');
  follows('spring');
  expect(await talk.hears(2)).toEqual(['Welcome!', 'Welcome to our spring sale!']);
  follows('spring');
  follows('autumn');
  await talk.says('open?');
  expect(await talk.hears()).toEqual(['From 9 to 5.']);
});

describe('an ad', () => {
  test('has a text of its own, by its ref or its id, with the first message after it', async () => {
    const talk = await startTalk(BOT);
    talk.stage.simulator.clicksAd(talk.psid, 'unknown', '6411900112244');
    await talk.says('open?');
    await talk.says('open?');
    expect(await talk.hears()).toEqual(['You saw our wheels.', 'From 9 to 5.', 'From 9 to 5.']);
  });

  test('clicked by a person who was greeted before gets its text at once while the window is open', async () => {
    const talk = await startTalk(BOT);
    await talk.says('Hello');
    talk.stage.simulator.clicksAd(talk.psid, 'spring');
    expect(await talk.hears(2)).toEqual(['Welcome!', 'Welcome to our spring sale!']);
    await talk.says('open?');
    expect(await talk.hears()).toEqual(['From 9 to 5.']);
  });

  test('clicked while the window is closed gets its text as soon as the person writes', async () => {
    const talk = await startTalk(BOT);
    await talk.says('Hello');
    await talk.hears();
    await talk.skip('25 hours');
    talk.stage.simulator.clicksAd(talk.psid, 'spring');
    await talk.settles();
    expect(await talk.hears()).toEqual([]);
    await talk.says('open?');
    await talk.says('open?');
    expect(await talk.hears()).toEqual(['Welcome to our spring sale!', 'From 9 to 5.', 'From 9 to 5.']);
  });
});

test('a text refused by a closed window is sent before the next answer, also when that message names no ad', async () => {
  const said: Sayable[] = [];
  let outcome: SendOutcome = { status: 'refused', reason: 'window_closed' };
  const send = async (message: Sayable) => {
    said.push(message);
    return outcome;
  };
  const { onEvent, onMessage } = welcome({ text: 'Welcome!', refs: { spring: 'Our spring sale!' } });
  const ctx = { state: { isGreeted: true }, send } as never;
  const click = { kind: 'referral', referral: { ref: 'spring', source: 'ADS' } } as ReferralEvent;
  const message = { kind: 'message', text: 'open?' } as MessageEvent;

  await onEvent?.(ctx, click);
  outcome = { status: 'sent', messageId: 'm_1' };
  await onMessage?.(ctx, message);
  await onMessage?.(ctx, message);
  expect(said).toEqual(['Our spring sale!', 'Our spring sale!']);
});

test('texts that cannot be sent are rejected when the bot is loaded', () => {
  expect(() => welcome({ text: 'Hi', refs: { spring: '' } })).toThrow('welcome: "refs.spring" cannot be said.');
  expect(() => welcome({ text: 'Hi', refs: null as never })).toThrow('welcome: "refs" must be texts by ref');
  expect(() => welcome({ text: 'Hi', again: '' })).toThrow('welcome: "again" cannot be said.');
  // @ts-expect-error: there is a text for those who come by no link
  expect(() => welcome({ refs: { spring: 'Hi' } })).toThrow('welcome: "text" cannot be said.');
});
