/** What an api process measures, and what it reads from the store when it is asked. */

import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { beginSeries } from '../begin-series.ts';
import type { Store } from '../store/index.ts';

/** Prometheus metrics of an api process. No label is the id of a person, a conversation or a send. */
export interface Metrics {
  readonly registry: Registry;
  readonly webhooks: Counter<'status'>;
  readonly webhookSeconds: Histogram;
  readonly handshakes: Counter<'result'>;
  readonly signatureFailures: Counter<'reason'>;
  readonly events: Counter<'kind'>;
  readonly dispatched: Counter;
  readonly dispatchFailures: Counter;
  readonly dispatchLagSeconds: Histogram;
  readonly lastEventAt: Gauge<'page'>;
  readonly pageSubscribed: Gauge<'page'>;
  readonly pageTokenValid: Gauge<'page'>;
  readonly operatorAuthFailures: Counter<'kind'>;
  readonly liveStreams: Gauge;
}

interface GaugeByStatus {
  readonly name: string;
  readonly help: string;
  /** By status. */
  readonly count: () => Promise<Readonly<Record<string, number>>>;
}

/** A figure of the store. */
interface GaugeOfStore {
  readonly name: string;
  readonly help: string;
  readonly read: () => Promise<number>;
}

type CountedStore = Pick<Store, 'inbox' | 'ledger' | 'circuitBreakers' | 'outbox' | 'quarantine' | 'conversations'>;

/** The statuses that every api can answer with. */
const STATUSES = [200, 400, 401, 404, 413, 499, 500, 503];
const HOUR_MS = 3_600_000;
/** How long the number of closed windows is kept, for several that scrape: it reads the windows of an hour. */
const CLOSED_KEPT_MS = 10_000;

