/**
 * Transactional outbox relay: posts events from the outbox to their destinations, at least once each, with the same
 * `webhook-id` every time. All of its state is in the store, so any api process goes on where another one died.
 */

import { backoffMs, type Backoff } from '../backoff.ts';
import type { Clock } from '../domain/clock.ts';
import type { Logger } from '../logger.ts';
import { createFailureReporter, type FailureReporter } from '../report-once.ts';
import type { Store } from '../store/index.ts';
import type { LeasedEvent } from '../store/outbox/index.ts';
import { createPoster, MAX_CONCURRENT, type PosterOptions } from './post.ts';
import { startUnansweredWatch } from './unanswered-watch.ts';

/** What a relay reads from, how it reaches destinations, and how often. */
export interface OutboxRelayOptions extends PosterOptions {
  readonly store: Pick<Store, 'outbox' | 'destinations' | 'unansweredWaits'>;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** After how long without an operator `handoff.unanswered` is sent, ms. */
  readonly unansweredAfterMs: number;
  /** Between two looks into the outbox. Default: 0.2 s. */
  readonly pollMs?: number;
  /** How long a lease of an event lasts; longer than one try may take, with the writes around it. Default: 1 minute. */
  readonly leaseMs?: number;
}

/** A relay that is running. */
export interface OutboxRelay {
  /** Resolves when the events that are being posted are done; posts no others. */
  stop(): Promise<void>;
}

const POLL_MS = 200;
const LEASE_MS = 60_000;
const MAX_BACKOFF_MS = 6 * 3_600_000;
/** Quadruples, so that a day without a receiver costs few tries. */
export const OUTBOX_BACKOFF: Backoff = { minMs: 10_000, maxMs: MAX_BACKOFF_MS, factor: 4 };
const PRUNE_EVERY_MS = 3_600_000;
/** A turn that runs again after longer than this would send its topics twice. */
const KEPT_DELIVERED_MS = 7 * 86_400_000;

/** Posts what is due now, then looks again every `pollMs`, until it is stopped. */
export function startOutboxRelay({
  store,
  log,
  clock,
  unansweredAfterMs,
  ...options
}: OutboxRelayOptions): OutboxRelay {
  const { pollMs = POLL_MS, leaseMs = LEASE_MS } = options;
  const { outbox, destinations } = store;
  const poster = createPoster(options);
  const storeFailures = createFailureReporter({ log });
  const reporters = new Map<string, FailureReporter>();
  /** Events that are being posted, by the destination's name. */
  const posting = new Map<string, Set<Promise<void>>>();
  let polling: Promise<void> | undefined;
  let isAskedAgain = false;
  let isStopped = false;
  let pruneAt = Date.now();

  function reporterOf(name: string): FailureReporter {
    const reporter = reporters.get(name) ?? createFailureReporter({ log });
    reporters.set(name, reporter);
    return reporter;
  }

  /** One look into the outbox. Destinations wait neither for each other nor for what is being posted. */
  async function look(): Promise<void> {
    for (const name of await outbox.listDue(Date.now())) {
      if (isStopped) return;
      const running = posting.get(name) ?? new Set();
      posting.set(name, running);
      const free = MAX_CONCURRENT - running.size;
      if (free <= 0) continue;
      const now = Date.now();
      for (const event of await outbox.lease(name, free, now, now + leaseMs)) {
        const delivery = deliver(event)
          .catch(reportStore)
          .finally(() => {
            running.delete(delivery);
            poll();
          });
        running.add(delivery);
      }
    }
    storeFailures.recovered({}, 'The outbox can be read and written again');
    if (pruneAt > Date.now()) return;
    pruneAt = Date.now() + PRUNE_EVERY_MS;
    await outbox.prune(Date.now() - KEPT_DELIVERED_MS);
  }

  async function deliver(event: LeasedEvent): Promise<void> {
    const { destination: name, topic, attempt, giveUpAt, eventId } = event;
    const destination = await destinations.findForSigning(name, Date.now());
    // It was removed, or disabled, since the event was leased.
    if (!destination || destination.disabled) return;
    const outcome = await poster.post(event, destination);
    const now = Date.now();
    const fields = { destination: name, topic, webhookId: eventId, attempt };
    if (outcome.status === 'delivered') {
      await outbox.markDelivered(event, now);
      reporterOf(name).recovered({ destination: name }, 'The destination takes events again');
      return;
    }
    if (outcome.status === 'gone') {
      const isNew = await destinations.disable(name, 'it answered HTTP 410', now);
      await outbox.recordFailure(event, { trouble: 'HTTP 410', retryAt: now }, now);
      if (isNew)
        log.error(fields, 'The destination answered HTTP 410 and is disabled: see `everthread webhooks enable`');
      return;
    }
    const { trouble, afterMs = 0 } = outcome;
    if (now >= giveUpAt) {
      await outbox.recordFailure(event, { trouble }, now);
      log.error({ ...fields, error: trouble }, 'An event is given up: see `everthread webhooks dead`');
      return;
    }
    const retryAt = now + Math.max(backoffMs(OUTBOX_BACKOFF, attempt), Math.min(afterMs, MAX_BACKOFF_MS));
    await outbox.recordFailure(event, { trouble, retryAt: Math.min(retryAt, giveUpAt) }, now);
    reporterOf(name).failed({
      level: 'warn',
      fields: { ...fields, error: trouble },
      message: 'The destination does not take events; they wait in the outbox',
    });
  }

  function reportStore(error: unknown): void {
    storeFailures.failed({ fields: { error: String(error) }, message: 'The outbox cannot be read or written' });
  }

  function poll(): void {
    if (isStopped) return;
    if (polling) {
      isAskedAgain = true;
      return;
    }
    isAskedAgain = false;
    polling = look()
      .catch(reportStore)
      .finally(() => {
        polling = undefined;
        if (isAskedAgain) poll();
      });
  }

  const timer = setInterval(poll, pollMs);
  timer.unref();
  poll();
  const watch = startUnansweredWatch({ store, clock, log, unansweredAfterMs });

  return {
    async stop() {
      isStopped = true;
      clearInterval(timer);
      await watch.stop();
      await polling;
      await Promise.all([...posting.values()].flatMap((running) => [...running]));
      await poster.close();
    },
  };
}
