/** Runs the doctor inside a test, and starts an https proxy as Meta would require. */

import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { inject, onTestFinished } from 'vitest';
import type { CheckId, Finding } from '../../../src/cli/doctor/check.ts';
import type { DoctorContextOptions } from '../../../src/cli/doctor/context.ts';
import { formatFinding } from '../../../src/cli/doctor/report.ts';
import { runDoctor } from '../../../src/cli/doctor/run-doctor.ts';
import { createGraphApi } from '../../../src/graph/graph-api.ts';
import { reconcileApp, reconcilePage } from '../../../src/graph/subscription/reconcile-subscription.ts';
import { USUAL_FIELDS } from '../../../src/messenger/inbound/webhook-fields.ts';
import { APP } from '../../simulator/support.ts';
import { PAGE, SECRETS, type Stage } from '../../support/stage.ts';

export interface Diagnosis {
  readonly findings: readonly Finding[];
  /** What is printed for a check, without its column: `error: verified, but no events come: …`. */
  of(check: CheckId): string;
}

/** The bot needs the usual fields; reading a real one each time takes seconds. */
export async function diagnose(options: DoctorContextOptions): Promise<Diagnosis> {
  const findings: Finding[] = [];
  const readBot = async () => ({ fields: USUAL_FIELDS, activities: [], sequences: [] });
  for await (const finding of runDoctor({ readBot, ...options })) findings.push(finding);
  return { findings, of: (check) => printedFor(findings, check) };
}

export function printedFor(findings: readonly Finding[], check: CheckId): string {
  return findings
    .filter((finding) => finding.check === check)
    .map((finding) => formatFinding(finding).replace(/^ +(\w+) +[\w-]+ +/, '$1: '))
    .join('\n');
}

/** The settings of whoever runs a stage for a Page, as `.env` would have them. */
export function settingsOf({
  url,
  operatorUrl,
  databaseUrl,
}: Pick<Stage, 'url' | 'operatorUrl' | 'databaseUrl'>): Record<string, string> {
  return {
    MESSENGER_VERIFY_TOKEN: SECRETS.verifyToken,
    MESSENGER_APP_SECRET: SECRETS.appSecret,
    MESSENGER_PAGE_ACCESS_TOKEN: SECRETS.accessToken,
    MESSENGER_PAGE_ID: PAGE,
    MESSENGER_APP_ID: APP,
    MESSENGER_GRAPH_URL: `${url}/simulator/graph`,
    DATABASE_URL: databaseUrl,
    PORT: new URL(url).port,
    ...(operatorUrl !== undefined && { OPERATOR_PORT: new URL(operatorUrl).port }),
  };
}

export function temporalSettings({ namespace }: Pick<Stage, 'namespace'>): Record<string, string> {
  return { TEMPORAL_ADDRESS: inject('temporalAddress'), TEMPORAL_NAMESPACE: namespace };
}

/** As `everthread subscribe` does. */
export async function subscribe({ url }: Pick<Stage, 'url'>): Promise<void> {
  const { appSecret, verifyToken, accessToken } = SECRETS;
  const api = createGraphApi({ url: `${url}/simulator/graph`, version: 'v25.0', appSecret });
  const task = { api, needed: USUAL_FIELDS, isDry: false, report: () => {} };
  await reconcileApp({ ...task, app: { appId: APP, appSecret }, callbackUrl: `${url}/webhook`, verifyToken });
  await reconcilePage({ ...task, page: { pageId: PAGE, accessToken }, appId: APP });
  await api.close();
}

const tls = join(import.meta.dirname, '..', '..', 'fixtures', 'tls');
/** Self-signed, for localhost. Whoever has it as NODE_EXTRA_CA_CERTS trusts it. */
export const CERTIFICATE = join(tls, 'localhost.pem');

/** A proxy with a certificate before an api, as `https://localhost:…`. */
export async function anHttpsProxy(target: string): Promise<string> {
  const key = readFileSync(join(tls, 'localhost-key.pem'));
  const server = createServer({ key, cert: readFileSync(CERTIFICATE) }, (incoming, outgoing) => {
    const { method, headers, url = '/' } = incoming;
    const forward = request(new URL(url, target), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forward.on('error', () => outgoing.writeHead(502).end());
    incoming.pipe(forward);
  });
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  );
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  return `https://localhost:${(server.address() as AddressInfo).port}`;
}
