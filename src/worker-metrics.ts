/** Prometheus metrics of a worker: sends, Meta's answers, replies, handoffs, and what failed in the bot. */

import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { beginSeries } from './begin-series.ts';
import type { ErrorClass } from './domain/error-codes.ts';

/** What came of one call of the Send API: Meta took the message, or the class of its error. */
export type SendApiResult = 'accepted' | ErrorClass;

/** What a worker measures. No label is the id of a person, a conversation or a send. */
export interface WorkerMetrics {
  readonly registry: Registry;
  readonly sendApiCalls: Counter<'result'>;
  readonly sendApiSeconds: Histogram;
  readonly sendApiRetries: Counter;
  readonly messagesSent: Counter<'class'>;
  readonly firstReplySeconds: Histogram;
  readonly handoffWaitSeconds: Histogram;
  readonly pluginFailures: Counter<'plugin'>;
  readonly sequenceFailures: Counter<'sequence'>;
  /** Records which share of Meta's rate limits a Page has used up, in percent. */
  noteRateLimitUsage(pageId: string, percent: number): void;
}

/** The values of the label `result`. */
const RESULTS = {
  accepted: true,
  transient: true,
  rate_limited: true,
  window_closed: true,
  policy: true,
  person_unavailable: true,
  token_invalid: true,
  permission: true,
  thread_owner: true,
  bad_request: true,
  ambiguous: true,
} as const satisfies Record<SendApiResult, true>;

/** Meta counts usage over an hour: a share that it named longer ago says nothing. */
const USAGE_VALID_MS = 3_600_000;

/** The names of a bot's parts that can fail. */
export interface MeasuredBot {
  readonly plugins?: readonly string[] | undefined;
  readonly sequences: readonly { readonly name: string }[];
}

/** Creates a registry with the metrics of one worker. */
export function createWorkerMetrics(): WorkerMetrics {
  const registry = new Registry();
  const registers = [registry];
  const usage = new Map<string, { readonly percent: number; readonly until: number }>();
  const sendApiCalls = new Counter({
    name: 'everthread_send_api_calls_total',
    help: 'Calls of the Send API, by result: accepted, or the class of the error',
    labelNames: ['result'] as const,
    registers,
  });
  beginSeries(
    sendApiCalls,
    Object.keys(RESULTS).map((result) => ({ result })),
  );
  new Gauge({
    name: 'everthread_page_rate_limit_used_ratio',
    help: "Share of Meta's rate limits that a Page has used up, from the headers of Meta's last answer; at 1 Meta refuses calls",
    labelNames: ['page'] as const,
    registers,
    collect() {
      this.reset();
      for (const [page, { percent, until }] of usage) {
        if (until > Date.now()) this.set({ page }, percent / 100);
        else usage.delete(page);
      }
    },
  });
  return {
    registry,
    sendApiCalls,
    sendApiSeconds: new Histogram({
      name: 'everthread_send_api_seconds',
      help: 'Duration of calls of the Send API',
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    }),
    sendApiRetries: new Counter({
      name: 'everthread_send_api_retries_total',
      help: 'Calls of the Send API for a message that was called for before',
      registers,
    }),
    messagesSent: new Counter({
      name: 'everthread_messages_sent_total',
      help: "Messages that Meta took, by Meta's messaging type or tag",
      labelNames: ['class'] as const,
      registers,
    }),
    firstReplySeconds: new Histogram({
      name: 'everthread_first_reply_seconds',
      help: "Time from the person's last action, by Meta's clock, until Meta took the first message of the bot's answer",
      buckets: [0.25, 0.5, 1, 2, 5, 10, 20, 30, 60, 300, 3600],
      registers,
    }),
    handoffWaitSeconds: new Histogram({
      name: 'everthread_handoff_wait_seconds',
      help: 'How long people waited until an operator took their conversation',
      buckets: [10, 30, 60, 300, 900, 1800, 3600, 14_400, 86_400],
      registers,
    }),
    pluginFailures: new Counter({
      name: 'everthread_plugin_failures_total',
      help: 'Hooks that failed, by plugin',
      labelNames: ['plugin'] as const,
      registers,
    }),
    sequenceFailures: new Counter({
      name: 'everthread_sequence_failures_total',
      help: 'Runs of sequences that failed, by sequence',
      labelNames: ['sequence'] as const,
      registers,
    }),
    noteRateLimitUsage: (pageId, percent) => void usage.set(pageId, { percent, until: Date.now() + USAGE_VALID_MS }),
  };
}

/** Begins the series of a bot's plugins and sequences, so that the first failure is an increase. */
export function beginBotSeries(metrics: WorkerMetrics, { plugins = [], sequences }: MeasuredBot): void {
  beginSeries(
    metrics.pluginFailures,
    plugins.map((plugin) => ({ plugin })),
  );
  beginSeries(
    metrics.sequenceFailures,
    sequences.map(({ name }) => ({ sequence: name })),
  );
}
