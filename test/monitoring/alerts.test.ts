/**
 * Fires every alert of `deploy/prometheus/alerts.yml`: a real Prometheus scrapes real processes, while something is done that the
 * alert is for. Only `for` is left out of the rules, so that nobody has to wait for minutes; `meta-limits.test.ts` keeps it.
 */

import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { pino } from 'pino';
import { expect, inject, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { fixedPages } from '../../src/graph/pages.ts';
import { startServer } from '../../src/server.ts';
import type { Tables } from '../../src/store/db/tables.ts';
import type { Encrypted } from '../../src/store/encryption/encrypted.ts';
import type { Store } from '../../src/store/index.ts';
import { createTemporalClient, temporalSettings } from '../../src/temporal/server/connect.ts';
import { freePort } from '../../src/temporal/server/free-port.ts';
import { sequenceId, TASK_QUEUE, type SequenceInput } from '../../src/workflows/contract/index.ts';
import { anEmptyStore, targets, type Target } from '../store/targets.ts';
import { aText, signed, webhookBody } from '../support/events.ts';
import { startPrometheus } from '../support/prometheus.ts';
import { PAGE, SECRETS, startStage, type Stage } from '../support/stage.ts';
import { startTalk } from '../support/talk.ts';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
}

interface RuleFile {
  readonly groups: readonly { readonly rules: readonly Rule[] }[];
}

interface Dashboard {
  readonly panels: readonly { readonly targets?: readonly { readonly expr: string }[] }[];
}

const root = join(import.meta.dirname, '../..');
const ruleFile = parse(readFileSync(join(root, 'deploy/prometheus/alerts.yml'), 'utf8')) as RuleFile;
const RULES = ruleFile.groups.flatMap(({ rules }) => rules);
const ALERTS = RULES.map(({ alert }) => alert);
const dashboard = JSON.parse(readFileSync(join(root, 'deploy/grafana/everthread.json'), 'utf8')) as Dashboard;
const EXPRESSIONS = [
  ...RULES.map(({ expr }) => expr),
  ...dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
];
const BOT = join(root, 'test/support/bots/alerts/bot.ts');
const HOUR = 3_600_000;

