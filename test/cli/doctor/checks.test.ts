/** Single checks, with answers that a simulator does not give; and how checks follow each other. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Fastify from 'fastify';
import { afterAll, beforeAll, expect, inject, onTestFinished, test, vi } from 'vitest';
import { parseApiMetrics } from '../../../src/cli/doctor/api-metrics.ts';
import { error, ok, SYMPTOMS, type Check } from '../../../src/cli/doctor/check.ts';
import { isPublicHost } from '../../../src/cli/doctor/public-host.ts';
import { formatFinding, withoutSecrets } from '../../../src/cli/doctor/report.ts';
import { runChecks } from '../../../src/cli/doctor/run-checks.ts';
import { CHECKS } from '../../../src/cli/doctor/run-doctor.ts';
import { loadConfig } from '../../../src/config/index.ts';
import { APP, PAGE, SECRET, TOKEN, VERIFY_TOKEN } from '../../simulator/support.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { diagnose } from './doctor-runs.ts';

const DAY_SECONDS = 86_400;

beforeAll(() => vi.stubEnv('TEMPORAL_ADDRESS', inject('temporalAddress')));
afterAll(() => vi.unstubAllEnvs());

interface Meta {
  /** The newest version of the Graph API. */
  readonly newest?: string;
  /** What it answers to `debug_token`. */
  readonly token?: object;
  readonly callbackUrl?: string;
  /** What `--callback-url` says. */
  readonly wanted?: string;
}

/** A Meta that answers what the test message, and the doctor's diagnose to it. */
async function diagnoseWith({
  newest = 'v25.0',
  token = {},
  callbackUrl = 'https://localhost:9/webhook',
  wanted,
}: Meta) {
  const app = Fastify();
  app.addHook('onRequest', async ({ params }, reply) => {
    const { version = '' } = params as { version?: string };
    if (Number.parseInt(version.slice(1), 10) > Number.parseInt(newest.slice(1), 10))
      return reply.code(400).send({ error: { code: 2500, message: 'Unknown path components' } });
    reply.header('facebook-api-version', version);
    return undefined;
  });
  app.get('/:version/me', () => ({ id: PAGE }));
  app.get('/:version/debug_token', () => ({ data: token }));
  app.get(`/:version/${APP}/subscriptions`, () => ({
    data: [{ object: 'page', callback_url: callbackUrl, fields: ['messages'] }],
  }));
  onTestFinished(() => app.close());
  const graphUrl = await app.listen({ host: '127.0.0.1', port: 0 });
  return diagnose({
    callbackUrl: wanted,
    env: {
      MESSENGER_VERIFY_TOKEN: VERIFY_TOKEN,
      MESSENGER_APP_SECRET: SECRET,
      MESSENGER_PAGE_ACCESS_TOKEN: TOKEN,
      MESSENGER_PAGE_ID: PAGE,
      MESSENGER_APP_ID: APP,
      MESSENGER_GRAPH_URL: graphUrl,
      DATABASE_URL: `file:${join(temporaryFolder(), 'store.db')}`,
      PORT: '9',
    },
  });
}

test.each([
  ['v25.0', 'ok: v25.0; Meta answers in no newer one'],
  ['v27.0', "warning: v27.0 is out, this is v25.0. Read Meta's changelog, then set MESSENGER_GRAPH_VERSION, and "],
])('when %s is the newest version, the doctor prints %s', async (newest, printed) => {
  expect((await diagnoseWith({ newest })).of('graph-version')).toContain(printed);
});

test.each([
  [
    'a token without an end',
    { app_id: APP, is_valid: true, expires_at: 0 },
    'ok: .* and it has no end; so says debug_token, ',
  ],
  [
    'one of another app',
    { app_id: '517776489999999' },
    'error: .*the token was made for app "517776489999999", not for ',
  ],
  ['one that Meta calls invalid', { is_valid: false }, 'error: .*Meta calls the token invalid\\. Make a new one'],
  [
    'one without a permission',
    { scopes: ['pages_messaging'] },
    'error: .*lacks the permission pages_manage_metadata\\.',
  ],
  [
    'one of which Meta says nothing',
    { scopes: undefined },
    'warning: .*it has no end; which permissions it has, Meta does not say\\.',
  ],
  [
    'one that ends soon',
    { expires_at: Math.floor(Date.now() / 1000) + 3 * DAY_SECONDS },
    'warning: .*the token, or its access to data, ends on \\d{4}-\\d\\d-\\d\\d at .* Make a new one',
  ],
])('%s', async (_, facts, printed) => {
  const scopes = ['pages_messaging', 'pages_manage_metadata'];

  const { of } = await diagnoseWith({ token: { scopes, ...facts } });

  expect(of('page-permissions')).toMatch(new RegExp(`^${printed}`));
});

