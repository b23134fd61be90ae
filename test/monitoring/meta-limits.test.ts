/** The two times of Meta, with the rules as they are: `promtool` lets an hour of failed webhooks pass. */

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { ensurePrometheus } from '../support/prometheus.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const RULES = join(import.meta.dirname, '../../deploy/prometheus/alerts.yml');
const FAILED = 'everthread_webhooks_total{status="503"}';
const SIGNATURES = { 'everthread_webhook_signature_failures_total{reason="wrong"}': '0x60' };
const TAKEN = 'everthread_webhooks_total{status="200"}';

const CRITICAL = ['EverthreadWebhooksAllFail', 'EverthreadUnsubscribedSoon'];
const { groups } = parse(readFileSync(RULES, 'utf8')) as {
  readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly annotations: object }[] }[];
};
const annotationsOf = (name: string) =>
  groups.flatMap(({ rules }) => rules).find(({ alert }) => alert === name)?.annotations;

/** Whether of these two alerts those named fire at these times after the first failure, by Prometheus itself. */
function firesAt(times: Readonly<Record<string, readonly string[]>>, series: Readonly<Record<string, string>>) {
  const file = join(temporaryFolder(), 'limits.yml');
  const alert_rule_test = Object.entries(times).flatMap(([eval_time, firing]) =>
    CRITICAL.map((alertname) => ({
      eval_time,
      alertname,
      exp_alerts: firing.includes(alertname)
        ? [{ exp_labels: { severity: 'critical' }, exp_annotations: annotationsOf(alertname) }]
        : [],
    })),
  );
  writeFileSync(
    file,
    stringify({
      rule_files: [RULES],
      evaluation_interval: '1m',
      tests: [
        {
          interval: '1m',
          input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
          alert_rule_test,
        },
      ],
    }),
  );
  const { status, stdout, stderr } = spawnSync(ensurePrometheus().promtool, ['test', 'rules', file], {
    encoding: 'utf8',
  });
  return { status, said: `${stdout}${stderr}` };
}

test('the owner hears before Meta tells the developer after 15 minutes, and before it removes the subscription after 60', () => {
  const { status, said } = firesAt(
    {
      '4m': [],
      '14m': ['EverthreadWebhooksAllFail'],
      '50m': ['EverthreadWebhooksAllFail', 'EverthreadUnsubscribedSoon'],
    },
    { ...SIGNATURES, [FAILED]: '0+10x60', [TAKEN]: '100x60' },
  );
  expect(said).toContain('SUCCESS');
  expect(status).toBe(0);
});

test('a webhook that is taken now and then keeps both quiet', () => {
  const { status, said } = firesAt({ '14m': [], '50m': [] }, { ...SIGNATURES, [FAILED]: '0+10x60', [TAKEN]: '0+1x60' });
  expect(said).toContain('SUCCESS');
  expect(status).toBe(0);
});
