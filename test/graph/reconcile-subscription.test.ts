import { expect, test } from 'vitest';
import { readSubscription } from '../../src/graph/subscription/index.ts';
import {
  reconcileApp,
  reconcilePage,
  type PageSubscriptionTask,
} from '../../src/graph/subscription/reconcile-subscription.ts';
import { USUAL_FIELDS } from '../../src/messenger/inbound/webhook-fields.ts';
import { anApp, VERIFY_TOKEN } from '../api/an-app.ts';
import { ACCESS, aGraphApi, APP, PAGE, SECRET, type Simulated } from './simulated.ts';

const READ = `GET /${PAGE}/subscribed_apps`;
const WRITE = `POST /${PAGE}/subscribed_apps`;

async function run({ api }: Simulated, more: Partial<PageSubscriptionTask> = {}) {
  const said: string[] = [];
  const report = (sentence: string) => void said.push(sentence);
  const task = { api, page: ACCESS, appId: APP, needed: USUAL_FIELDS, isDry: false, report, ...more };
  return { isDone: await reconcilePage(task), said };
}

async function fieldsOf({ api }: Simulated) {
  const reply = await readSubscription(api, ACCESS, APP);
  return reply.status === 'answered' && reply.value.fields;
}

async function anUnsubscribedPage() {
  const simulated = await aGraphApi({ requireAppSecretProof: true });
  simulated.simulator.unsubscribeApp();
  return simulated;
}

test('a Page without a subscription is subscribed, and before and after are reported', async () => {
  const simulated = await anUnsubscribedPage();

  expect(await run(simulated)).toEqual({
    isDone: true,
    said: ['was not subscribed.', `is subscribed to ${USUAL_FIELDS.join(', ')}.`],
  });
  expect(simulated.calls).toEqual([READ, WRITE, READ]);
});

test('the second time there is nothing to do, and nothing is written', async () => {
  const simulated = await anUnsubscribedPage();
  await run(simulated);
  simulated.calls.splice(0);

  const { isDone, said } = await run(simulated);

  expect([isDone, said.at(-1)]).toEqual([true, 'has all it needs. Nothing to do.']);
  expect(simulated.calls).toEqual([READ]);
});

test('subscribed fields stay', async () => {
  const simulated = await anUnsubscribedPage();
  await run(simulated, { needed: ['messages', 'feed'] });

  await run(simulated, { needed: ['messages', 'messaging_postbacks'] });

  expect(await fieldsOf(simulated)).toEqual(['messages', 'feed', 'messaging_postbacks']);
});

test('a dry run reports what it would do, and does nothing', async () => {
  const simulated = await anUnsubscribedPage();

  const { isDone, said } = await run(simulated, { isDry: true, needed: ['messages', 'response_feedback'] });

  expect(isDone).toBe(true);
  expect(said).toEqual([
    'Mind response_feedback: people see thumbs up and down under every message the app sends.',
    'was not subscribed.',
    'would be subscribed to messages, response_feedback too.',
  ]);
  expect(simulated.calls).toEqual([READ]);
});

test('a refusal of Meta is reported without the token', async () => {
  const simulated = await anUnsubscribedPage();
  const page = { pageId: PAGE, accessToken: 'token-nobody-may-see' };

  const { isDone, said } = await run(simulated, { page });

  expect(isDone).toBe(false);
  expect(said).toEqual([expect.stringMatching(/^Meta answers 190 /)]);
  expect(said.join()).not.toContain('nobody-may-see');
});

/** The app's own subscription, for which Meta calls the webhook. */
async function runApp({ api }: Simulated, callbackUrl: string, more: { isDry?: boolean } = {}) {
  const said: string[] = [];
  const isDone = await reconcileApp({
    api,
    app: { appId: APP, appSecret: SECRET },
    callbackUrl,
    verifyToken: VERIFY_TOKEN,
    needed: USUAL_FIELDS,
    isDry: false,
    report: (sentence) => void said.push(sentence),
    ...more,
  });
  return { isDone, said };
}

test('the app delivers to another address after its handshake, and reports it', async () => {
  const simulated = await aGraphApi();
  const { app } = await anApp();
  const url = `${await app.listen({ host: '127.0.0.1', port: 0 })}/webhook`;

  const { isDone, said } = await runApp(simulated, url);

  expect(said.at(-1)).toContain(`delivers to "${url}": messages, `);
  expect(isDone).toBe(true);
  simulated.calls.splice(0);
  expect(await runApp(simulated, url)).toMatchObject({ isDone: true });
  expect(simulated.calls).toEqual([`GET /${APP}/subscriptions`]);
});

test('an address that does not answer is refused by Meta, and no secret is reported', async () => {
  const simulated = await aGraphApi();

  const { isDone, said } = await runApp(simulated, 'http://127.0.0.1:9/moved');

  expect(isDone).toBe(false);
  expect(said.slice(1)).toEqual([expect.stringMatching(/^Meta answers /), expect.stringContaining('handshake')]);
  expect(said.join()).not.toContain(VERIFY_TOKEN);
  expect(said.join()).not.toContain(SECRET);
});