/** Creates a registry with all metrics; those about the store are read at each scrape, with small queries. */
export function createMetrics(store: CountedStore): Metrics {
  const { inbox, ledger, circuitBreakers, outbox, quarantine, conversations } = store;
  const registry = new Registry();
  const registers = [registry];
  let closed = { at: -Infinity, unanswered: 0 };
  const waiting = together(() => conversations.countWaiting(Date.now()));
  countOnDemand({
    name: 'everthread_inbox_events',
    help: 'Events in the inbox that wait (pending) or that Temporal rejected for good (dead)',
    count: () => inbox.backlog(),
  });
  readOnDemand({
    name: 'everthread_inbox_oldest_age_seconds',
    help: 'For how long the oldest pending event of the inbox waits; 0 when none does',
    async read() {
      const oldestAt = await inbox.oldestPendingAt();
      return oldestAt === undefined ? 0 : secondsSince(oldestAt);
    },
  });
  readOnDemand({
    name: 'everthread_handoffs_waiting',
    help: 'People who wait for an operator, without snoozed conversations',
    read: async () => (await waiting()).people,
  });
  readOnDemand({
    name: 'everthread_handoff_oldest_wait_seconds',
    help: 'For how long the first of those people waits; 0 when nobody does',
    async read() {
      const { oldestSince } = await waiting();
      return oldestSince === undefined ? 0 : secondsSince(oldestSince);
    },
  });
  readOnDemand({
    name: 'everthread_windows_closed_unanswered',
    help: 'Windows that closed in the last hour without an answer to what the person wrote in them',
    async read() {
      const to = Date.now();
      if (to - closed.at > CLOSED_KEPT_MS) {
        closed = { at: to, unanswered: await conversations.countClosedUnanswered({ from: to - HOUR_MS, to }) };
      }
      return closed.unanswered;
    },
  });
  countOnDemand({
    name: 'everthread_sends',
    help: 'Sends in the ledger that were not sent, or not yet, by status',
    // The label keeps the stored word of `unconfirmed`: dashboards depend on it.
    async count() {
      const { unconfirmed: doubtful, ...counts } = await ledger.counts();
      return { ...counts, doubtful };
    },
  });
  countOnDemand({
    name: 'everthread_outbox_events',
    help: 'Events that a destination has not taken yet (pending) or that were given up (dead)',
    count: () => outbox.count(),
  });
  countOnDemand({
    name: 'everthread_struck_workflows',
    help: 'Workflows in whose code a worker died or was stuck: twice in a row (quarantined), or less often (struck)',
    count: () => quarantine.count(),
  });
  new Gauge({
    name: 'everthread_page_held',
    help: 'Pages whose circuit breaker is open, so that nothing is sent, by reason: 1 while it is open',
    labelNames: ['page', 'reason'] as const,
    registers,
    async collect() {
      this.reset();
      const pages = await circuitBreakers.listOpen().catch(() => new Map<string, never>());
      for (const [page, { reason }] of pages) this.set({ page, reason }, 1);
    },
  });
  return {
    registry,
    webhooks: beginSeries(
      new Counter({
        name: 'everthread_webhooks_total',
        help: 'Webhook requests, by the status they were answered with',
        labelNames: ['status'] as const,
        registers,
      }),
      STATUSES.map((status) => ({ status })),
    ),
    handshakes: beginSeries(
      new Counter({
        name: 'everthread_webhook_handshakes_total',
        help: "Meta's verification of the webhook's address, by result: accepted, or rejected for a wrong verify token",
        labelNames: ['result'] as const,
        registers,
      }),
      [{ result: 'accepted' }, { result: 'rejected' }],
    ),
    signatureFailures: beginSeries(
      new Counter({
        name: 'everthread_webhook_signature_failures_total',
        help: 'Webhook requests that were refused, by reason: the signature is missing, or matches no app secret (wrong)',
        labelNames: ['reason'] as const,
        registers,
      }),
      [{ reason: 'missing' }, { reason: 'wrong' }],
    ),
    webhookSeconds: new Histogram({
      name: 'everthread_webhook_seconds',
      help: 'Time until a webhook was acknowledged',
      buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5],
      registers,
    }),
    events: new Counter({
      name: 'everthread_events_total',
      help: 'Events received, by kind; repeated deliveries count',
      labelNames: ['kind'] as const,
      registers,
    }),
    dispatched: new Counter({
      name: 'everthread_dispatched_total',
      help: 'Events delivered to their conversations',
      registers,
    }),
    dispatchFailures: new Counter({
      name: 'everthread_dispatch_failures_total',
      help: 'Deliveries of events that failed and are retried',
      registers,
    }),
    dispatchLagSeconds: new Histogram({
      name: 'everthread_dispatch_lag_seconds',
      help: 'Time from the receipt of an event until it was handed to Temporal; of several, the first to arrive',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300],
      registers,
    }),
    lastEventAt: new Gauge({
      name: 'everthread_last_event_timestamp_seconds',
      help: 'When an event of a Page last arrived; an old value can mean that Meta unsubscribed it',
      labelNames: ['page'] as const,
      registers,
    }),
    pageSubscribed: new Gauge({
      name: 'everthread_page_subscribed',
      help: '1 while Meta sends every event of a Page that we need, 0 when it has stopped; checked every few minutes',
      labelNames: ['page'] as const,
      registers,
    }),
    pageTokenValid: new Gauge({
      name: 'everthread_page_token_valid',
      help: "1 while Meta takes a Page's token, 0 when it refuses it; checked every few minutes",
      labelNames: ['page'] as const,
      registers,
    }),
    operatorAuthFailures: beginSeries(
      new Counter({
        name: 'everthread_operator_auth_failures_total',
        help: 'Logins, tokens and proxy secrets that the operator API refused, by kind',
        labelNames: ['kind'] as const,
        registers,
      }),
      [{ kind: 'login' }, { kind: 'token' }, { kind: 'proxy' }],
    ),
    liveStreams: new Gauge({
      name: 'everthread_live_streams',
      help: 'Streams of live updates that are open to operators',
      registers,
    }),
  };
  function countOnDemand({ name, help, count }: GaugeByStatus): void {
    new Gauge({
      name,
      help,
      labelNames: ['status'] as const,
      registers,
      async collect() {
        this.reset();
        // Without the store the other metrics matter most.
        const counts = await count().catch(() => ({}));
        for (const [status, number] of Object.entries(counts)) this.set({ status }, number);
      },
    });
  }
  function readOnDemand({ name, help, read }: GaugeOfStore): void {
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        this.set(await read().catch(() => Number.NaN));
      },
    });
  }
}

/** Reads once for all that ask meanwhile. */
function together<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | undefined;
  return () => (reading ??= read().finally(() => (reading = undefined)));
}

function secondsSince(at: number): number {
  return Math.max(0, Date.now() - at) / 1000;
}
