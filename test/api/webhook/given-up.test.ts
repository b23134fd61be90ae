import { once } from 'node:events';
import { request } from 'node:http';
import { expect, test } from 'vitest';
import { anEmptyStore, targets } from '../../store/targets.ts';
import { signed, aText, webhookBody } from '../../support/events.ts';
import { anApp, SECRET } from '../an-app.ts';
import { aGate, until } from '../dispatch/recording-client.ts';

test('a webhook whose body is cut is counted once, as 499', async () => {
  const { app, shownMetrics } = await anApp();
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const { headers, payload } = signed(webhookBody(aText('hi')), SECRET);
  const arrived = once(app.server, 'request');
  const meta = request(`${url}/webhook`, { method: 'POST', headers: { ...headers, 'content-length': 5000 } });
  meta.on('error', () => {});
  meta.write(payload);

  await arrived;
  meta.destroy();
  await until(async () => (await shownMetrics()).includes('everthread_webhooks_total{status="499"} 1'));

  await new Promise(setImmediate);
  expect(await shownMetrics()).toContain('everthread_webhook_seconds_count 1');
});

test('a webhook on which Meta gives up is counted too, as 499', async () => {
  const { store } = await anEmptyStore(targets[0]!);
  const [asked, answered] = [aGate(), aGate()];
  const keep = async () => {
    asked.open();
    await answered.opened;
    return { waiting: [], leased: [] };
  };
  const { app, shownMetrics } = await anApp({ store: { ...store, inbox: { ...store.inbox, record: keep } } });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const { headers, payload } = signed(webhookBody(aText('hi')), SECRET);
  const meta = request(`${url}/webhook`, { method: 'POST', headers });
  meta.on('error', () => {});
  meta.end(payload);

  await asked.opened;
  meta.destroy();
  await until(async () => (await shownMetrics()).includes('everthread_webhooks_total{status="499"} 1'));
  answered.open();

  expect(await shownMetrics()).toContain('everthread_webhook_seconds_count 1');
});