test('docs/alerts.md has a section for each alert, and no other', () => {
  const headings = readFileSync(join(root, 'docs/alerts.md'), 'utf8').match(/^### (.*)$/gm) ?? [];
  expect(headings.map((line) => line.slice(4)).toSorted()).toEqual(ALERTS.toSorted());
});

test('every alert fires when what it is for happens, and none on a healthy bot', { timeout: 120_000 }, async () => {
  const stage = await startStage({
    bot: BOT,
    temporalAddress: inject('temporalAddress'),
    servesOperators: true,
    echoWaitMs: 60_000,
  });
  onTestFinished(() => stage.stop());
  const troubled = await aTroubledApi(stage);
  const { trouble } = troubled;
  const prometheus = await startPrometheus({
    jobs: { everthread: [stage.operatorUrl ?? '', troubled.operatorUrl] },
    rules: withoutWaiting(ruleFile),
  });
  onTestFinished(() => prometheus.stop());
  const fired = new Set<string>();
  const look = async () => {
    const firing = await prometheus.firing();
    for (const name of firing) fired.add(name);
    return new Set(firing);
  };
  const fires = async (...names: readonly string[]) => {
    let missing = names;
    const giveUpAt = Date.now() + 20_000;
    while (missing.length > 0 && Date.now() < giveUpAt) {
      const firing = await look();
      missing = names.filter((name) => !firing.has(name));
    }
    expect(missing).toEqual([]);
  };
  const postTo = async (url: string, body: object, secret = SECRETS.appSecret) => {
    const { payload, headers } = signed(body, secret);
    return (await fetch(`${url}/webhook`, { method: 'POST', body: payload, headers })).status;
  };
  const { simulator, store } = stage;
  await prometheus.scraped();
  /** Nothing else fires, as soon as what happened is over. */
  const only = async (...names: readonly string[]) => {
    await expect.poll(async () => [...(await look())].toSorted(), { timeout: 20_000 }).toEqual(names.toSorted());
  };
  await only();

  // The store of an api cannot write, and another has a wrong app secret: Meta gets no 200.
  trouble.fails = true;
  const hello = webhookBody(aText('hi', { psid: psidOf(1), at: Date.now() }));
  const failed = [1, 2, 3, 4, 5].map(() => postTo(troubled.url, hello));
  const unsigned = [1, 2, 3, 4, 5].map(() => postTo(stage.url, hello, 'of another app'));
  expect(new Set(await Promise.all([...failed, ...unsigned]))).toEqual(new Set([503, 401]));
  await fetch(`${stage.url}/webhook?hub.mode=subscribe&hub.verify_token=wrong&hub.challenge=7`);
  await fires(
    'EverthreadWebhooksAllFail',
    'EverthreadUnsubscribedSoon',
    'EverthreadWebhooksFailing',
    'EverthreadSignatureFailures',
    'EverthreadVerificationFailures',
  );
  trouble.fails = false;

  // A healthy bot: one webhook that is taken ends the alert that all fail, and nothing else fires.
  const ana = await startTalk(BOT, { stage });
  await ana.says('hi');
  await ana.hears(1);
  await only('EverthreadWebhooksFailing', 'EverthreadSignatureFailures', 'EverthreadVerificationFailures');

  // The bot fails, Meta has no time for five messages, and one loses its answer.
  await ana.says('break');
  await ana.says('start');
  for (let i = 0; i < 5; i += 1) {
    const person = await startTalk(BOT, { stage });
    simulator.fault({ kind: 'error', code: 100, subcode: 2018294, psid: person.psid });
    await person.says('hi');
  }
  const ben = await startTalk(BOT, { stage });
  simulator.fault({ kind: 'cut_before', psid: ben.psid });
  simulator.says(ben.psid, 'hi');
  // Meta delivers a message a minute late.
  const late = await startTalk(BOT, { stage });
  simulator.holdDeliveries();
  simulator.says(late.psid, 'hi');
  simulator.moveClock(late.conversation, 60_000);
  simulator.releaseDeliveries();
  // The other api is slow, has no Temporal, and its newest events are a day old.
  Object.assign(trouble, { slowMs: 1200, lateMs: 2 * 60_000 });
  await postTo(troubled.url, webhookBody(aText('yesterday', { psid: psidOf(2), at: Date.now() - 24.5 * HOUR })));
  Object.assign(trouble, { slowMs: 0, lateMs: 0 });
  // Temporal does not take an event of 4 MB.
  await postTo(stage.url, webhookBody(aText('x'.repeat(4_150_000), { psid: psidOf(3), at: Date.now() })));
  // A run of a sequence that the bot does not have any more.
  await stage.client.workflow.start('gone', {
    workflowId: sequenceId('gone', ana.conversation),
    taskQueue: TASK_QUEUE,
    args: [{ conversation: ana.conversation, occasion: 'i1', contact: {} } satisfies SequenceInput],
  });
  // As the guard of workflow threads, the operators' part of a conversation and the relay would write it.
  await strikeTwice(store);
  await store.handoffs.record(ana.conversation, { state: 'waiting', reason: 'asked', at: Date.now() - 20 * 60_000 });
  await fillOutbox(troubled.store, troubled.tables);
  const guesses = Array.from({ length: 25 }, () =>
    fetch(`${stage.operatorUrl}/api/v1/conversations`, { headers: { authorization: 'Bearer evt_guessed' } }),
  );
  await Promise.all(guesses);
  await fires(
    'EverthreadPluginFailures',
    'EverthreadSequenceFailures',
    'EverthreadSendErrors',
    'EverthreadSendRetries',
    'EverthreadSendsUnconfirmed',
    'EverthreadFirstReplySlow',
    'EverthreadWebhooksSlow',
    'EverthreadInboxStuck',
    'EverthreadWindowsClosedUnanswered',
    'EverthreadDeadEvents',
    'EverthreadWorkflowTasksFail',
    'EverthreadQuarantined',
    'EverthreadHandoffWaiting',
    'EverthreadOutboxDead',
    'EverthreadOutboxGrows',
    'EverthreadLoginsRefused',
  );

  // Temporal comes back, two minutes late.
  await troubled.connectTemporal();
  await fires('EverthreadDispatchSlow');

  // Meta: the limits are used up, the Page is restricted, the subscription goes, then the token.
  const stopCalling = await callTooOften(stage);
  const cleo = await startTalk(BOT, { stage });
  await cleo.says('hi');
  await cleo.hears(1);
  await fires('EverthreadRateLimitNear');
  await stopCalling();
  simulator.restrictPage();
  await fires('EverthreadPageHeld');
  simulator.unsubscribeApp();
  await fires('EverthreadPageUnsubscribed');
  simulator.expireToken();
  await fires('EverthreadPageTokenInvalid');

  // Rules and dashboard ask for nothing that nobody measures.
  const series = await prometheus.series();
  for (const { name, labels } of EXPRESSIONS.flatMap(metricsIn))
    expect(
      series.some((one) => one['__name__'] === name && labels.every((label) => label in one)),
      `${name} with ${labels.join()}`,
    ).toBe(true);

  await stage.stop();
  await fires('EverthreadDown', 'EverthreadNoWorker');
  expect([...fired].toSorted()).toEqual(ALERTS.toSorted());
});

/** The metrics that an expression of PromQL names, each with the labels that it selects by. */
function metricsIn(expression: string): { readonly name: string; readonly labels: readonly string[] }[] {
  return [...expression.matchAll(/\b((?:everthread|temporal)_[a-z_]+)(?:\{([^}]*)\})?/g)].map(
    ([, name = '', selector = '']) => ({
      name,
      labels: [...selector.matchAll(/([a-z_]+) *(?:=~|!~|!=|=)/g)].map(([, label = '']) => label),
    }),
  );
}

