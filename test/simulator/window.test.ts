/** Meta's messaging window by the person's clock: what opens it, for how long, and what is accepted outside it. */

import { describe, expect, test } from 'vitest';
import { everyMessage } from '../messenger/every-message.ts';
import { ANA, aSend, DAY, HOUR, outcomeOf, PAGE, startBoth, startSimulator, type Running } from './support.ts';

const conversation = `messenger:${PAGE}:${ANA}` as const;
const survey = everyMessage('https://shop.example', '1').find(([name]) => name === 'a survey')![1] as object;
const sticker = { sticker_id: 369239263222822 };
const tagged = (message: object, tag: string) => ({ ...aSend({ ...message }), messaging_type: 'MESSAGE_TAG', tag });

type Simulator = Running['simulator'];

describe('actions of a person 30 hours after the last message open the window or not', () => {
  test.each<[string, (simulator: Simulator) => unknown, 'sent' | '10/2018278']>([
    ['an m.me link with a ref', (simulator) => simulator.opensLink(ANA, 'poster_7'), 'sent'],
    ['an m.me link without a ref', (simulator) => simulator.opensLink(ANA), '10/2018278'],
    ['Send to Messenger on a web page', (simulator) => simulator.optsIn(ANA, 'signup_page'), 'sent'],
    ['a click on an ad', (simulator) => simulator.clicksAd(ANA), '10/2018278'],
    [
      'a click on an ad and a message',
      (simulator) => {
        simulator.clicksAd(ANA);
        simulator.says(ANA, 'Is it still there?');
      },
      'sent',
    ],
    ['a comment under a post', (simulator) => simulator.comments(ANA, 'How much?'), '10/2018278'],
  ])('%s', async (_, act, outcome) => {
    const { simulator, send } = await startSimulator();
    simulator.says(ANA, 'Hello');
    simulator.moveClock(conversation, 30 * HOUR);
    act(simulator);
    expect(outcomeOf(await send(aSend('Hi')))).toBe(outcome);
  });
});

describe('the first message after an ad', () => {
  const talkAfter = async (adWindow: '24 hours' | '7 days', later: number) => {
    const running = await startSimulator({ adWindow });
    running.simulator.clicksAd(ANA);
    running.simulator.says(ANA, 'Is it still there?');
    running.simulator.moveClock(conversation, later);
    return running;
  };

  test.each<['24 hours' | '7 days', number, string]>([
    ['24 hours', 25 * HOUR, '10/2018278'],
    ['7 days', 25 * HOUR, 'sent'],
    ['7 days', 7 * DAY - 60_000, 'sent'],
    ['7 days', 7 * DAY, '10/2018278'],
  ])('opens it for %s, asked after %i ms', async (adWindow, later, outcome) => {
    const { send } = await talkAfter(adWindow, later);
    expect(outcomeOf(await send(aSend('Hi')))).toBe(outcome);
  });

  test('a later message opens it for 24 hours only, and does not shorten the longer one', async () => {
    const { simulator, send } = await talkAfter('7 days', DAY);
    simulator.says(ANA, 'Hello?');
    simulator.moveClock(conversation, 5 * DAY);
    expect(outcomeOf(await send(aSend('Hi')))).toBe('sent');
    simulator.moveClock(conversation, 20 * HOUR);
    simulator.says(ANA, 'Still there?');
    simulator.moveClock(conversation, 23 * HOUR);
    expect(outcomeOf(await send(aSend('Hi')))).toBe('sent');
    simulator.moveClock(conversation, HOUR);
    expect(outcomeOf(await send(aSend('Hi')))).toBe('10/2018278');
  });

  test('names the ad once; in a thread that exists the click sends a referral as well', async () => {
    const { simulator, bot } = await startBoth();
    simulator.clicksAd(ANA, 'summer', '6411900998877');
    simulator.says(ANA, 'One');
    simulator.says(ANA, 'Two');
    simulator.clicksAd(ANA, 'summer');
    await simulator.waitForDeliveries();
    const [one, two] = bot.items('message');
    expect(one!.message).toMatchObject({ referral: { ref: 'summer', ad_id: '6411900998877', source: 'ADS' } });
    expect(two!.message).not.toHaveProperty('referral');
    expect(bot.items('referral')).toEqual([
      expect.objectContaining({ referral: expect.objectContaining({ source: 'ADS', ref: 'summer' }) }),
    ]);
  });
});

describe('classes of messages', () => {
  test.each<[string, Record<string, unknown>, number, string]>([
    ['a survey by its tag, after 6 days', tagged(survey, 'CUSTOMER_FEEDBACK'), 6 * DAY, 'sent'],
    ['a survey by its tag, after 7 days', tagged(survey, 'CUSTOMER_FEEDBACK'), 7 * DAY, '10/2018278'],
    ['a survey without a tag, inside', aSend({ ...survey }), 0, 'sent'],
    ['a survey of a human agent', tagged(survey, 'HUMAN_AGENT'), 0, '100'],
    ['words with the tag of surveys', tagged({ text: 'Hi' }, 'CUSTOMER_FEEDBACK'), 25 * HOUR, '100'],
    ['a sticker of a human agent, outside', tagged(sticker, 'HUMAN_AGENT'), 25 * HOUR, '10/2018278'],
    ['HUMAN_AGENT beside RESPONSE, outside', aSend('Hi', { tag: 'HUMAN_AGENT' }), 25 * HOUR, '10/2018278'],
    ['a template of a human agent', tagged({ template: { name: 'visit' } }, 'HUMAN_AGENT'), 25 * HOUR, '100'],
    [
      'a utility message with a tag',
      aSend(
        { template: { name: 'visit', language: { code: 'en_US' } } },
        { messaging_type: 'UTILITY', tag: 'HUMAN_AGENT' },
      ),
      25 * HOUR,
      '100',
    ],
    [
      'a utility message of a template nobody approved',
      aSend({ template: { name: 'sale', language: { code: 'en_US' } } }, { messaging_type: 'UTILITY' }),
      25 * HOUR,
      '100',
    ],
    [
      'a utility message, long after',
      aSend({ template: { name: 'visit', language: { code: 'en_US' } } }, { messaging_type: 'UTILITY' }),
      60 * DAY,
      'sent',
    ],
  ])('%s', async (_, body, later, outcome) => {
    const { simulator, send } = await startSimulator();
    simulator.says(ANA, 'Hello');
    simulator.approveTemplate({ name: 'visit', body: 'See you tomorrow.' });
    simulator.moveClock(conversation, later);
    expect(outcomeOf(await send(body))).toBe(outcome);
  });

  test('HUMAN_AGENT inside the open window is accepted and flagged', async () => {
    const { simulator, send } = await startSimulator();
    simulator.says(ANA, 'Hello');
    expect(outcomeOf(await send(tagged({ text: 'Marta here' }, 'HUMAN_AGENT')))).toBe('sent');
    expect(simulator.thread(ANA).timeline.at(-1)!.send!.meaning).toContain('inside the open window');
    simulator.moveClock(conversation, 25 * HOUR);
    await send(tagged({ text: 'Marta again' }, 'HUMAN_AGENT'));
    expect(simulator.thread(ANA).timeline.at(-1)!.send).not.toHaveProperty('meaning');
  });
});
