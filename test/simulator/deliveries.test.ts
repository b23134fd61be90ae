/** Rare ways in which Meta delivers webhooks: several events in a body, duplicates, reverse order. */

import { describe, expect, test } from 'vitest';
import { type Item, ANA, PAGE, startBoth } from './support.ts';

const BEN = '6120459871230112';
const CLEO = '6120459871230277';
const OTHER_PAGE = '104857600987654';

interface Entry {
  readonly id: string;
  readonly time: number;
  readonly messaging?: Item[];
  readonly standby?: Item[];
  readonly changes?: object[];
}
const entriesOf = (body: string) => (JSON.parse(body) as { entry: Entry[] }).entry;
const wordsIn = (items: readonly Item[]) => items.map(({ message }) => message?.['text']);

/** Three events wait: two of Ana, one of Ben between them. */
async function startHeld(options = {}) {
  const running = await startBoth(options);
  running.simulator.holdDeliveries();
  running.simulator.says(ANA, 'one');
  running.simulator.says(BEN, 'two');
  running.simulator.says(ANA, 'three');
  await running.simulator.waitForDeliveries();
  expect(running.bot.bodies).toEqual([]);
  return running;
}

describe('held webhooks are delivered', () => {
  test('in the order of events, and later ones as usual', async () => {
    const { simulator, bot } = await startHeld();
    simulator.releaseDeliveries();
    await simulator.waitForDeliveries();
    expect(wordsIn(bot.items())).toEqual(['one', 'two', 'three']);
    simulator.says(ANA, 'four');
    await simulator.waitForDeliveries();
    expect(wordsIn(bot.items())).toEqual(['one', 'two', 'three', 'four']);
    expect(bot.bodies).toHaveLength(4);
    expect(bot.wrongSignatures).toEqual([]);
  });

  test('in reverse order', async () => {
    const { simulator, bot } = await startHeld();
    simulator.releaseDeliveries({ order: 'reversed' });
    await simulator.waitForDeliveries();
    expect(wordsIn(bot.items())).toEqual(['three', 'two', 'one']);
  });

  test('in one body with an entry for each event', async () => {
    const { simulator, bot } = await startHeld();
    simulator.comments(ANA, 'How much?');
    simulator.releaseDeliveries({ bodies: 'entries' });
    await simulator.waitForDeliveries();
    expect(bot.bodies).toHaveLength(1);
    const entries = entriesOf(bot.bodies[0]!);
    expect(entries.map(({ messaging, changes }) => [messaging?.length, changes?.length])).toEqual([
      [1, undefined],
      [1, undefined],
      [1, undefined],
      [undefined, 1],
    ]);
    expect(bot.wrongSignatures).toEqual([]);
  });

  test('in one body with all items of a Page in one entry', async () => {
    const { simulator, bot } = await startHeld({ pages: [{ id: OTHER_PAGE, accessToken: 'the-other-token' }] });
    simulator.addPerson({ psid: CLEO, pageId: OTHER_PAGE });
    simulator.says(CLEO, 'four');
    simulator.releaseDeliveries({ bodies: 'items' });
    await simulator.waitForDeliveries();
    expect(bot.bodies).toHaveLength(1);
    const told = entriesOf(bot.bodies[0]!).map(({ id, messaging = [] }) => [id, wordsIn(messaging)]);
    expect(told).toEqual([
      [PAGE, ['one', 'two', 'three']],
      [OTHER_PAGE, ['four']],
    ]);
  });

  test('again as one body until the bot acknowledges it', async () => {
    const { simulator, bot } = await startHeld();
    bot.answers.push(500, 500);
    simulator.releaseDeliveries({ bodies: 'entries' });
    await simulator.waitForDeliveries();
    expect(bot.bodies).toHaveLength(3);
    expect(simulator.thread(BEN).timeline[0]!.webhooks[0]).toMatchObject({ tries: 3, isAccepted: true });
  });

  test('twice, with another entry.time and another address of the file', async () => {
    const { simulator, bot } = await startHeld();
    const mid = simulator.sendsMedia(ANA, 'image');
    simulator.releaseDeliveries({ bodies: 'entries', isTwice: true });
    await simulator.waitForDeliveries();
    const [first, second] = bot.bodies.map((body) => entriesOf(body).at(-1)!);
    const photo = ({ messaging }: Entry) =>
      messaging![0]!.message! as { mid: string; attachments: [{ payload: { url: string } }] };
    expect(first!.time).not.toBe(second!.time);
    expect([photo(first!).mid, photo(second!).mid]).toEqual([mid, mid]);
    const [one, two] = [first!, second!].map((entry) => new URL(photo(entry).attachments[0].payload.url));
    expect(one!.href).not.toBe(two!.href);
    expect(one!.pathname).toBe(two!.pathname);
  });
});

test('acknowledged webhooks are delivered once more on demand', async () => {
  const { simulator, bot } = await startBoth();
  for (const text of ['one', 'two', 'three']) simulator.says(ANA, text);
  await simulator.waitForDeliveries();
  simulator.redeliver(ANA, 2);
  await simulator.waitForDeliveries();
  expect(wordsIn(bot.items())).toEqual(['one', 'two', 'three', 'two', 'three']);
});

test('the control API holds and releases deliveries', async () => {
  const { simulator, bot, app } = await startBoth();
  const post = async (path: string, payload: object = {}) =>
    (await app.inject({ method: 'POST', url: `/simulator/api/${path}`, payload })).statusCode;
  expect(await post('deliveries/hold')).toBe(200);
  simulator.says(ANA, 'one');
  expect(await post(`people/${ANA}/media`, { type: 'image' })).toBe(200);
  await simulator.waitForDeliveries();
  expect(bot.bodies).toEqual([]);
  expect(await post('deliveries/release', { bodies: 'items', order: 'reversed', isTwice: true })).toBe(200);
  await simulator.waitForDeliveries();
  expect(bot.bodies).toHaveLength(2);
  expect(await post(`people/${ANA}/redeliveries`, { count: 1 })).toBe(200);
  await simulator.waitForDeliveries();
  expect(bot.bodies).toHaveLength(3);
  expect(await post('deliveries/release', { bodies: 'all' })).toBe(400);
});
