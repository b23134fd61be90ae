import { expect, test } from 'vitest';
import { DeliveryRejected } from '../../src/api/dispatch/conversation-client.ts';
import { createDispatcher } from '../../src/api/dispatch/dispatcher.ts';
import { createApp } from '../../src/api/index.ts';
import { createMetrics } from '../../src/api/metrics.ts';
import { anEmptyStore, targets, type Target } from '../store/targets.ts';
import { signed } from '../support/events.ts';
import { fixtureBytes, fixtureNames } from '../support/fixtures.ts';
import { SECRET, VERIFY_TOKEN } from './an-app.ts';
import { aLog } from './dispatch/dispatching.ts';
import { RecordingClient, until } from './dispatch/recording-client.ts';

/** What people wrote, and who they are: every text of the fixtures that is no id and no word of Meta's. */
const TELLING_KEYS =
  /^(text|title|name|first_name|last_name|email|answer|question|values?|payload|note|url|ref|metadata|emoji|token|code|follow_up|message)$/;

function* tellingTexts(value: unknown, key = ''): Generator<string> {
  if (
    typeof value === 'string' &&
    (TELLING_KEYS.test(key) || value.includes('@')) &&
    /[^\d.]/.test(value) &&
    value.length > 3
  ) {
    yield value;
  } else if (typeof value === 'object' && value !== null) {
    for (const [inner, part] of Object.entries(value)) yield* tellingTexts(part, Array.isArray(value) ? key : inner);
  }
}

test('whatever comes and whatever goes wrong, no text, name, address, token or secret is in the log or the metrics', async () => {
  const { store, tables } = await anEmptyStore(targets[0] as Target);
  const { log, lines } = aLog();
  const metrics = createMetrics(store);
  const conversationClient = new RecordingClient();
  let calls = 0;
  conversationClient.before = () => {
    calls += 1;
    if (calls % 5 === 0) throw new DeliveryRejected('It is too large for the engine');
    if (calls % 3 === 0 && calls < 60) throw new Error('busy workflow');
  };
  const dispatcher = createDispatcher({ inbox: store.inbox, conversationClient, metrics, log });
  const app = createApp({ store, log, metrics, dispatcher, verifyToken: VERIFY_TOKEN, appSecrets: [SECRET] });

  for (const name of fixtureNames()) {
    const { payload, headers } = signed(fixtureBytes(name), SECRET);
    expect((await app.inject({ method: 'POST', url: '/webhook', payload, headers })).statusCode).toBe(200);
    // And unsigned, and broken.
    await app.inject({ method: 'POST', url: '/webhook', payload, headers: { 'content-type': 'application/json' } });
    const broken = signed(payload.subarray(0, -3), SECRET);
    await app.inject({ method: 'POST', url: '/webhook', ...broken });
  }
  await app.inject({
    url: '/webhook',
    query: { 'hub.mode': 'subscribe', 'hub.verify_token': VERIFY_TOKEN, 'hub.challenge': '1' },
  });
  await until(async () => (await store.inbox.backlog()).pending === 0);
  const shown = await metrics.registry.metrics();
  await app.close();
  await dispatcher.stop();

  const telling = new Set(
    fixtureNames().flatMap((name) => [...tellingTexts(JSON.parse(fixtureBytes(name).toString()))]),
  );
  expect(telling.size).toBeGreaterThan(60);
  expect(lines.length).toBeGreaterThan(70);
  const everything = `${JSON.stringify(lines)}\n${shown}`;
  expect(
    [...telling, SECRET, VERIFY_TOKEN].filter((text) => everything.includes(JSON.stringify(text).slice(1, -1))),
  ).toEqual([]);
  // People appear in the log as part of their conversation's id, and in the metrics not at all.
  const people = await tables.selectFrom('contacts').select('psid').execute();
  const withoutIds = JSON.stringify(lines.map((line) => ({ ...line, conversation: undefined })));
  expect(people.length).toBeGreaterThan(3);
  expect(people.filter(({ psid }) => withoutIds.includes(psid) || shown.includes(psid))).toEqual([]);
});