/** Somebody whom the simulator does not know. */
function psidOf(n: number): string {
  return `612045987123${String(n).padStart(4, '0')}`;
}

async function strikeTwice({ quarantine }: Store): Promise<void> {
  const strike = {
    workflowId: 'stuck',
    runId: 'run',
    task: 1,
    build: 'build',
    reason: 'stuck',
    at: Date.now(),
  } as const;
  await quarantine.strike({ ...strike, mark: 'first' });
  await quarantine.strike({ ...strike, mark: 'second' });
}

/** Events for a destination: one was given up, the others wait. */
async function fillOutbox({ destinations }: Store, tables: Kysely<Tables>): Promise<void> {
  const at = Date.now();
  const address = { url: 'http://127.0.0.1:9/', format: 'standard', topics: ['lead'] } as const;
  await destinations.add({ name: 'gone', ...address, pages: undefined }, at);
  const event = (index: number) => ({
    destination: 'gone',
    event_id: `evt_${index}`,
    topic: 'lead',
    line: 'gone',
    conversation: null,
    page_id: PAGE,
    at,
    data_json: '{}' as Encrypted,
    status: index === 0 ? ('dead' as const) : ('pending' as const),
    attempts: 0,
    due_at: null,
    give_up_at: at + HOUR,
    trouble: null,
    settled_at: null,
  });
  await tables
    .insertInto('outbox')
    .values(Array.from({ length: 1002 }, (_, index) => event(index)))
    .execute();
}

/** Calls Meta more often than it allows, so that its answers to others say that the limits are used up; until stopped. */
async function callTooOften({ url }: Stage): Promise<() => Promise<void>> {
  const isAllowed = async () => {
    const headers = { authorization: `Bearer ${SECRETS.accessToken}` };
    return (await fetch(`${url}/simulator/graph/v25.0/me/messenger_profile?fields=greeting`, { headers })).ok;
  };
  while (await isAllowed());
  let isOver = false;
  const calling = (async () => {
    for (; !isOver; await delay(50)) await isAllowed();
  })();
  return () => {
    isOver = true;
    return calling;
  };
}

function withoutWaiting({ groups }: RuleFile): object {
  return {
    groups: groups.map(({ rules, ...group }) => ({
      ...group,
      rules: rules.map(({ for: _, ...rule }) => rule),
    })),
  };
}

/** An api with a store of its own whose store, Temporal and clock can be made to misbehave. */
async function aTroubledApi(stage: Stage) {
  const trouble = { slowMs: 0, lateMs: 0, fails: false };
  const { store, tables } = await anEmptyStore(targets[0] as Target);
  const record: Store['inbox']['record'] = async (delivered, receivedAt, offerLease) => {
    await delay(trouble.slowMs);
    if (trouble.fails) throw new Error('The disk is full');
    return store.inbox.record(delivered, receivedAt - trouble.lateMs, offerLease);
  };
  const port = await freePort();
  const client = createTemporalClient({ ...temporalSettings([], `127.0.0.1:${port}`), namespace: stage.namespace });
  const pages = fixedPages({ [PAGE]: SECRETS.accessToken });
  const graph = { url: `${stage.url}/simulator/graph`, version: 'v25.0' };
  const server = await startServer({
    store: { ...store, inbox: { ...store.inbox, record } },
    client,
    clock: { now: () => Date.now() },
    log: pino({ level: 'silent' }),
    verifyToken: SECRETS.verifyToken,
    appSecrets: [SECRETS.appSecret],
    host: '127.0.0.1',
    port: 0,
    operators: {
      host: '127.0.0.1',
      port: 0,
      policy: {},
      meta: { ...graph, accessToken: (pageId) => pages.accessToken(pageId) },
    },
    outgoing: { privateAddresses: 'loopback', unansweredAfterMs: HOUR },
    subscriptions: { graph, pages, fields: ['messages'], resubscribes: false, everyMs: 200 },
  });
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= server.stop());
  onTestFinished(async () => {
    await stop();
    await client.connection.close();
  });
  return {
    trouble,
    store,
    tables,
    url: server.url,
    operatorUrl: server.operatorUrl ?? '',
    /** From now on its Temporal is there. */
    async connectTemporal() {
      const [host = '', to] = inject('temporalAddress').split(':');
      const forwarder = createServer((socket) => {
        const target = connect(Number(to), host);
        socket.pipe(target).pipe(socket);
        for (const end of [socket, target]) end.on('error', () => (socket.destroy(), target.destroy()));
      });
      await new Promise<void>((resolve) => forwarder.listen(port, '127.0.0.1', resolve));
      onTestFinished(() => void forwarder.close());
    },
    stop,
  };
}
