/** What people search for when a bot does not work, brought about for real; and the line that the doctor prints. */

import { afterAll, beforeAll, expect, inject, onTestFinished, test, vi } from 'vitest';
import { createApp } from '../../../src/api/index.ts';
import type { Metrics } from '../../../src/api/metrics.ts';
import type { Inbox } from '../../../src/store/inbox/index.ts';
import { anApp } from '../../api/an-app.ts';
import { aGate, until } from '../../api/dispatch/recording-client.ts';
import { anOperatorApp } from '../../api/operator/an-operator-app.ts';
import { APP, callGraph, startSimulator } from '../../simulator/support.ts';
import { anIdleDispatcher } from '../../support/idle-dispatcher.ts';
import { PAGE, SECRETS, startStage, type Stage } from '../../support/stage.ts';
import { startTalk } from '../../support/talk.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { anHttpsProxy, settingsOf, subscribe, temporalSettings, diagnose } from './doctor-runs.ts';

const PROBE = 'test/support/bots/probe/bot.ts';
const OF_THE_PAGE = `Page ${PAGE}`;

let stage: Stage;
beforeAll(async () => {
  stage = await startStage({ bot: PROBE, temporalAddress: inject('temporalAddress'), servesOperators: true });
  for (const [name, value] of Object.entries(temporalSettings(stage))) vi.stubEnv(name, value);
  await subscribe(stage);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await stage.stop();
});

const settings = (others: Record<string, string> = {}) => ({ ...settingsOf(stage), ...others });

/** Another Meta, which delivers to this address; and the settings with it, on an empty store. */
async function anotherMeta(webhookUrl: string) {
  const running = await startSimulator({ webhookUrl, ...SECRETS });
  const env = settings({
    MESSENGER_GRAPH_URL: `${running.url}/graph`,
    DATABASE_URL: `file:${temporaryFolder()}/store.db`,
  });
  return { ...running, env };
}

test('with a healthy bot there is no error, and warnings only for what no API tells', async () => {
  const talk = await startTalk(PROBE, { stage });
  await talk.says('hours');

  const { findings } = await diagnose({ env: settings() });

  const notOk = findings.filter(({ status }) => status !== 'ok').map(({ check, status }) => `${status} ${check}`);
  expect(notOk).toEqual(['not_checked tasks', 'warning app-mode', 'warning app-role', 'warning round-trip']);
});

test('callback URL or verify token could not be validated: another token is loaded', async () => {
  const { of } = await diagnose({ env: settings({ MESSENGER_VERIFY_TOKEN: 'another-verify-token' }) });

  expect(of('webhook')).toBe(
    `error: callback URL or verify token could not be validated: ${stage.url}/webhook answers 403. Another MESSENGER_VERIFY_TOKEN is loaded there, perhaps from another .env: compare them character by character, then start it again.`,
  );
});

test('callback URL or verify token could not be validated: the path is another', async () => {
  const { env } = await anotherMeta(`${stage.url}/hook`);

  const { of } = await diagnose({ env });

  expect(of('webhook')).toMatch(/^ok: /);
  expect(of('public-webhook')).toBe(
    `error: callback URL or verify token could not be validated: ${stage.url}/hook answers 404. There is no webhook under this path: everthread's is /webhook.`,
  );
});

test('handshake works locally, fails in the dashboard: localhost, a private address, no https', async () => {
  const callback = async (callbackUrl: string) => {
    const { of } = await diagnose({ env: settings({ MESSENGER_APP_ID: '' }), callbackUrl });
    expect(of('webhook')).toMatch(/^ok: /);
    expect(of('public-webhook')).toMatch(/^skip: /);
    return of('callback');
  };

  for (const host of ['localhost', '192.168.1.7', '[::1]']) {
    expect(await callback(`https://${host}/webhook`)).toBe(
      `error: handshake works locally, fails in the dashboard: https://${host}/webhook (says --callback-url): Meta cannot reach ${host}. Give the webhook a public name, through a tunnel while you develop.`,
    );
  }
  expect(await callback('http://bot.example/webhook')).toContain('Meta delivers over https only.');
});

test('handshake works locally, fails in the dashboard: the certificate is self-signed', async () => {
  const proxy = await anHttpsProxy(stage.url);
  const { env } = await anotherMeta(`${proxy}/webhook`);

  const { of } = await diagnose({ env });

  expect(of('webhook')).toMatch(/^ok: /);
  expect(of('certificate')).toBe(
    `error: handshake works locally, fails in the dashboard: the certificate of ${new URL(proxy).host} is not trusted: it is self-signed. Take one of a public authority, such as Let’s Encrypt.`,
  );
  expect(of('public-webhook')).toBe('skip: "certificate" comes first, see above.');
});

