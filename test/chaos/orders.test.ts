/**
 * A shop reports a shipment three times to a sequence that has waited three days, while processes are killed; and a broadcast
 * comes by its schedule, when the person's clock shows its time. In the end the person is exported and erased. With encryption on,
 * nothing that anybody said or is called can be read in databases and backups.
 */

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { aPersonOf, type Person } from '../../docs/examples/a-day-of-operators.ts';
import { heardOfShipment, order, ship, TEMPLATES } from '../../docs/examples/an-order-that-ships.ts';
import { createClient } from '../../src/client/index.ts';
import { createTemporalClient, temporalSettings } from '../../src/temporal/server/connect.ts';
import { fastForward } from '../../src/temporal/time-machine/fast-forward.ts';
import { broadcastId, sequenceId } from '../../src/workflows/contract/index.ts';
import { anOperator } from '../api/operator/an-operator-app.ts';
import { aStoreAt, theTablesAt } from '../store/targets.ts';
import { until } from '../support/talk.ts';
import { backUp, filesWith, tablesWith } from './support/backups.ts';
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

async function faultsWaiting(simulatorUrl: string): Promise<number> {
  const state = (await (await fetch(`${simulatorUrl}/api/state`)).json()) as { readonly faults: readonly unknown[] };
  return state.faults.length;
}

/** An order number that is in nothing else. */
const [ORDER, OTHER_ORDER] = ['4711004711', '4712004712'];
/** What the person, the bot and the shop say, and the person's name. */
const WORDS = {
  name: 'Quittenmus',
  aside: 'Zettelkasten',
  bot: 'I will tell you',
  evening: 'until ten tonight',
  shop: 'Deutsche Post',
  later: 'Laubfrosch',
};

/** SQLite without encryption, PostgreSQL with it. */
const WAYS = WAYS_TO_SERVE.map(([name, start], index) => {
  const keys = index === 0 ? [] : [{ id: '2026-11', bytes: randomBytes(32) }];
  return [`${name}${keys.length > 0 ? ', with encryption' : ''}`, start, keys] as const;
});

describe.each(WAYS)('%s', (_, start, keys) => {
  test(
    'the person hears of the evening once, and of the shipment, whatever dies while the bot says so',
    { timeout },
    async () => {
      const stage = await aChaosStage();
      const { simulator } = stage;
      for (const template of TEMPLATES) simulator.approveTemplate(template);
      const { env, urls, kills } = await start(stage, bot, {
        ENCRYPTION_KEYS: keys.map(({ id, bytes }) => `${id}:${bytes.toString('base64')}`).join(),
      });
      const storeUrl = env['DATABASE_URL'] ?? '';
      const store = await aStoreAt(storeUrl, { keys });
      const tables = await theTablesAt(storeUrl, { keys });
      const token = await anOperator(store, { name: 'shop' });
      const [shop, otherShop = shop] = urls.map((url) => createClient({ url, token, retryForMs: timeout }));
      if (!shop || !otherShop) throw new Error('There is no operator API.');
      const client = createTemporalClient(temporalSettings(keys, env['TEMPORAL_ADDRESS']));
      onTestFinished(() => client.connection.close());

      const { at, timezone } = thisEvening();
      const person = livingFaster(await aPersonOf(stage.simulatorUrl, { firstName: WORDS.name, timezone }), tables);
      await order(person, ORDER);
      await person.says(`And I collect a ${WORDS.aside}`);
      const other = await aPersonOf(stage.simulatorUrl, { timezone: timezone - 1 });
      await order(other, OTHER_ORDER);
      // The link is saved after the turn.
      const linked = () => store.externalIds.find({ system: 'shop', id: ORDER });
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
      const repeated = [await ship(shop, ORDER)];
      // Meta has the call, whose fault is no longer waiting: a call that was only noted is never made again.
      await until(async () => (await faultsWaiting(stage.simulatorUrl)) === 0);
      await Promise.all(Object.values(kills).map((kill) => kill()));
      repeated.push(await ship(shop, ORDER), await ship(otherShop, ORDER));

      expect(repeated).toEqual([false, true, true]);
      expect(await client.workflow.getHandle(parcel).result()).toMatch(/^finished/);
      expect(await heardOfShipment(person)).toEqual([`Order ${ORDER} has left, ${DAYS} days after you ordered it.`]);

      const admin = createClient({
        url: urls.at(-1) ?? '',
        token: await anOperator(store, { name: 'Ada', role: 'admin' }),
      });
      const path = { id: `messenger:${stage.env['MESSENGER_PAGE_ID'] ?? ''}:${person.psid}` };
      const inAWeek = new Date(Date.now() + (DAYS + 7) * 86_400_000).toISOString();
      await admin.POST('/conversations/{id}/messages', { params: { path }, body: { text: WORDS.later, at: inAWeek } });
      await backUp(storeUrl, join(stage.folder, 'backup-before'));
      const places = ['store.db', 'backup-before', 'temporal.db'].flatMap((begin) =>
        filesWith(Object.values(WORDS), stage.folder, begin),
      );
      if (keys.length > 0) expect(places).toEqual([]);
      else for (const word of Object.values(WORDS)) expect(places.join()).toContain(word);

      expect(JSON.stringify(await admin.GET('/conversations/{id}/export', { params: { path } }))).toContain(
        'order_shipped',
      );
      const erasure = await admin.POST('/conversations/{id}/erase', { params: { path } });
      const asked = { params: { path: { erasureId: erasure.id } } };
      await until(async () => (await admin.GET('/erasures/{erasureId}', asked)).status === 'finished');
      await backUp(storeUrl, join(stage.folder, 'backup-after'));
      const named = [];
      for await (const { workflowId } of client.workflow.list()) named.push(workflowId);
      expect(named.filter((id) => id.endsWith(person.psid))).toEqual([]);
      await stage.temporal.stop();
      const theirs = [person.psid, ORDER, WORDS.name, WORDS.aside, WORDS.later];
      expect(filesWith(theirs, stage.folder, 'store.db')).toEqual([]);
      expect(filesWith(theirs, stage.folder, 'backup-after')).toEqual([]);
      expect(filesWith([other.psid], stage.folder, 'backup-after')).toHaveLength(1);
      // Temporal's timers name the run until they fire, and tasks that waited for a worker until they are cleaned up.
      const byIdAlone = [`tasks: ${person.psid}`, `timer_tasks: ${person.psid}`];
      expect(byIdAlone).toEqual(expect.arrayContaining([...tablesWith(theirs, join(stage.folder, 'temporal.db'))]));
      expect(filesWith(theirs.slice(1), stage.folder, 'temporal.db')).toEqual([]);
      expect(filesWith([OTHER_ORDER], stage.folder, 'temporal.db').length > 0).toBe(keys.length === 0);
    },
  );
});
