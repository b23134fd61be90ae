import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Store } from '../store/index.ts';

/** Prometheus metrics: what Meta advises to watch (webhooks, signatures, latency, unconfirmed sends), and the queues. */
export interface Metrics {
  readonly registry: Registry;
  readonly webhooks: Counter<'status'>;
  readonly webhookSeconds: Histogram;
  readonly events: Counter<'kind'>;
  readonly dispatched: Counter;
  readonly dispatchFailures: Counter;
  readonly lastEventAt: Gauge<'page'>;
  readonly pageSubscribed: Gauge<'page'>;
  readonly operatorAuthFailures: Counter<'kind'>;
  readonly liveStreams: Gauge;
}

interface GaugeByStatus {
  readonly name: string;
  readonly help: string;
  /** By status. */
  readonly count: () => Promise<Readonly<Record<string, number>>>;
}

type CountedStore = Pick<Store, 'inbox' | 'ledger' | 'circuitBreakers' | 'outbox' | 'quarantine'>;

/** Creates a registry with all metrics; those about the store are read at each scrape. */
export function createMetrics({ inbox, ledger, circuitBreakers, outbox, quarantine }: CountedStore): Metrics {
  const registry = new Registry();
  const registers = [registry];
  countOnDemand({
    name: 'everthread_inbox_events',
    help: 'Events in the inbox that wait (pending) or that Temporal rejected for good (dead)',
    count: () => inbox.backlog(),
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
    webhooks: new Counter({
      name: 'everthread_webhooks_total',
      help: 'Webhook requests, by the status they were answered with',
      labelNames: ['status'] as const,
      registers,
    }),
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
    operatorAuthFailures: new Counter({
      name: 'everthread_operator_auth_failures_total',
      help: 'Logins, tokens and proxy secrets that the operator API refused, by kind',
      labelNames: ['kind'] as const,
      registers,
    }),
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
}