test('verified, but no events come: app or Page not subscribed, or a field left out', async () => {
  const meta = await anotherMeta(`${stage.url}/webhook`);
  const graph = (method: string, path: string, token = SECRETS.accessToken) => callGraph(meta, method, path, { token });
  await graph('POST', `${PAGE}/subscribed_apps?subscribed_fields=messages`);

  expect((await diagnose({ env: meta.env })).of('page-subscription')).toMatch(
    new RegExp(
      `^error: ${OF_THE_PAGE}: verified, but no events come: the Page does not tell our app messaging_postbacks, .* Run everthread subscribe\\.$`,
    ),
  );

  await graph('DELETE', `${PAGE}/subscribed_apps`);
  await graph('DELETE', `${APP}/subscriptions`, `${APP}|${SECRETS.appSecret}`);
  const { of } = await diagnose({ env: meta.env });

  expect(of('page-subscription')).toBe(
    `error: ${OF_THE_PAGE}: verified, but no events come: our app is not subscribed on the Page. Run everthread subscribe.`,
  );
  expect(of('app-subscription')).toBe(
    'error: verified, but no events come: the app has no address for what happens on Pages. Run everthread subscribe --callback-url https://bot.example/webhook.',
  );
  expect(of('page-events')).toMatch(
    new RegExp(`^warning: ${OF_THE_PAGE}: verified, but no events come: no event has come yet`),
  );
  expect(of('app-mode')).toContain('must say Live');
});

test('events arrive, no answer: nobody has this PSID', async () => {
  const talk = await startTalk(PROBE, { stage });
  stage.simulator.fault({ kind: 'error', code: 100, subcode: 2018001, psid: talk.psid });
  await talk.says('hours');

  const { of } = await diagnose({ env: settings() });

  const [psid] = of('failed-sends').split('\n');
  expect(psid).toMatch(
    /^error: events arrive, no answer: 1 failed as bad_request, the last on .*a PSID belongs to one Page and one app\. .*messaging_type is always set here\.$/,
  );
});

test('events arrive, no answer: the token ended, or is of another Page', async () => {
  const talk = await startTalk(PROBE, { stage });
  stage.simulator.expireToken();
  onTestFinished(async () => {
    stage.simulator.replaceToken(SECRETS.accessToken);
    await stage.store.circuitBreakers.close(PAGE);
  });
  stage.simulator.says(talk.psid, 'hours');
  await until(async () => (await stage.store.circuitBreakers.listOpen()).size > 0);
  await until(async () => (await stage.store.ledger.counts()).waiting > 0);

  const { of } = await diagnose({ env: settings() });

  expect(of('page-token')).toMatch(
    new RegExp(
      `^error: ${OF_THE_PAGE}: events arrive, no answer: Meta answers 190/463 .* Make a new one \\(everthread pages, `,
    ),
  );
  expect(of('page-held')).toMatch(
    new RegExp(
      `^error: ${OF_THE_PAGE}: events arrive, no answer: its sends wait since .* \\(190/463\\): Meta no longer takes its token\\.`,
    ),
  );
  expect(of('waiting-sends')).toMatch(
    /^warning: events arrive, no answer: 1 waiting as token_invalid, .*See "page-token" and "page-held"\.$/,
  );

  stage.simulator.replaceToken(SECRETS.accessToken);
  const other = await diagnose({ env: settings({ MESSENGER_PAGE_ID: '104857600999999' }) });
  expect(other.of('page-token')).toBe(
    `error: Page 104857600999999: events arrive, no answer: the token is of "${PAGE}". Make MESSENGER_PAGE_ID, or pageId in the list, fit the token.`,
  );
});

test('events arrive, no answer: the app is not live', async () => {
  const talk = await startTalk(PROBE, { stage });
  stage.simulator.setAppLive(false);
  onTestFinished(async () => {
    stage.simulator.setAppLive(true);
    await stage.store.circuitBreakers.close(PAGE);
  });
  stage.simulator.says(talk.psid, 'hours');
  await until(async () => (await stage.store.circuitBreakers.listOpen()).size > 0);
  await until(async () => (await stage.store.ledger.counts()).waiting > 0);

  const { of } = await diagnose({ env: settings() });

  expect(of('page-held')).toMatch(/^error: .*its sends wait since /);
  expect(of('waiting-sends')).toMatch(/^warning: events arrive, no answer: \d waiting as token_invalid, /);
});

