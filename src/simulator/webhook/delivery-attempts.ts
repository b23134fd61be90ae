import type { FastifyBaseLogger } from 'fastify';
import type { Abortables } from './abortable.ts';
import { batchBody, type Batching } from './webhook-body.ts';
import { createWebhookPost, type WebhookPostOptions } from './webhook-post.ts';
import type { DeliveryAttempt, Webhook, Webhooks } from './webhooks.ts';

/** What a delivery attempt needs to know and whom it informs. */
export interface DeliveryAttemptsOptions extends WebhookPostOptions {
  readonly webhooks: Webhooks;
  /** How long a Page's webhooks may go unacknowledged, in ms of the real clock, before the app is unsubscribed there. */
  readonly unsubscribeAfterMs: number;
  /** Called when that time is over. */
  readonly onUnacknowledged: (pageId: string) => void;
  /** The person's clock, epoch ms. */
  readonly now: (psid: string) => number;
  /** Called after every attempt with a webhook of this person. */
  readonly onAttempt: (psid: string) => void;
  readonly log: FastifyBaseLogger;
}

/** Posts webhooks to the bot and records what came of it. */
export interface DeliveryAttempts {
  /** Posts one body; resolves to `true` if the bot acknowledged it with 200. */
  attempt(webhooks: readonly Webhook[], batching: Batching): Promise<boolean>;
  /** Posts any body, once; `at` of the result is `now`. */
  postOnce(body: string, now: number): Promise<DeliveryAttempt>;
  close(): Promise<void>;
}

/** Delivery attempts that end early when the calls are aborted. */
export function createDeliveryAttempts(options: DeliveryAttemptsOptions, calls: Abortables): DeliveryAttempts {
  const { webhooks, log, now } = options;
  const post = createWebhookPost(options);
  const notePage = createPageWatch(options);

  function record({ seq, kind, tries, pageId, psid }: Webhook, attempt: DeliveryAttempt): void {
    const { answer, isAccepted } = attempt;
    webhooks.recordAttempt(seq, attempt);
    if (!isAccepted && tries === 0) log.warn({ kind, answer }, 'webhook not acknowledged, delivering it again');
    if (isAccepted && tries > 0) log.info({ kind, tries: tries + 1 }, 'webhook acknowledged');
    notePage(pageId, isAccepted);
    options.onAttempt(psid);
  }

  return {
    async attempt(group, batching) {
      const startedAt = performance.now();
      const deliveries = group.map((webhook) => ({ event: webhook, sentAt: now(webhook.psid) }));
      const answer = await calls.call((signal) => post.send(batchBody(deliveries, batching), signal));
      const isAccepted = answer === '200';
      if (calls.isAborted() && !isAccepted) return false;
      const tookMs = performance.now() - startedAt;
      for (const { event, sentAt } of deliveries) record(event, { at: sentAt, answer, tookMs, isAccepted });
      return isAccepted;
    },
    async postOnce(body, at) {
      const startedAt = performance.now();
      const answer = await calls.call((signal) => post.send(body, signal));
      return { at, answer, tookMs: performance.now() - startedAt, isAccepted: answer === '200' };
    },
    close: () => post.close(),
  };
}

/** Notices when a Page's webhooks go unacknowledged for too long. */
function createPageWatch({ unsubscribeAfterMs, onUnacknowledged, log }: DeliveryAttemptsOptions) {
  const failingSince = new Map<string, number>();
  return (pageId: string, isAccepted: boolean): void => {
    if (isAccepted) return void failingSince.delete(pageId);
    const since = failingSince.get(pageId) ?? Date.now();
    failingSince.set(pageId, since);
    if (Date.now() - since < unsubscribeAfterMs) return;
    failingSince.delete(pageId);
    log.warn({ pageId }, 'webhooks not acknowledged for too long, the app is unsubscribed on the Page');
    onUnacknowledged(pageId);
  };
}
