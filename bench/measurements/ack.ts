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

/** Webhooks per second. */
const RATES = [200, 500, 1000];
const PEOPLE = 1000;
/** An api with a higher p99 falls behind. */
const MAX_P99_MS = 500;

/** Measures the api alone in its process. It dispatches to Temporal, but no worker runs. */
export async function measureAck(stage: BenchProcesses, options: AckOptions): Promise<ReportRow[]> {
  const { databaseUrl, database, graphUrl } = options;
  const api = await stage.everthread({ command: 'api', ...options });
  const load = await stage.load({ graphUrl, webhookUrl: api.hello.url });
  const receiver = await stage.receiver();
  const plain = await stage.load({ graphUrl, webhookUrl: receiver.hello.url });
  for (const one of [load, plain]) await one.ask('pace', { rate: 100, seconds: 1, people: PEOPLE });
  const rows: ReportRow[] = [];
  for (const rate of RATES) {
    rows.push(
      await measureLatency({ load, plain }, { rate, seconds: options.seconds, what: `api alone, ${database}` }),
    );
  }

  let best: { readonly rate: number; readonly paced: PaceResult } | undefined;
  for (const rate of options.steps) {
    const before = await countEvents(databaseUrl);
    const paced = await load.ask<PaceResult>('pace', { rate, seconds: options.secondsPerStep, people: PEOPLE });
    const stored = (await countEvents(databaseUrl)) - before;
    if (stored < paced.acknowledged) throw new Error(`${paced.acknowledged} webhooks acknowledged, ${stored} stored`);
    if (paced.acknowledged < paced.sent || paced.latency.p99 > MAX_P99_MS) break;
    best = { rate, paced };
  }
  for (const part of [load, plain, api, receiver]) await part.stop();
  const isLast = best?.rate === options.steps.at(-1);
  rows.push({
    what: `ack: highest rate kept without loss, p99 ≤ ${MAX_P99_MS} ms, ${database} (every row counted)`,
    everthread: best ? `${isLast ? 'at least ' : ''}${best.rate}/s (p99 ${formatMs(best.paced.latency.p99)})` : 'none',
  });
  return rows;
}

/** A steady rate of webhooks, and what is measured with it. */
export interface PaceOptions {
  /** Webhooks per second. */
  readonly rate: number;
  readonly seconds: number;
  readonly what: string;
}

/** Latency of acknowledgements at a steady rate; with `plain` also that of a receiver that keeps nothing. */
export async function measureLatency(
  { load, plain }: { readonly load: Child; readonly plain?: Child },
  { rate, seconds, what }: PaceOptions,
): Promise<ReportRow> {
  const pace = (child: Child) => child.ask<PaceResult>('pace', { rate, seconds, people: PEOPLE });
  const ours = await pace(load);
  const theirs = plain && (await pace(plain));
  return {
    what: `ack: ${rate} webhooks/s, ${what}${theirs ? ' (beside a receiver that keeps nothing)' : ''}`,
    everthread: show(ours),
    ...(theirs && { bare: show(theirs), ratio: `${(ours.latency.p99 / theirs.latency.p99).toFixed(1)} of p99` }),
    aim: theirs ? '≤ 1.5' : 'p99 ≤ 20 ms',
  };
}

function show({ sent, acknowledged, latency: { p50, p99 } }: PaceResult): string {
  return `p50 ${formatMs(p50)}, p99 ${formatMs(p99)} (${acknowledged} of ${sent})`;
}

async function countEvents(databaseUrl: string): Promise<number> {
  const store = await openStore(databaseUrl);
  try {
    return Object.values(await store.inbox.countByStatus()).reduce((sum, count) => sum + count, 0);
  } finally {
    await store.close();
  }
}