test('events arrive, no answer: no worker is running', async () => {
  vi.stubEnv('TEMPORAL_NAMESPACE', 'default');
  const { of } = await diagnose({ env: settings() });
  vi.stubEnv('TEMPORAL_NAMESPACE', stage.namespace);

  expect(of('worker')).toBe(
    'error: events arrive, no answer: no worker takes work from the task queue everthread. Run everthread start, or everthread worker.',
  );
});

test('401, signature mismatch: another app secret is loaded here than there', async () => {
  const { of, findings } = await diagnose({ env: settings({ MESSENGER_APP_SECRET: 'another-app-secret' }) });

  expect(of('webhook')).toMatch(
    /^error: 401, signature mismatch: .*\/webhook refuses a body that is signed with our MESSENGER_APP_SECRET\. Another one is loaded there \(compare it with App Dashboard → Settings → Basic/,
  );
  expect(of('app')).toMatch(/^error: 401, signature mismatch: Meta answers 190 /);
  expect(of('page-token')).toContain('MESSENGER_APP_SECRET is not of the app that this token was made for.');
  expect(JSON.stringify(findings)).not.toContain('another-app-secret');
});

test('401, signature mismatch: Meta signs with another secret than everthread knows', async () => {
  const secrets = { verifyToken: SECRETS.verifyToken, appSecrets: [SECRETS.appSecret] };
  const { app, url, metrics, shownMetrics } = await anApp(secrets);
  const api = await app.listen({ host: '127.0.0.1', port: 0 });
  const meta = await startSimulator({ ...SECRETS, webhookUrl: `${api}/webhook`, appSecret: 'the-true-app-secret' });
  meta.simulator.says(meta.simulator.addPerson().psid, 'hours');
  await until(async () => (await shownMetrics()).includes('everthread_webhooks_total{status="401"}'));

  const { of } = await diagnose({
    env: settings({
      PORT: new URL(api).port,
      OPERATOR_PORT: await operatorPortOf(metrics),
      DATABASE_URL: url,
      MESSENGER_GRAPH_URL: `${meta.url}/graph`,
    }),
  });

  expect(of('webhook')).toMatch(/^ok: /);
  expect(of('webhook-answers')).toMatch(
    /^warning: 401, signature mismatch: since the api started it refused all \d+ webhooks with 401 and took none: another secret signed them/,
  );
  expect(of('app')).toMatch(/^error: 401, signature mismatch: /);
});

test('answers fail after the first day: a sequence that writes too late', async () => {
  const talk = await startTalk(PROBE, { stage });
  await talk.says('emit ordered');
  await talk.skip('3 days');

  const { of } = await diagnose({ env: settings() });

  expect(of('refused-sends')).toMatch(
    /^warning: answers fail after the first day: 1 refused as window_closed, the last on .*: more than 24 hours after what the person last did\. .*retired message tags cannot be the reason, a bot cannot send one here\.$/,
  );
});

/** The port of a listener for operators that shows these metrics. */
async function operatorPortOf(metrics: Metrics): Promise<string> {
  const { url } = await anOperatorApp({ metrics });
  return new URL(url).port;
}

/** An api whose store is not as it should be, and a Meta that delivers to it and gives up soon. */
async function anApiThatKeeps(record: Inbox['record']) {
  const {
    app: { log },
    store,
    url,
    metrics,
  } = await anApp();
  const app = createApp({
    store: { ...store, inbox: { ...store.inbox, record } },
    log,
    metrics,
    dispatcher: anIdleDispatcher(),
    verifyToken: SECRETS.verifyToken,
    appSecrets: [SECRETS.appSecret],
  });
  onTestFinished(() => app.close());
  const api = await app.listen({ host: '127.0.0.1', port: 0 });
  const { simulator, url: meta } = await startSimulator({
    ...SECRETS,
    webhookUrl: `${api}/webhook`,
    answerWithinMs: 1100,
  });
  const env = settings({
    PORT: new URL(api).port,
    OPERATOR_PORT: await operatorPortOf(metrics),
    DATABASE_URL: url,
    MESSENGER_GRAPH_URL: `${meta}/graph`,
  });
  return { simulator, env };
}

test('events appear twice: the api fails, so Meta delivers again', async () => {
  let tries = 0;
  const { simulator, env } = await anApiThatKeeps(async () => {
    tries += 1;
    if (tries === 1) throw new Error('the disk is full');
    return { waiting: [], leased: [] };
  });
  simulator.says(simulator.addPerson().psid, 'hours');
  await simulator.waitForDeliveries();

  const { of } = await diagnose({ env });

  expect(tries).toBe(2);
  expect(of('webhook-answers')).toMatch(
    /^error: events appear twice: since the api started 1 of 2 webhooks failed \(50 %\): 1 × 200, 1 × 503\. Meta delivers those again, and everthread keeps each event once; /,
  );
});

test('events appear twice: the api is slow, so Meta delivers again', async () => {
  const second = aGate();
  let tries = 0;
  const { simulator, env } = await anApiThatKeeps(async () => {
    tries += 1;
    // The first is still at it when Meta has given up on it and asks again.
    if (tries === 1) await second.opened;
    else second.open();
    return { waiting: [], leased: [] };
  });
  simulator.says(simulator.addPerson().psid, 'hours');
  await simulator.waitForDeliveries();

  const { of } = await diagnose({ env });

  expect(tries).toBe(2);
  expect(of('slow-answers')).toMatch(
    /^warning: events appear twice: 1 of the webhooks took more than 1 s; after 5 s Meta gives up and delivers again\./,
  );
  expect(of('webhook-answers')).toMatch(/^error: events appear twice: .* 1 × 200, 1 × 499 \(Meta gave up\)\./);
});

test('bot answers itself: an echo, of its own or of another app, gets no answer', async () => {
  const talk = await startTalk(PROBE, { stage });
  await talk.says('hours');
  expect(await talk.hears(1)).toEqual(['1 hours']);

  stage.simulator.answersFromOtherApp(talk.psid, 'hours');
  await talk.settles();

  const { timeline } = stage.simulator.thread(talk.psid);
  const echoes = timeline.flatMap(({ webhooks }) => webhooks).filter(({ kind }) => kind === 'echo');
  expect(echoes.map(({ isAccepted }) => isAccepted)).toEqual([true, true]);
  expect(await talk.hears()).toEqual([]);
});

test('events stop after an outage: Meta took the subscription away', async () => {
  const talk = await startTalk(PROBE, { stage });
  await talk.says('hours');
  stage.simulator.unsubscribeApp();
  onTestFinished(() => subscribe(stage));

  const { of } = await diagnose({ env: settings() });

  expect(of('page-subscription')).toMatch(
    new RegExp(
      `^error: ${OF_THE_PAGE}: events stop after an outage: our app is no longer subscribed on the Page; the last event came on .* then run everthread subscribe\\.$`,
    ),
  );
});

test('a store that cannot be opened skips only the checks that require it', async () => {
  const { of } = await diagnose({ env: settings({ DATABASE_URL: `file:${import.meta.filename}/store.db` }) });

  expect(of('store')).toMatch(/^error: The store cannot write: its file cannot be opened\./);
  expect(of('inbox')).toBe('skip: "store" comes first, see above.');
  expect(of('webhook')).toMatch(/^ok: /);
});

test('all missing or invalid settings are reported, and skip only the checks that require them', async () => {
  const missing = await diagnose({ env: settings({ MESSENGER_APP_SECRET: '', MESSENGER_PAGE_ID: '' }) });
  const env = settings({ MESSENGER_VERIFY_TOKEN: 'a token with blanks', MESSENGER_PAGE: '1' });
  const wrong = await diagnose({ env });
  const quoted = await diagnose({ env: settings({ MESSENGER_APP_SECRET: `"${SECRETS.appSecret}"` }) });

  expect(missing.of('required-settings').split('\n')).toEqual([
    expect.stringMatching(/^error: MESSENGER_APP_SECRET is missing\. Copy it from App Dashboard/),
    expect.stringMatching(/^error: MESSENGER_PAGE_ID is missing\./),
  ]);
  expect(missing.of('store')).toMatch(/^ok: /);
  expect(missing.of('worker')).toMatch(/^ok: /);
  expect(missing.of('webhook')).toBe('skip: "required-settings" comes first, see above.');
  expect(missing.of('page-token')).toBe('skip: no Page is known.');
  expect(wrong.of('settings').split('\n')).toEqual([
    expect.stringMatching(/^error: MESSENGER_VERIFY_TOKEN has a value \(not shown\) with a space, /),
    expect.stringMatching(/^warning: MESSENGER_PAGE is no variable of everthread/),
  ]);
  expect(JSON.stringify(wrong.findings)).not.toContain('a token with blanks');
  expect(quoted.of('secrets')).toMatch(
    /^error: .*: MESSENGER_APP_SECRET: the quotes around it are taken for a part of it/,
  );
});
