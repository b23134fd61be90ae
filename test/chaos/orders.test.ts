/** A shop reports a shipment three times to a sequence that has waited three days, while processes are killed. */

import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { aPersonOf } from '../../docs/examples/a-day-of-operators.ts';
import { heardOfShipment, order, ship, TEMPLATES } from '../../docs/examples/an-order-that-ships.ts';
import { createClient } from '../../src/client/index.ts';
import { createTemporalClient } from '../../src/temporal/server/connect.ts';
import { fastForward } from '../../src/temporal/time-machine/fast-forward.ts';
import { sequenceId } from '../../src/workflows/contract/index.ts';
import { anOperator } from '../api/operator/an-operator-app.ts';
import { aStoreAt, theTablesAt } from '../store/targets.ts';
import { until } from '../support/talk.ts';
import { livingFaster, WAYS_TO_SERVE } from './support/served.ts';
import { aChaosStage, timeout } from './support/short-runs.ts';

const bot = join(import.meta.dirname, '../../docs/examples/orders/bot.ts');
const DAYS = 3;

describe.each(WAYS_TO_SERVE)('%s', (_, start) => {
  test('the person hears of the shipment once, whatever dies while the bot says so', { timeout }, async () => {
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

    const person = livingFaster(await aPersonOf(stage.simulatorUrl), tables);
    await order(person, '4711');
    // The link is saved after the turn.
    const linked = () => store.externalIds.find({ system: 'shop', id: '4711' });
    await until(async () => (await linked()).length === 1);
    const parcel = sequenceId('parcel', `messenger:${stage.env['MESSENGER_PAGE_ID'] ?? ''}:${person.psid}`);
    await person.waits(DAYS * 24);
    await fastForward(client, parcel, DAYS * 86_400_000);

    simulator.fault({ kind: 'slow', ms: 2500, psid: person.psid });
    const repeated = [await ship(shop, '4711')];
    const isCalled = async () => (await store.ledger.counts())['calling'] === 1;
    await until(isCalled);
    await Promise.all(Object.values(kills).map((kill) => kill()));
    repeated.push(await ship(shop, '4711'), await ship(otherShop, '4711'));

    expect(repeated).toEqual([false, true, true]);
    expect(await client.workflow.getHandle(parcel).result()).toBe('finished');
    expect(await heardOfShipment(person)).toEqual([`Order 4711 has left, ${DAYS} days after you ordered it.`]);
  });
});
