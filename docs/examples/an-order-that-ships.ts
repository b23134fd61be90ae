/**
 * A shop says by its own order number that an order has shipped, three times, to a bot that has waited for it for three days.
 * The bot says so once. Beside a bot on this machine, whose simulator moves time:
 *
 *     npm run everthread -- dev docs/examples/orders/bot.ts
 *
 *     npm run everthread -- operators add shop
 *     export SHOP=$(npm run --silent everthread -- operators token shop)
 *     npx tsx --conditions=everthread-source docs/examples/an-order-that-ships.ts
 *
 * `test/chaos/orders.test.ts` plays the same against `everthread start`, and kills the worker meanwhile.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { createClient, type EverthreadClient } from 'everthread/client';
import { aPersonOf, type Person } from './a-day-of-operators.ts';

/** The templates that the business has let Meta approve. */
export const TEMPLATES = [
  { name: 'order_shipped', body: 'Order {{order}} has left, {{days}} days after you ordered it.' },
  { name: 'order_late', body: 'Order {{order}} takes longer than {{days}} days. We are looking into it.' },
];

/** The person orders, and the bot has heard of it. */
export async function order(person: Person, number: string): Promise<void> {
  await person.says(`order ${number}`);
  while ((await person.heard()).every((text) => !text.includes(number))) await delay(100);
}

/** The shop reports once that the order has shipped. Resolves to whether the bot had heard of it before. */
export async function ship(shop: EverthreadClient, number: string): Promise<boolean> {
  const to = { externalId: { system: 'shop', id: number } };
  for (;;) {
    const body = { to, topic: 'order.shipped', data: { carrier: 'Deutsche Post' }, key: `order-${number}-shipped` };
    const { status, isRepeated } = await shop.POST('/topics', { body });
    if (status === 'emitted') return isRepeated;
    await delay(100);
  }
}

/** What the person hears of the shipment. */
export async function heardOfShipment(person: Person): Promise<readonly string[]> {
  return (await person.heard()).filter((text) => text.includes('has left'));
}

if (process.argv[1] === import.meta.filename) {
  const { OPERATOR_URL: url = 'http://127.0.0.1:3001', SIMULATOR_URL = 'http://127.0.0.1:3000/simulator' } =
    process.env;
  const { SHOP } = process.env;
  for (const template of TEMPLATES) {
    const headers = { 'content-type': 'application/json' };
    await fetch(`${SIMULATOR_URL}/api/templates`, { method: 'POST', headers, body: JSON.stringify(template) });
  }
  const shop = createClient({ url, token: SHOP });
  const person = await aPersonOf(SIMULATOR_URL);
  const number = String(Date.now() % 10_000_000);
  await order(person, number);
  await person.waits(72);
  for (const time of ['first', 'second', 'third'])
    console.log(`The ${time} time: ${(await ship(shop, number)) ? 'the bot knew it' : 'the bot has heard it'}.`);
  while ((await heardOfShipment(person)).length === 0) await delay(100);
  console.log(`The person hears: ${(await heardOfShipment(person)).join(' / ')}`);
}
