import Fastify from 'fastify';
import { pino } from 'pino';
import { beforeAll, afterAll, expect, inject, test } from 'vitest';
import { USUAL_FIELDS } from '../../src/messenger/webhook-fields.ts';
import { createSimulator, type Simulator } from '../../src/simulator/index.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { exampleBot, runCli } from './run-cli.ts';

const PAGE = '104857600123456';
const TOKEN = 'a-page-token-that-nobody-may-see';
const log = pino({ level: 'silent' });

let simulator: Simulator;
let graphUrl: string;
const app = Fastify({ loggerInstance: log });
beforeAll(async () => {
  simulator = createSimulator({
    file: ':memory:',
    pageId: PAGE,
    appId: '517776481860111',
    accessToken: TOKEN,
    appSecret: 'an-app-secret',
    webhookUrl: 'http://127.0.0.1:9/webhook',
    graphVersion: 'v25.0',
    log,
  });
  await app.register(simulator.routes, { prefix: '/simulator' });
  graphUrl = `${await app.listen({ host: '127.0.0.1', port: 0 })}/simulator/graph`;
  const fields = USUAL_FIELDS.join(',');
  await fetch(`${graphUrl}/v25.0/${PAGE}/subscribed_apps?subscribed_fields=${fields}&access_token=${TOKEN}`, {
    method: 'POST',
  });
});
afterAll(async () => {
  await app.close();
  await simulator.close();
});

/** The lines of a visit to the doctor, by what they are about. */
async function visit(env: Record<string, string> = {}) {
  const { code, output } = await runCli(['doctor', exampleBot], {
    cwd: temporaryFolder(),
    env: {
      MESSENGER_VERIFY_TOKEN: 'a-verify-token',
      MESSENGER_APP_SECRET: 'an-app-secret',
      MESSENGER_PAGE_ACCESS_TOKEN: TOKEN,
      MESSENGER_PAGE_ID: PAGE,
      MESSENGER_GRAPH_URL: graphUrl,
      TEMPORAL_ADDRESS: inject('temporalAddress'),
      PORT: '9',
      ...env,
    },
  });
  const lines = output.split('\n').flatMap((line) => {
    const [, verdict, what, detail] = /^ {2}(ok|wrong) +(Page token|\S+) +(.*)$/.exec(line) ?? [];
    return verdict && what && detail ? [[what, `${verdict}: ${detail}`] as const] : [];
  });
  return { code, output, findings: Object.fromEntries(lines) };
}

test('everything that holds is ok, and a bot that is not running is the one thing wrong', async () => {
  const { code, findings, output } = await visit();
  expect(findings).toMatchObject({
    Node: expect.stringMatching(/^ok/),
    environment: expect.stringMatching(/^ok/),
    bot: expect.stringMatching(/^ok/),
    store: expect.stringMatching(/^ok: .*can be written/),
    Temporal: expect.stringMatching(/^ok/),
    'Page token': `ok: belongs to Page ${PAGE}`,
    subscription: expect.stringMatching(/^ok: .*messages/),
    webhook: expect.stringMatching(/^wrong: nothing answers at .* Run everthread start/),
  });
  expect(code).toBe(1);
  expect(output).not.toContain(TOKEN);
});

test('a subscription that was taken away is named with the cure', async () => {
  simulator.unsubscribesApp();
  const { findings } = await visit();
  expect(findings['subscription']).toMatch(/^wrong: the app is not subscribed on the Page.*everthread subscribe\.$/);
});

test('a token that Meta does not accept is named with the cure, and never printed', async () => {
  const { findings, output } = await visit({ MESSENGER_PAGE_ACCESS_TOKEN: 'another-token-nobody-may-see' });
  expect(findings['Page token']).toMatch(/^wrong: Meta answers 190/);
  expect(output).not.toContain('another-token-nobody-may-see');
});

test('a Temporal that does not answer is named with the cure', async () => {
  const { findings } = await visit({ TEMPORAL_ADDRESS: '127.0.0.1:9' });
  expect(findings['Temporal']).toBe('wrong: 127.0.0.1:9 does not answer. Start Temporal, or set TEMPORAL_ADDRESS.');
});
