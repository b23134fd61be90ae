/**
 * A shop reports a shipment three times to a sequence that has waited three days, while processes are killed; and a broadcast
 * comes by its schedule, when the person's clock shows its time. In the end the person is exported and erased.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { type Kysely, sql } from 'kysely';
import { describe, expect, onTestFinished, test } from 'vitest';
import { aPersonOf, type Person } from '../../docs/examples/a-day-of-operators.ts';
import { heardOfShipment, order, ship, TEMPLATES } from '../../docs/examples/an-order-that-ships.ts';
import { createClient } from '../../src/client/index.ts';
import type { Tables } from '../../src/store/db/tables.ts';
import { createTemporalClient } from '../../src/temporal/server/connect.ts';
import { fastForward } from '../../src/temporal/time-machine/fast-forward.ts';
import { broadcastId, sequenceId } from '../../src/workflows/contract/index.ts';
import { anOperator } from '../api/operator/an-operator-app.ts';
import { aStoreAt, theTablesAt } from '../store/targets.ts';
import { until } from '../support/talk.ts';
import { livingFaster, WAYS_TO_SERVE } from './support/served.ts';
import { aChaosStage, timeout } from './support/short-runs.ts';

const bot = join(import.meta.dirname, '../../docs/examples/orders/bot.ts');
const DAYS = 3;

/** The last quarter of an hour, and how many hours ahead of UTC it is 20:00 then. */
function thisEvening() {
  const quarterMs = 15 * 60_000;
  const at = Math.floor(Date.now() / quarterMs) * quarterMs;
  const ahead = (20 * 60 - ((at / 60_000) % 1440) + 1440) % 1440;
  return { at, timezone: (ahead > 14 * 60 ? ahead - 1440 : ahead) / 60 };
}

/** How the runs of the schedule have ended so far. */
async function resultsOf(client: Client): Promise<readonly unknown[]> {
  const results: unknown[] = [];
  for await (const { workflowId, runId, status } of client.workflow.list({ query: "WorkflowType = 'broadcast'" }))
    if (status.name === 'COMPLETED') results.push(await client.workflow.getHandle(workflowId, runId).result());
  return results;
}

/** Tables, and files of the store, in which a word still stands. */
async function placesOf(word: string, folder: string, db: Kysely<Tables>): Promise<readonly string[]> {
  const places: string[] = [];
  for (const { name } of await db.introspection.getTables()) {
    const { rows } = await sql`select * from ${sql.table(name)}`.execute(db);
    if (JSON.stringify(rows).includes(word)) places.push(name);
  }
  for (const file of readdirSync(folder).filter((name) => name.startsWith('store.db')))
    if (readFileSync(join(folder, file)).includes(word)) places.push(file);
  return places;
}

describe.each(WAYS_TO_SERVE)('%s', (_, start) => {
  test(
    'the person hears of the evening once, and of the shipment, whatever dies while the bot says so',
    { timeout },
    async () => {
      const stage = await aChaosStage();
      const { simulator } = stage;
      for (const template of TEMPLATES) simulator.approveTemplate(template);
      const { env, urls, kills } = await start(stage, bot);
      const storeUrl = env['DATABASE_URL'] ?? '';
      const store = await aStoreAt(storeUrl);
      const tables = await theTablesAt(storeUrl);
      const token = await anOperator(store, { name: 'shop' });
      const [shop, otherShop = shop] = urls.map((url) => createClient({ url, token, retryForMs: timeout }));
      if (!shop || !otherShop) throw new Error('There is no operator API.');
      const address = env['TEMPORAL_ADDRESS'] ?? '';
      const client = createTemporalClient({ namespace: 'default', connection: { address } });
      onTestFinished(() => client.connection.close());

      const { at, timezone } = thisEvening();
      const person = livingFaster(await aPersonOf(stage.simulatorUrl, { timezone }), tables);
      await order(person, '4711');
      const other = await aPersonOf(stage.simulatorUrl, { timezone: timezone - 1 });
      await order(other, '4712');
      // The link is saved after the turn.
      const linked = () => store.externalIds.find({ system: 'shop', id: '4711' });
      await until(async () => (await linked()).length === 1);
      const parcel = sequenceId('parcel', `messenger:${stage.env['MESSENGER_PAGE_ID'] ?? ''}:${person.psid}`);
      // Temporal starts the run of that time, and once more.
      const schedule = client.schedule.getHandle(broadcastId('evening'));
      const evening = async (someone: Person) => (await someone.heard()).filter((text) => text.includes('until ten'));
      for (const so of ['finished: 1 begun', 'finished: 0 begun, 1 left out (had_it_already)']) {
        await schedule.backfill({ start: new Date(at - 1000), end: new Date(at + 1000) });
        await until(async () => (await resultsOf(client)).includes(so));
        await until(async () => (await evening(person)).length === 1);
      }
      expect(await evening(other)).toEqual([]);

      await person.waits(DAYS * 24);
      await fastForward(client, parcel, DAYS * 86_400_000);

      simulator.fault({ kind: 'slow', ms: 2500, psid: person.psid });
      const repeated = [await ship(shop, '4711')];
      const isCalled = async () => (await store.ledger.counts())['calling'] === 1;
      await until(isCalled);
      await Promise.all(Object.values(kills).map((kill) => kill()));
      repeated.push(await ship(shop, '4711'), await ship(otherShop, '4711'));

      expect(repeated).toEqual([false, true, true]);
      expect(await client.workflow.getHandle(parcel).result()).toMatch(/^finished/);
      expect(await heardOfShipment(person)).toEqual([`Order 4711 has left, ${DAYS} days after you ordered it.`]);

      const admin = createClient({
        url: urls.at(-1) ?? '',
        token: await anOperator(store, { name: 'Ada', role: 'admin' }),
      });
      const path = { id: `messenger:${stage.env['MESSENGER_PAGE_ID'] ?? ''}:${person.psid}` };
      expect(JSON.stringify(await admin.GET('/conversations/{id}/export', { params: { path } }))).toContain(
        'order_shipped',
      );
      const erasure = await admin.POST('/conversations/{id}/erase', { params: { path } });
      const asked = { params: { path: { erasureId: erasure.id } } };
      await until(async () => (await admin.GET('/erasures/{erasureId}', asked)).status === 'finished');
      expect(await placesOf(person.psid, stage.folder, tables)).toEqual([]);
      expect(await placesOf(other.psid, stage.folder, tables)).not.toEqual([]);
      const named = [];
      for await (const { workflowId } of client.workflow.list()) named.push(workflowId);
      expect(named.filter((id) => id.endsWith(person.psid))).toEqual([]);
    },
  );
});
