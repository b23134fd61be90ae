/**
 * Transactional outbox relay: posts leads from the outbox to the webhook, at least once each, with the same idempotency
 * key every time. All of its state is in the store, so any process goes on where another one died.
 */

import { backoffMs, type Backoff } from '../backoff.ts';
import type { Config } from '../config/index.ts';
import type { Logger } from '../logger.ts';
import type { PrivateAddresses } from '../outgoing-addresses.ts';
import { createFailureReporter } from '../report-once.ts';
import type { Store } from '../store/index.ts';
import type { LeadOutbox, LeasedLead } from '../store/lead-outbox.ts';
import { createLeadWebhook, type LeadWebhookOptions } from './lead-webhook.ts';

/** What a relay reads from, where it posts to, and how often. */
export interface LeadRelayOptions extends LeadWebhookOptions {
  readonly outbox: Pick<LeadOutbox, 'lease' | 'markDelivered' | 'recordFailure'>;
  readonly log: RelayLog;
  /** Between two looks into the outbox. Default: 2 s. */
  readonly pollMs?: number;
  /** How long a lease of a lead lasts; longer than one try may take, with the writes around it. Default: 1 minute. */
  readonly leaseMs?: number;
}

type RelayLog = Pick<Logger, 'info' | 'warn' | 'error'>;

/** A relay that is running. */
export interface LeadRelay {
  /** Resolves when the leads that are being posted are done; posts no others. */
  stop(): Promise<void>;
}

const POLL_MS = 2000;
const LEAD_LEASE_MS = 60_000;
const MAX_CONCURRENT = 8;
const MAX_LEAD_BACKOFF_MS = 6 * 3_600_000;
/** Quadruples, so that a day without a receiver costs few tries. */
export const LEAD_BACKOFF: Backoff = { minMs: 10_000, maxMs: MAX_LEAD_BACKOFF_MS, factor: 4 };
/** Leads are given up this long after their first try: a weekend without a receiver loses none. */
export const MAX_RETRY_MS = 4 * 24 * 3_600_000;

/**
 * Starts the relay to the webhook of the settings; `undefined` without one, and leads stay in the store. `byDefault` holds
 * where the settings do not say which private addresses are allowed.
 */
export function startConfiguredLeadRelay(
  { leadsWebhook, privateAddresses }: Pick<Config, 'leadsWebhook' | 'privateAddresses'>,
  { leadOutbox: outbox }: Pick<Store, 'leadOutbox'>,
  log: RelayLog,
  byDefault: PrivateAddresses = 'refuse',
): LeadRelay | undefined {
  if (!leadsWebhook) return undefined;
  const { url, host, secret } = leadsWebhook;
  log.info({ host }, 'Leads are posted to the webhook');
  return startLeadRelay({
    outbox,
    log,
    url: new URL(url.reveal()),
    secret: secret.reveal(),
    privateAddresses: privateAddresses ?? byDefault,
  });
}

/** Posts what is due now, then looks again every `pollMs`, until it is stopped. */
export function startLeadRelay({ outbox, log, ...options }: LeadRelayOptions): LeadRelay {
  const { pollMs = POLL_MS, leaseMs = LEAD_LEASE_MS } = options;
  const webhook = createLeadWebhook(options);
  const webhookFailures = createFailureReporter({ log });
  const storeFailures = createFailureReporter({ log });
  let round: Promise<void> | undefined;
  let isStopped = false;

  async function deliverAll(): Promise<void> {
    while (!isStopped) {
      const now = Date.now();
      const leased = await outbox.lease(MAX_CONCURRENT, now, now + leaseMs);
      if (leased.length > 0) await Promise.all(leased.map(deliver));
      storeFailures.recovered({}, 'The outbox of leads can be read and written again');
      if (leased.length === 0) return;
    }
  }

  async function deliver({ lead, attempt, firstTriedAt }: LeasedLead): Promise<void> {
    const { leadId } = lead;
    const delivery = await webhook.deliver(lead);
    if (delivery.status === 'delivered') {
      await outbox.markDelivered(leadId);
      webhookFailures.recovered({}, 'The webhook takes leads again');
      return;
    }
    const { trouble, afterMs = 0 } = delivery;
    const retryAt = Date.now() + Math.max(backoffMs(LEAD_BACKOFF, attempt), Math.min(afterMs, MAX_LEAD_BACKOFF_MS));
    if (retryAt > firstTriedAt + MAX_RETRY_MS) {
      await outbox.recordFailure(leadId, attempt, { trouble });
      log.error(
        { leadId, attempt, trouble },
        'A lead is given up: the webhook never took it; see `everthread leads --retry`',
      );
      return;
    }
    await outbox.recordFailure(leadId, attempt, { trouble, retryAt });
    webhookFailures.failed({
      level: 'warn',
      fields: { leadId, attempt, error: trouble },
      message: 'The webhook does not take leads; they wait in the outbox',
    });
  }

  function poll(): void {
    if (isStopped) return;
    round ??= deliverAll()
      .catch((error: unknown) =>
        storeFailures.failed({
          fields: { error: String(error) },
          message: 'The outbox of leads cannot be read or written',
        }),
      )
      .finally(() => {
        round = undefined;
      });
  }

  const polling = setInterval(poll, pollMs);
  polling.unref();
  poll();

  return {
    async stop() {
      isStopped = true;
      clearInterval(polling);
      await round;
      await webhook.close();
    },
  };
}
