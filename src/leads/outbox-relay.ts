/**
 * Carries leads from the outbox to the webhook, at least once each, with the same idempotency key every time. What is to
 * be done stands in the store: a courier that dies is taken over by any other, or by itself after a restart.
 */

import type { ClaimedLead, LeadOutbox } from '../store/lead-outbox.ts';
import { createLeadWebhook, type LeadWebhookOptions } from './lead-webhook.ts';

export interface LeadCourierOptions extends LeadWebhookOptions {
  readonly outbox: Pick<LeadOutbox, 'claim' | 'delivered' | 'failed'>;
  readonly log: Log;
  /** Between two looks into the outbox. Default: 2 s. */
  readonly everyMs?: number;
  /** How long a lead belongs to whoever took it. Default: a minute. */
  readonly claimMs?: number;
}

interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface LeadCourier {
  /** Finishes what is under way and takes up nothing more. */
  stop(): Promise<void>;
}

const LOOK_MS = 2000;
/** Longer than a try may take, with the writes before and after it. */
const CLAIM_MS = 60_000;
const AT_ONCE = 8;

export function startLeadCourier({ outbox, log, ...options }: LeadCourierOptions): LeadCourier {
  const { everyMs = LOOK_MS, claimMs = CLAIM_MS } = options;
  const webhook = createLeadWebhook(options);
  let round: Promise<void> | undefined;
  let isStopped = false;
  let hasTrouble = false;

  async function deliverAll(): Promise<void> {
    while (!isStopped) {
      const now = Date.now();
      const claimed = await outbox.claim(AT_ONCE, now, now + claimMs);
      if (claimed.length === 0) return;
      await Promise.all(claimed.map(deliver));
    }
  }

  async function deliver({ lead, attempt, firstTriedAt }: ClaimedLead): Promise<void> {
    const { leadId } = lead;
    const delivery = await webhook.deliver(lead);
    if (delivery.status === 'delivered') {
      await outbox.delivered(leadId);
      if (hasTrouble) log.info({}, 'The webhook takes leads again');
      hasTrouble = false;
      return;
    }
    const { trouble, afterMs = 0 } = delivery;
    const now = Date.now();
    const againAt = now + Math.max(retryAfterMs(attempt), Math.min(afterMs, MAX_PAUSE_MS));
    if (againAt > firstTriedAt + GIVES_UP_AFTER_MS) {
      await outbox.failed(leadId, attempt, { trouble });
      log.error({ leadId, attempt, trouble }, 'The webhook never took a lead; see `everthread leads --retry`');
      return;
    }
    await outbox.failed(leadId, attempt, { trouble, againAt });
    if (!hasTrouble) log.warn({ leadId, attempt, trouble }, 'The webhook does not take leads; they wait in the outbox');
    hasTrouble = true;
  }

  function look(): void {
    if (isStopped) return;
    round ??= deliverAll()
      .catch((error: unknown) => log.error({ error: String(error) }, 'The outbox of leads cannot be worked on'))
      .finally(() => {
        round = undefined;
      });
  }

  const looking = setInterval(look, everyMs);
  looking.unref();
  look();

  return {
    async stop() {
      isStopped = true;
      clearInterval(looking);
      await round;
      await webhook.close();
    },
  };
}

const MINUTE_MS = 60_000;
const MAX_PAUSE_MS = 6 * 60 * MINUTE_MS;
/** So long a receiver may be out of order; a weekend is no reason to lose a lead. */
export const GIVES_UP_AFTER_MS = 4 * 24 * 60 * MINUTE_MS;

/** 10 s after the first try, then four times as long each time up to 6 hours; up to a quarter less, so that many part. */
export function retryAfterMs(attempt: number): number {
  const full = Math.min(MAX_PAUSE_MS, 10_000 * 4 ** Math.min(attempt - 1, 10));
  return Math.round(full * (0.75 + Math.random() / 4));
}