test('a host that cannot be resolved is named, and checks behind it are skipped', async () => {
  const { of } = await diagnoseWith({});

  expect(of('webhook')).toMatch(
    /^warning: nothing answers at http:\/\/127\.0\.0\.1:9\/webhook\. If everthread runs on another machine/,
  );
  expect(of('certificate')).toBe(
    'error: handshake works locally, fails in the dashboard: localhost:9 cannot be reached over https (ECONNREFUSED): nothing listens there. Start the proxy or the tunnel.',
  );
  expect(of('public-webhook')).toBe('skip: "certificate" comes first, see above.');
  expect(of('app-subscription')).toMatch(
    /^error: verified, but no events come: the app is not subscribed to messaging_postbacks, /,
  );
});

test('a callback that is not the one that Meta has is named with the cure', async () => {
  const { of } = await diagnoseWith({
    wanted: 'https://bot.invalid/webhook',
    callbackUrl: 'https://old.invalid/webhook',
  });

  expect(of('callback')).toBe(
    'error: verified, but no events come: Meta delivers to https://old.invalid/webhook, not to https://bot.invalid/webhook. Run everthread subscribe --callback-url https://bot.invalid/webhook.',
  );
});

test.each([
  'localhost',
  'bot',
  'bot.localhost',
  'bot.internal',
  '10.1.2.3',
  '172.20.0.1',
  '169.254.1.1',
  '[::1]',
  '[fd00::1]',
])('Meta cannot reach %s', (host) => expect(isPublicHost(host)).toBe(false));

test.each(['bot.example', 'localhost.example', '203.0.113.7', '[2001:db8::1]'])('Meta may reach %s', (host) =>
  expect(isPublicHost(host)).toBe(true),
);

test('a check that takes too long or throws is an error, and only checks that require it are skipped', async () => {
  const forever = new Promise<never>(() => {});
  const checks: Check<undefined>[] = [
    { id: 'store', run: () => forever },
    { id: 'inbox', requires: ['store'], run: () => ok('never asked') },
    { id: 'temporal', run: () => Promise.reject(new Error('out of order')) },
    { id: 'node', run: () => [ok('one'), error('two', 'no_answer')] },
  ];
  const lines: string[] = [];

  for await (const finding of runChecks(checks, undefined, { statuses: new Map(), timeoutMs: 20 }))
    lines.push(formatFinding(finding));

  expect(lines.map((text) => text.replace(/ +/g, ' '))).toEqual([
    ' error store There was no answer within 0.02 s.',
    ' skip inbox "store" comes first, see above.',
    ' error temporal out of order',
    ' ok node one',
    ' error node events arrive, no answer: two',
  ]);
});

test('a check requires only checks before it', () => {
  for (const [index, { id, requires = [] }] of CHECKS.entries()) {
    const before = new Set(CHECKS.slice(0, index).map((check) => check.id));
    expect([id, requires.filter((other) => !before.has(other))]).toEqual([id, []]);
  }
});

test('the counters of the api are parsed from the Prometheus text format', () => {
  const { answers, slowerThan } = parseApiMetrics(`# TYPE everthread_webhooks_total counter
everthread_webhooks_total{status="200"} 40
everthread_webhooks_total{status="499"} 2
everthread_webhook_seconds_bucket{le="1"} 38
everthread_webhook_seconds_bucket{le="5"} 40
everthread_webhook_seconds_bucket{le="+Inf"} 42
everthread_webhook_seconds_sum 17.5
everthread_webhook_seconds_count 42
`);

  expect(answers).toEqual({ 200: 40, 499: 2 });
  expect([slowerThan(1), slowerThan(5)]).toEqual([4, 2]);
});

test('secrets and control characters are removed from messages', () => {
  const token = 'EAAa-token-of-a-page';
  const config = loadConfig({ MESSENGER_PAGE_ID: PAGE, MESSENGER_PAGE_ACCESS_TOKEN: token });
  const finding = { check: 'graph', ...error(`Meta said ${token}\u001b[2J\u202e!\nand more`) } as const;

  expect(formatFinding(withoutSecrets(finding, config))).toBe(
    '  error    graph              Meta said [secret] [2J !\n           and more',
  );
});

test('every check and every symptom has a row in docs/doctor.md, and every row a check', () => {
  const text = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'doctor.md'), 'utf8');
  const rows = [...text.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, id]) => id);
  const symptoms = [...text.matchAll(/^\| "([^"]+)" \|/gm)].map(([, words]) => words);

  expect(rows).toEqual(CHECKS.map(({ id }) => id));
  expect(symptoms).toEqual([...Object.values(SYMPTOMS).slice(0, -1), 'bot answers itself', SYMPTOMS.stopped]);
});
