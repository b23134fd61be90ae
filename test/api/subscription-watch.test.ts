import { pino } from 'pino';
import { expect, onTestFinished, test, vi } from 'vitest';
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

/** A watch whose clock the test moves, and which checks when the test says so. */
async function aWatch(more: Partial<SubscriptionWatchOptions> = {}) {
  const simulated = await aGraphApi();
  const { store } = await anEmptyStore(targets[0]!);
  const metrics = createMetrics(store);
  const { log, lines } = aLog();
  const time = { now: 0 };
  // It looks by itself as late as it may: what the test asks for is then all that it does.
  const random = vi.spyOn(Math, 'random').mockReturnValue(0.999);
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
  random.mockRestore();
  onTestFinished(() => watch.stop());
  return {
    ...simulated,
    time,
    facts: () => watch.find(PAGE),
    /** The log lines of one check. */
    async check() {
      const before = lines.length;
      await watch.check();
      return lines.slice(before).map(({ level, msg }) => `${pino.levels.labels[level]}: ${msg}`);
    },
    gauge: async () => (await metrics.registry.metrics()).match(/^everthread_page_subscribed\{.*$/m)?.[0],
  };
}

const SUBSCRIBED = `everthread_page_subscribed{page="${PAGE}"} 1`;
const NOT_SUBSCRIBED = `everthread_page_subscribed{page="${PAGE}"} 0`;

test('a complete subscription logs nothing', async () => {
  const { check, gauge } = await aWatch();

  expect([await check(), await check()]).toEqual([[], []]);
  expect(await gauge()).toBe(SUBSCRIBED);
});

test('a removed subscription is logged at once and every hour, and its return once', async () => {
  const { check, gauge, simulator, time } = await aWatch();
  await check();

  simulator.unsubscribeApp();
  expect(await check()).toEqual([
    expect.stringMatching(/^error: Meta has removed the subscription.*everthread subscribe/),
  ]);
  expect(await gauge()).toBe(NOT_SUBSCRIBED);
  time.now += 59 * MINUTE;
  expect(await check()).toEqual([]);
  time.now += MINUTE;
  expect(await check()).toEqual([expect.stringMatching(/^error: /)]);
});

test('what the last check found is known: nothing before it, what is missing, and whether Meta took the token', async () => {
  const { check, facts, simulator, time } = await aWatch();
  expect(facts()).toBeUndefined();
  time.now = 7;
  await check();
  expect(facts()).toEqual({ checkedAt: 7, isSubscribed: true, missing: [], isTokenValid: true });

  simulator.unsubscribeApp();
  await check();

  expect(facts()).toMatchObject({ isSubscribed: false, isTokenValid: true });
  const other = await aWatch({ pages: fixedPages({ [PAGE]: 'a wrong token' }) });
  await other.check();
  expect(other.facts()).toEqual({ checkedAt: 0, isTokenValid: false });
});

test('a missing field is logged, and again when another one is missing', async () => {
  const { check, gauge, url } = await aWatch();
  const subscribe = (fields: string) =>
    fetch(`${url}/graph/v25.0/${PAGE}/subscribed_apps?subscribed_fields=${fields}&access_token=${TOKEN}`, {
      method: 'POST',
    });

  await subscribe('messages,message_echoes');
  expect(await check()).toEqual([
    expect.stringMatching(/^error: Meta does not send every event.*everthread subscribe/),
  ]);
  expect(await check()).toEqual([]);
  await subscribe('messages');
  expect(await check()).toEqual([expect.stringMatching(/^error: /)]);
  expect(await gauge()).toBe(NOT_SUBSCRIBED);
  await subscribe('messages,messaging_postbacks,message_echoes');
  expect(await check()).toEqual(['info: Meta sends every event of the Page that we need']);
  expect(await gauge()).toBe(SUBSCRIBED);
});

test('with `resubscribes` it subscribes again, with the fields from before, at most every 10 minutes', async () => {
  const { check, gauge, simulator, time, calls, url } = await aWatch({ resubscribes: true });
  await fetch(
    `${url}/graph/v25.0/${PAGE}/subscribed_apps?subscribed_fields=${USUAL_FIELDS.join(',')},feed&access_token=${TOKEN}`,
    { method: 'POST' },
  );
  await check();
  calls.splice(0);

  simulator.unsubscribeApp();
  expect(await check()).toEqual([
    expect.stringMatching(/^error: Meta has removed/),
    'warn: The Page was subscribed again',
    'info: Meta sends every event of the Page that we need',
  ]);
  expect(calls).toEqual([READ, WRITE, READ]);
  expect(await gauge()).toBe(SUBSCRIBED);
  const { data } = (await (await fetch(`${url}/graph/v25.0/${PAGE}/subscribed_apps?access_token=${TOKEN}`)).json()) as {
    data: { subscribed_fields: string[] }[];
  };
  expect(data[0]?.subscribed_fields).toEqual(expect.arrayContaining(['feed', 'messages']));

  simulator.unsubscribeApp();
  time.now += 9 * MINUTE;
  expect(await check()).toEqual([expect.stringMatching(/^error: /)]);
  time.now += MINUTE;
  expect(await check()).toContain('warn: The Page was subscribed again');
});

test('an unreachable Meta is a warning, and leaves the metric as it was', async () => {
  const { check, gauge, stop } = await aWatch();
  await check();

  await stop();

  expect(await check()).toEqual([expect.stringMatching(/^warn: Meta does not say/)]);
  expect(await check()).toEqual([]);
  expect(await gauge()).toBe(SUBSCRIBED);
});

test('a token that is no longer valid is a warning', async () => {
  const { check, simulator } = await aWatch();
  simulator.expireToken();

  expect(await check()).toEqual([expect.stringMatching(/^warn: Meta does not say/)]);
});

test('it checks by itself, again and again', async () => {
  const { calls } = await aWatch({ everyMs: 10 });

  while (calls.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));

  expect(new Set(calls)).toEqual(new Set([READ]));
});

test('a Page that is no longer served disappears from the metrics', async () => {
  const ids = [PAGE];
  const pages = { ids: () => ids, accessToken: () => TOKEN };
  const { check, gauge } = await aWatch({ pages });
  await check();

  ids.splice(0);
  await check();

  expect(await gauge()).toBeUndefined();
});
