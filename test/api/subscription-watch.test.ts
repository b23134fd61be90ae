import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { createMetrics } from '../../src/api/metrics.ts';
import { createSubscriptionWatch, type SubscriptionWatchOptions } from '../../src/api/subscription-watch.ts';
import { fixedPages } from '../../src/graph/pages.ts';
import { USUAL_FIELDS } from '../../src/messenger/inbound/webhook-fields.ts';
import { aGraphApi, APP, PAGE, TOKEN } from '../graph/simulated.ts';
import { anEmptyStore, targets } from '../store/targets.ts';
import { aLog } from './dispatch/dispatching.ts';

const MINUTE = 60_000;
const READ = `GET /${PAGE}/subscribed_apps`;
const WRITE = `POST /${PAGE}/subscribed_apps`;

/** A running api's watch, whose clock the test moves; it looks when it is told to. */
async function aWatch(more: Partial<SubscriptionWatchOptions> = {}) {
  const simulated = await aGraphApi();
  const { store } = await anEmptyStore(targets[0]!);
  const metrics = createMetrics(store);
  const { log, lines } = aLog();
  const time = { now: 0 };
  const watch = createSubscriptionWatch({
    api: simulated.api,
    pages: fixedPages({ [PAGE]: TOKEN }),
    appId: APP,
    fields: ['messages', 'messaging_postbacks', 'message_echoes'],
    resubscribes: false,
    metrics,
    log,
    now: () => time.now,
    everyMs: 1e9,
    ...more,
  });
  onTestFinished(() => watch.stop());
  return {
    ...simulated,
    time,
    /** What one look says. */
    async look() {
      const before = lines.length;
      await watch.look();
      return lines.slice(before).map(({ level, msg }) => `${pino.levels.labels[level]}: ${msg}`);
    },
    gauge: async () => (await metrics.registry.metrics()).match(/^everthread_page_subscribed\{.*$/m)?.[0],
  };
}

const SUBSCRIBED = `everthread_page_subscribed{page="${PAGE}"} 1`;
const NOT_SUBSCRIBED = `everthread_page_subscribed{page="${PAGE}"} 0`;

test('while all is well nothing is said', async () => {
  const { look, gauge } = await aWatch();

  expect([await look(), await look()]).toEqual([[], []]);
  expect(await gauge()).toBe(SUBSCRIBED);
});

test('a subscription that was taken away is told at once and every hour, and its return once', async () => {
  const { look, gauge, simulator, time } = await aWatch();
  await look();

  simulator.unsubscribeApp();
  expect(await look()).toEqual([
    expect.stringMatching(/^error: Meta has taken the subscription away.*everthread subscribe/),
  ]);
  expect(await gauge()).toBe(NOT_SUBSCRIBED);
  time.now += 59 * MINUTE;
  expect(await look()).toEqual([]);
  time.now += MINUTE;
  expect(await look()).toEqual([expect.stringMatching(/^error: /)]);
});

test('a field that is missing is told, and again when another one is', async () => {
  const { look, gauge, url } = await aWatch();
  const subscribe = (fields: string) =>
    fetch(`${url}/graph/v25.0/${PAGE}/subscribed_apps?subscribed_fields=${fields}&access_token=${TOKEN}`, {
      method: 'POST',
    });

  await subscribe('messages,message_echoes');
  expect(await look()).toEqual([
    expect.stringMatching(/^error: Meta does not tell us all we need.*everthread subscribe/),
  ]);
  expect(await look()).toEqual([]);
  await subscribe('messages');
  expect(await look()).toEqual([expect.stringMatching(/^error: /)]);
  expect(await gauge()).toBe(NOT_SUBSCRIBED);
  await subscribe('messages,messaging_postbacks,message_echoes');
  expect(await look()).toEqual(['info: The Page tells us everything we need']);
  expect(await gauge()).toBe(SUBSCRIBED);
});

test('when it may, it subscribes again, with what the Page told before, at most every 10 minutes', async () => {
  const { look, gauge, simulator, time, calls, url } = await aWatch({ resubscribes: true });
  await fetch(
    `${url}/graph/v25.0/${PAGE}/subscribed_apps?subscribed_fields=${USUAL_FIELDS.join(',')},feed&access_token=${TOKEN}`,
    { method: 'POST' },
  );
  await look();
  calls.splice(0);

  simulator.unsubscribeApp();
  expect(await look()).toEqual([
    expect.stringMatching(/^error: Meta has taken/),
    'warn: The Page was subscribed again',
    'info: The Page tells us everything we need',
  ]);
  expect(calls).toEqual([READ, WRITE, READ]);
  expect(await gauge()).toBe(SUBSCRIBED);
  const { data } = (await (await fetch(`${url}/graph/v25.0/${PAGE}/subscribed_apps?access_token=${TOKEN}`)).json()) as {
    data: { subscribed_fields: string[] }[];
  };
  expect(data[0]?.subscribed_fields).toEqual(expect.arrayContaining(['feed', 'messages']));

  simulator.unsubscribeApp();
  time.now += 9 * MINUTE;
  expect(await look()).toEqual([expect.stringMatching(/^error: /)]);
  time.now += MINUTE;
  expect(await look()).toContain('warn: The Page was subscribed again');
});

test('Meta out of reach is a warning, and everything is as it was when it is back', async () => {
  const { look, gauge, stop } = await aWatch();
  await look();

  await stop();

  expect(await look()).toEqual([expect.stringMatching(/^warn: Meta does not say/)]);
  expect(await look()).toEqual([]);
  expect(await gauge()).toBe(SUBSCRIBED);
});

test('a token that is no longer valid is a warning', async () => {
  const { look, simulator } = await aWatch();
  simulator.expireToken();

  expect(await look()).toEqual([expect.stringMatching(/^warn: Meta does not say/)]);
});

test('it looks by itself, again and again', async () => {
  const { calls } = await aWatch({ everyMs: 10 });

  while (calls.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));

  expect(new Set(calls)).toEqual(new Set([READ]));
});

test('a Page that is served no longer leaves the metrics', async () => {
  const ids = [PAGE];
  const pages = { ids: () => ids, accessToken: () => TOKEN };
  const { look, gauge } = await aWatch({ pages });
  await look();

  ids.splice(0);
  await look();

  expect(await gauge()).toBeUndefined();
});
