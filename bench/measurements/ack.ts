/** Measures how fast webhooks are acknowledged, and at how many per second one is lost or late. */

import { openStore } from '../../src/store/index.ts';
import type { PaceResult } from '../load/main.ts';
import type { Child } from '../processes/child-process.ts';
import type { BenchProcesses } from '../processes/index.ts';
import { formatMs, type ReportRow } from '../report.ts';

/** What the api runs on, and how long each step lasts. */
export interface AckOptions {
  readonly temporalAddress: string;
  readonly graphUrl: string;
  readonly databaseUrl: string;
  readonly database: 'SQLite' | 'PostgreSQL';
  readonly seconds: number;
  /** Rates in webhooks per second, tried in order until one fails. */
  readonly steps: readonly number[];
  readonly secondsPerStep: number;
}

const RATE = 200;
const PEOPLE = 1000;
/** An api with a higher p99 falls behind. */
const MAX_P99_MS = 500;

/** Measures the api alone in its process. It dispatches to Temporal, but no worker runs. */
export async function measureAck(stage: BenchProcesses, options: AckOptions): Promise<ReportRow[]> {
  const { databaseUrl, database, graphUrl } = options;
  const api = await stage.everthread({ command: 'api', ...options });
  const load = await stage.load({ graphUrl, webhookUrl: api.hello.url });
  await load.ask('pace', { rate: 100, seconds: 1, people: PEOPLE });
  const rows = [await measureLatency(load, options.seconds, `api alone, ${database}`)];

  let best: { readonly rate: number; readonly paced: PaceResult } | undefined;
  for (const rate of options.steps) {
    const before = await countEvents(databaseUrl);
    const paced = await load.ask<PaceResult>('pace', { rate, seconds: options.secondsPerStep, people: PEOPLE });
    const stored = (await countEvents(databaseUrl)) - before;
    if (stored < paced.acknowledged) throw new Error(`${paced.acknowledged} webhooks acknowledged, ${stored} stored`);
    if (paced.acknowledged < paced.sent || paced.latency.p99 > MAX_P99_MS) break;
    best = { rate, paced };
  }
  await load.stop();
  await api.stop();
  const isLast = best?.rate === options.steps.at(-1);
  rows.push({
    what: `ack: highest rate kept without loss, p99 ≤ ${MAX_P99_MS} ms, ${database} (every row counted)`,
    everthread: best ? `${isLast ? 'at least ' : ''}${best.rate}/s (p99 ${formatMs(best.paced.latency.p99)})` : 'none',
  });
  return rows;
}

/** Latency of acknowledgements at a steady rate. */
export async function measureLatency(load: Child, seconds: number, what: string): Promise<ReportRow> {
  const { sent, acknowledged, latency } = await load.ask<PaceResult>('pace', { rate: RATE, seconds, people: PEOPLE });
  return {
    what: `ack: ${RATE} webhooks/s, ${what}`,
    everthread: `p50 ${formatMs(latency.p50)}, p99 ${formatMs(latency.p99)} (${acknowledged} of ${sent})`,
    aim: 'Meta waits 5 s',
  };
}

async function countEvents(databaseUrl: string): Promise<number> {
  const store = await openStore(databaseUrl);
  try {
    return Object.values(await store.inbox.countByStatus()).reduce((sum, count) => sum + count, 0);
  } finally {
    await store.close();
  }
}
