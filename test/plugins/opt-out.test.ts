/** The opt-out plugin in conversations; its languages; and what is rejected when a bot is loaded. */

import { describe, expect, test } from 'vitest';
import type { MessageEvent, PluginContext, Sayable } from '../../src/index.ts';
import { optOut, type OptOutOptions } from '../../src/plugins/index.ts';
import { startTalk, type Talk } from '../support/talk.ts';

const BOT = 'test/support/bots/opt-out/bot.ts';

/** A person who gets an offer every two hours. */
async function pestered(): Promise<Talk> {
  const talk = await startTalk(BOT);
  await talk.says('price');
  await talk.says('Ana');
  await talk.skip('121 minutes');
  expect(await talk.hears()).toEqual(['Your name?', 'Thanks.', 'An offer!']);
  return talk;
}

const hasOptedOut = async ({ stage, conversation }: Talk) =>
  (await stage.store.contacts.find(conversation))?.optedOutAt !== undefined;

describe('"stop"', () => {
  test(`ends messages on the bot's own initiative, and "start" allows them again`, async () => {
    const talk = await pestered();
    await talk.says('STOP!');
    expect(await talk.hears()).toEqual(['Stopped.']);
    await talk.skip('121 minutes');
    expect(await talk.hears()).toEqual([]);

    await talk.says('start');
    await talk.skip('121 minutes');
    expect(await talk.hears()).toEqual(['Started.', 'An offer!']);
    await talk.says('topics');
    expect(await talk.hears()).toEqual([
      'lead-capture.started lead-capture.asked lead-capture.completed opt-out opt-in',
    ]);
  });

  test('is confirmed once, however often it is said, and by no other plugin', async () => {
    const talk = await startTalk(BOT);
    await talk.says('stop');
    await talk.says('Stopp', 'stop.');
    expect(await talk.hears()).toEqual(['Stopped.']);
    await talk.says('start', 'stop');
    expect(await talk.hears()).toEqual(['Started.', 'Stopped.']);
  });

  test('does not silence the bot: questions are answered', async () => {
    const talk = await startTalk(BOT);
    await talk.says('stop');
    await talk.says('price');
    expect(await talk.hears()).toEqual(['Stopped.', 'Your name?']);
  });

  test('ends a form, which does not ask again', async () => {
    const talk = await startTalk(BOT);
    await talk.says('price');
    await talk.says('stop');
    await talk.says('Ana');
    expect(await talk.hears()).toEqual(['Your name?', 'Stopped.', 'Sorry?']);
    expect(await talk.leads()).toEqual([]);
  });

  test('said while an operator answers is recorded, and "start" after it is confirmed', async () => {
    const talk = await startTalk(BOT);
    await talk.says('hello');
    await talk.takesOver({ reason: 'a test' });
    await talk.says('stop');
    expect(await hasOptedOut(talk)).toBe(true);
    await talk.givesBack();
    await talk.says('start');
    expect(await talk.hears()).toEqual(['Sorry?', 'Started.']);
  });
});

test('"start" from a person who never opted out is an ordinary word, and an opt-in', async () => {
  const talk = await startTalk(BOT);
  await talk.says('start');
  await talk.says('topics');
  expect(await talk.hears()).toEqual(['Sorry?', 'opt-in not-understood']);
});

test("the bot's own words mean the same", async () => {
  const talk = await startTalk(BOT);
  await talk.says('leave me ALONE!');
  expect(await talk.hears()).toEqual(['Stopped.']);
  expect(await hasOptedOut(talk)).toBe(true);

  await talk.says('Come back');
  await talk.says('topics');
  expect(await talk.hears()).toEqual(['Started.', 'opt-out opt-in']);
  expect(await hasOptedOut(talk)).toBe(false);
});

describe('languages', () => {
  const texts = {
    default: { stopped: 'Stopped.', started: 'Started.' },
    pt: { stopped: 'Parado.', started: 'De volta.' },
    pt_BR: { stopped: 'Parei.', started: 'Voltei.' },
  };

  /** The answer to "stop" for a person with this locale. */
  async function heard(options: OptOutOptions | undefined, locale: string | undefined): Promise<Sayable | undefined> {
    const said: Sayable[] = [];
    const send = async (message: Sayable) => said.push(message);
    const ctx = { state: { wish: 'stop' }, contact: { ...(locale !== undefined && { locale }) }, send };
    await optOut(options).onMessage?.(
      ctx as unknown as PluginContext,
      { kind: 'message', text: 'stop' } as MessageEvent,
    );
    return said[0];
  }

  test.each([
    ['pt_BR', 'Parei.'],
    ['pt_PT', 'Parado.'],
    ['pt', 'Parado.'],
    ['de_DE', 'Stopped.'],
    ['constructor', 'Stopped.'],
    [undefined, 'Stopped.'],
  ])('%s: %s', async (locale, text) => {
    expect(await heard({ texts }, locale)).toBe(text);
  });

  test('without a text for it, English', async () => {
    expect(await heard({ texts: { pt: texts.pt } }, 'de_DE')).toContain('Write "start"');
    expect(await heard(undefined, 'pt_PT')).toContain('Write "start"');
  });
});

/** A bot may be plain JavaScript. */
const any = (value: unknown) => value as never;

test.each<[string, () => unknown, string]>([
  [
    'an empty text',
    () => optOut({ texts: { pt: { stopped: '', started: 'a' } } }),
    'optOut: "texts.pt.stopped" cannot',
  ],
  ['a language', () => optOut({ texts: { Portuguese: any({}) } }), '"texts" must be by locale, as'],
  ['nothing for a language', () => optOut({ texts: { pt: any(undefined) } }), '"texts.pt.stopped" cannot be said'],
  ['a word that is none', () => optOut({ words: { stop: ['!'] } }), 'optOut: "words.stop" must be a list of words'],
  [
    'a wish that is none',
    () => optOut({ words: any({ pause: ['wait'] }) }),
    "lists for 'stop' and 'start', not \"pause\"",
  ],
])('refused when the bot is loaded: %s', (_, load, complaint) => {
  expect(load).toThrow(complaint);
});

test('a language needs both texts', () => {
  // @ts-expect-error: what is said after "start" is missing
  expect(() => optOut({ texts: { pt: { stopped: 'Parado.' } } })).toThrow('"texts.pt.started"');
});
