/** The doctor as a person calls it. What each check finds is tested in the files beside this one. */

import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Finding } from '../../../src/cli/doctor/check.ts';
import { startSimulator } from '../../simulator/support.ts';
import { SECRETS, startStage, type Stage } from '../../support/stage.ts';
import { startTalk } from '../../support/talk.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { exampleBot, runCli } from '../run-cli.ts';
import { anHttpsProxy, CERTIFICATE, printedFor, settingsOf, subscribe, temporalSettings } from './doctor-runs.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage({ bot: exampleBot, temporalAddress: inject('temporalAddress'), servesOperators: true });
  await subscribe(stage);
});
afterAll(() => stage.stop());

function runDoctor(args: string[], others: Record<string, string> = {}) {
  const env = { ...settingsOf(stage), ...temporalSettings(stage), ...others };
  return runCli(['doctor', exampleBot, ...args], { cwd: temporaryFolder(), env });
}

test('with a healthy bot it prints a line for every check, no error, and exits with 0', async () => {
  const talk = await startTalk(exampleBot, { stage });
  await talk.says('hours');

  const { code, output } = await runDoctor([]);

  const lines = output.split('\n').filter((line) => /^ {2}\w+ +[\w-]+ {2}/.test(line));
  expect(lines.map((line) => /^ {2}(\w+) /.exec(line)?.[1])).not.toContain('error');
  expect(lines).toContainEqual(
    expect.stringMatching(/^ {2}ok {7}page-subscription {2}Page 104857600123456: tells our app \d+ fields$/),
  );
  expect(output).toMatch(/\n {2}3 warnings, 1 not checked\.\n$/);
  expect(code).toBe(0);
});

test('after errors it continues, prints the same as JSON, exits with 1 and prints no secret', async () => {
  const proxy = await anHttpsProxy(stage.url);
  const meta = await startSimulator({
    ...SECRETS,
    webhookUrl: `${proxy}/webhook`,
    userAccessToken: 'a-user-token-nobody-may-see',
  });
  const others = {
    MESSENGER_GRAPH_URL: `${meta.url}/graph`,
    MESSENGER_PAGE_ACCESS_TOKEN: 'a-page-token-nobody-may-see',
    MESSENGER_USER_ACCESS_TOKEN: 'a-user-token-nobody-may-see',
    TEMPORAL_ADDRESS: '127.0.0.1:9',
    NODE_EXTRA_CA_CERTS: CERTIFICATE,
  };

  const { code, output } = await runDoctor(['--json'], others);

  const { isWell, findings } = JSON.parse(output) as { isWell: boolean; findings: (Finding & { symptom?: string })[] };
  const of = (check: Finding['check']) => printedFor(findings, check);
  expect({ code, isWell }).toEqual({ code: 1, isWell: false });
  expect(of('temporal')).toBe(
    "error: 127.0.0.1:9 (TEMPORAL_ADDRESS, or Temporal's profile) does not answer. Start Temporal, or set TEMPORAL_ADDRESS.",
  );
  expect(of('worker')).toBe('skip: "temporal" comes first, see above.');
  expect(of('certificate')).toMatch(/^ok: trusted on this machine, until 21\d\d-/);
  expect(of('public-webhook')).toBe(
    `ok: ${proxy}/webhook answers handshake and signature as Meta expects, seen from this machine`,
  );
  expect(of('tasks')).toMatch(/^ok: Page 104857600123456: .*MESSAGING/);
  const token = findings.find(({ check }) => check === 'page-token');
  expect(token).toMatchObject({ status: 'error', about: 'Page 104857600123456', symptom: 'events arrive, no answer' });
  for (const secret of ['nobody-may-see', SECRETS.appSecret, SECRETS.verifyToken]) expect(output).not.toContain(secret);
});
