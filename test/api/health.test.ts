import { closeSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { SqliteConnection } from '../../src/store/db/sqlite-connection.ts';
import { targets } from '../store/targets.ts';
import { aPolicyNotice, aText, PAGE, signed, START, webhookBody } from '../support/events.ts';
import { anIdleDispatcher } from '../support/idle-dispatcher.ts';
import { anApp, SECRET } from './an-app.ts';
import { anOperatorApp } from './operator/an-operator-app.ts';

describe.each(targets)('on $name', (target) => {
  test('healthz and readyz say so while all is well', async () => {
    const { app } = await anApp({}, target);

    expect((await app.inject('/healthz')).json()).toEqual({ status: 'ok' });
    const ready = await app.inject('/readyz');
    expect([ready.statusCode, ready.json()]).toEqual([200, { status: 'ok', store: 'ok', engine: 'ok' }]);
  });

  test('the metrics count what waits, and fall to zero again', async () => {
    const { app, store, shownMetrics } = await anApp({}, target);
    await app.inject({ method: 'POST', url: '/webhook', ...signed(webhookBody(aText('hi')), SECRET) });
    expect(await shownMetrics()).toContain('everthread_inbox_events{status="pending"} 1');
    const [claimed] = await store.inbox.lease([`messenger:${PAGE}:6120459871230045`], {
      owner: 'a',
      now: 1,
      expiresAt: 2,
    });

    await store.inbox.markDispatched(
      claimed!.conversation,
      claimed!.items.map(({ inboxId }) => inboxId),
      'a',
    );

    expect(await shownMetrics()).toContain('everthread_inbox_events{status="pending"} 0');
    expect(await shownMetrics()).toContain('everthread_inbox_events{status="dead"} 0');
  });
});

test('a Page that Meta blocked is in the metrics and in the log, until it is unblocked', async () => {
  const { app, lines, shownMetrics } = await anApp();
  const notice = (action: 'block' | 'unblock', at: number) =>
    app.inject({ method: 'POST', url: '/webhook', ...signed(webhookBody(aPolicyNotice(action, { at })), SECRET) });
  const held = `everthread_page_held{page="${PAGE}",reason="restricted"} 1`;

  await notice('block', START);
  expect(await shownMetrics()).toContain(held);
  expect(JSON.stringify(lines)).toContain('Meta has blocked this Page');
  await notice('unblock', START + 1);
  expect(await shownMetrics()).not.toContain('everthread_page_held{');
});

test('the listener that Meta reaches has no metrics', async () => {
  const { app } = await anApp();
  expect((await app.inject('/metrics')).statusCode).toBe(404);
});

test('an engine that is away is told and does not make us unready: the inbox waits for it', async () => {
  const { app } = await anApp({ dispatcher: { ...anIdleDispatcher(), isTemporalReachable: () => false } });

  const ready = await app.inject('/readyz');

  expect([ready.statusCode, ready.json()]).toEqual([200, { status: 'ok', store: 'ok', engine: 'away' }]);
});

test('a store whose folder is moved away makes us unready, the process stays healthy, and the metrics go on', async () => {
  const { app, url, metrics } = await anApp();
  const { call } = await anOperatorApp({ metrics });
  const folder = dirname(url.slice('file:'.length));
  renameSync(folder, `${folder}-gone`);

  const ready = await app.inject('/readyz');

  expect([ready.statusCode, ready.json()]).toEqual([
    503,
    {
      status: 'unready',
      store: 'replaced',
      reason: expect.stringContaining('its file is gone') as string,
      engine: 'ok',
    },
  ]);
  expect((await app.inject('/healthz')).statusCode).toBe(200);
  const shown = await call('/metrics');
  expect([shown.status, shown.text.includes('everthread_webhooks_total')]).toEqual([200, true]);
  renameSync(`${folder}-gone`, folder);
});

test('a file that is deleted: webhooks get 503 with the reason in the log, and none is acknowledged into a new file', async () => {
  const { app, url, lines } = await anApp();
  const file = url.slice('file:'.length);
  const says = (text: string) =>
    app.inject({ method: 'POST', url: '/webhook', ...signed(webhookBody(aText(text)), SECRET) });
  expect((await says('before')).statusCode).toBe(200);
  renameSync(file, `${file}.away`);

  expect((await says('after')).statusCode).toBe(503);
  expect(JSON.stringify(lines)).toMatch(/its file is gone.*Put it back.*start the process again/);

  renameSync(`${file}.away`, file);
  expect((await says('once more')).statusCode).toBe(200);
  expect((await app.inject('/readyz')).statusCode).toBe(200);
});

test('a damaged file: readyz says so without a webhook that comes upon it, and webhooks get 503', async () => {
  const { app, url } = await anApp();
  const file = url.slice('file:'.length);
  const says = (...texts: string[]) =>
    app.inject({
      method: 'POST',
      url: '/webhook',
      ...signed(webhookBody(...texts.map((text) => aText(text))), SECRET),
    });
  await says(...Array.from({ length: 300 }, (_, index) => `${index} ${'x'.repeat(500)}`));
  const connection = await SqliteConnection.open(file);
  connection.checkpoint();
  connection.close();
  const descriptor = openSync(file, 'r+');
  const middle = Math.floor(readFileSync(file).length / 8192) * 4096;
  writeSync(descriptor, Buffer.alloc(4096, 0xa5), 0, 4096, middle);
  closeSync(descriptor);

  // A check that takes longer than a health check may is reported by the next one.
  const ready = await vi.waitUntil(async () => {
    const answer = await app.inject('/readyz');
    return answer.statusCode === 503 && answer;
  });
  expect([ready.statusCode, ready.json()]).toMatchObject([
    503,
    { status: 'unready', store: 'damaged', reason: expect.stringContaining('Restore it from a copy') as string },
  ]);
  expect((await says('on top of it')).statusCode).toBe(503);
});

test('the metrics are Prometheus text with the names that dashboards rely on', async () => {
  const { app, metrics } = await anApp();
  const { call } = await anOperatorApp({ metrics });
  await app.inject({ method: 'POST', url: '/webhook', ...signed(webhookBody(aText('hi')), SECRET) });
  await app.inject({ method: 'POST', url: '/webhook', payload: '{}' });

  const { text: body, headers } = await call('/metrics');

  expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  const names = body.split('\n').filter((line) => line.startsWith('# TYPE'));
  expect(names.toSorted()).toEqual([
    '# TYPE everthread_dispatch_failures_total counter',
    '# TYPE everthread_dispatch_lag_seconds histogram',
    '# TYPE everthread_dispatched_total counter',
    '# TYPE everthread_events_total counter',
    '# TYPE everthread_handoff_oldest_wait_seconds gauge',
    '# TYPE everthread_handoffs_waiting gauge',
    '# TYPE everthread_inbox_events gauge',
    '# TYPE everthread_inbox_oldest_age_seconds gauge',
    '# TYPE everthread_last_event_timestamp_seconds gauge',
    '# TYPE everthread_live_streams gauge',
    '# TYPE everthread_operator_auth_failures_total counter',
    '# TYPE everthread_outbox_events gauge',
    '# TYPE everthread_page_held gauge',
    '# TYPE everthread_page_subscribed gauge',
    '# TYPE everthread_page_token_valid gauge',
    '# TYPE everthread_sends gauge',
    '# TYPE everthread_struck_workflows gauge',
    '# TYPE everthread_webhook_handshakes_total counter',
    '# TYPE everthread_webhook_seconds histogram',
    '# TYPE everthread_webhook_signature_failures_total counter',
    '# TYPE everthread_webhooks_total counter',
    '# TYPE everthread_windows_closed_unanswered gauge',
  ]);
  const samples = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  for (const sample of samples)
    expect(sample).toMatch(
      /^[a-z_]+(\{[a-z]+="[^"\\]*"(,[a-z]+="[^"\\]*")*\})? -?(\d+(\.\d+)?(e[+-]?\d+)?|[+-]Inf|NaN)$/,
    );
  expect(samples).toContain('everthread_webhooks_total{status="200"} 1');
  expect(samples).toContain('everthread_webhooks_total{status="401"} 1');
  expect(samples).toContain('everthread_events_total{kind="message"} 1');
});
