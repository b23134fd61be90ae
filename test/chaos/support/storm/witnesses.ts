/** People of a storm whose cases are looked at one by one: each resolves to what is wrong, when the storm is over. */

import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { EverthreadClient } from '../../../../src/client/index.ts';
import type { Simulator } from '../../../../src/simulator/index.ts';
import type { ChaosStage } from '../stage.ts';
import type { World } from './world.ts';

/** Ends the writing of a witness, and then tells what is wrong. */
export type Witness = (isOver: () => boolean) => Promise<readonly string[]>;

const conversationOf = ({ env }: ChaosStage, psid: string) => `messenger:${env['MESSENGER_PAGE_ID'] ?? ''}:${psid}`;
const heard = (simulator: Simulator, psid: string) =>
  simulator.thread(psid).bubbles.flatMap(({ author, text = '' }) => (author === 'person' ? [] : [text]));
const timesOf = (texts: readonly string[], wanted: string) => texts.filter((text) => text === wanted).length;
const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await holds())) await delay(200);
};

/** Mia takes a conversation over and writes with a key each: nothing is heard twice, and what is `sent` was heard, in order. */
export const operatorWrites =
  ({ stage, mia }: World): Witness =>
  async (isOver) => {
    const { simulator } = stage;
    const { psid } = simulator.addPerson();
    const id = conversationOf(stage, psid);
    simulator.says(psid, 'human');
    await until(() => heard(simulator, psid).includes('A colleague comes.'));
    const client = (turn: number) => mia[turn % mia.length] as EverthreadClient;
    await client(0).POST('/conversations/{id}/take-over', { params: { path: { id } } });
    const statuses: string[] = [];
    for (let count = 1; !isOver() && count <= 100; count += 1) {
      const key = `${psid}-${count}`;
      const params = { path: { id }, header: { 'idempotency-key': key } };
      for (let tries = 0; ; tries += 1) {
        const { status } = await client(count + tries).POST('/conversations/{id}/messages', {
          params,
          body: { text: `Mia says ${count}` },
        });
        statuses[count] = status;
        if (status !== 'pending') break;
        await delay(200);
      }
      await delay(500);
    }
    const texts = heard(simulator, psid).filter((text) => text.startsWith('Mia'));
    const wrong = statuses.flatMap((status, count) => {
      const times = timesOf(texts, `Mia says ${count}`);
      const isRight = status === 'sent' ? times === 1 : times <= 1;
      return isRight ? [] : [`Mia's message ${count} to ${psid} is ${status}, and was heard ${times} times`];
    });
    const numbers = texts.map((text) => Number(text.split(' ').at(-1)));
    if (numbers.some((number, index) => number < (numbers[index - 1] ?? 0)))
      wrong.push(`Mia's messages to ${psid} came as ${numbers.join(', ')}`);
    return wrong;
  };

/** A shop reports an order twice, by either api: the person hears it once, or its send is `unknown` and was heard at most once. */
export const shopReports =
  ({ stage, shop, postgres }: World, order: number): Witness =>
  async () => {
    const { simulator } = stage;
    const { psid } = simulator.addPerson();
    simulator.says(psid, `order ${order}`);
    await until(() => heard(simulator, psid).includes(`Answer to order ${order}`));
    for (const client of shop) {
      const body = {
        to: { externalId: { system: 'shop', id: String(order) } },
        topic: 'order.shipped',
        key: `order-${order}-shipped`,
      };
      await until(async () => {
        // The link is saved after the turn.
        const { status } = await client.POST('/topics', { body }).catch(() => ({ status: 'pending' }));
        return status === 'emitted';
      });
    }
    const words = `Order ${order} has left.`;
    const isKnown = async () => {
      const rows = await query(
        postgres.url,
        'select status from sends where conversation = $1 and message_json like $2',
        [conversationOf(stage, psid), `%${words}%`],
      );
      return rows.map(({ status }) => String(status));
    };
    await until(async () => (await isKnown()).some((status) => ['sent', 'unknown', 'failed'].includes(status)));
    const times = timesOf(heard(simulator, psid), words);
    const statuses = await isKnown();
    const isRight = times === 1 || (times === 0 && statuses.includes('unknown'));
    return isRight ? [] : [`${psid} heard ${times} times that order ${order} has left; its send is ${statuses.join()}`];
  };

/** A person writes, and is erased meanwhile: afterwards no row names the person. */
export const isErased =
  ({ stage, ada, postgres }: World): Witness =>
  async () => {
    const { simulator } = stage;
    const { psid } = simulator.addPerson();
    for (let count = 1; count <= 10; count += 1) {
      simulator.says(psid, String(count));
      await delay(300);
    }
    await until(() => heard(simulator, psid).length > 0);
    const erasure = await ada.POST('/conversations/{id}/erase', {
      params: { path: { id: conversationOf(stage, psid) } },
    });
    const asked = { params: { path: { erasureId: erasure.id } } };
    await until(async () => (await ada.GET('/erasures/{erasureId}', asked)).status === 'finished');
    const tables = await query(
      postgres.url,
      "select table_name from information_schema.tables where table_schema = 'public'",
      [],
    );
    const named: string[] = [];
    for (const { table_name: table } of tables) {
      const rows = await query(postgres.url, `select 1 from "${String(table)}" t where t::text like $1`, [`%${psid}%`]);
      if (rows.length > 0) named.push(String(table));
    }
    return named.length === 0 ? [] : [`${psid} is erased, and named in ${named.join(', ')}`];
  };

/** Asks until PostgreSQL answers. */
async function query(url: string, sql: string, values: unknown[]): Promise<readonly Record<string, unknown>[]> {
  for (;;) {
    const client = new pg.Client(url);
    client.on('error', () => {});
    try {
      await client.connect();
      return (await client.query<Record<string, unknown>>(sql, values)).rows;
    } catch (error) {
      // PostgreSQL has answered: the question is wrong.
      if (error instanceof pg.DatabaseError && error.code?.startsWith('42')) throw error;
      await delay(200);
    } finally {
      await client.end().catch(() => {});
    }
  }
}
