/**
 * Checks again and again that Meta still sends us the events of our Pages: after an hour of failed webhooks Meta removes
 * the subscription and tells only the developer's mailbox (messenger-platform/webhooks, read 2026-10-06).
 */

import { describeGraphError } from '../graph/describe-graph-error.ts';
import type { GraphApi } from '../graph/graph-api.ts';
import type { ServedPages } from '../graph/pages.ts';
import type { PageAccess } from '../graph/profile/index.ts';
import {
  findMissingFields,
  readSubscription,
  subscribePage,
  type PageSubscription,
} from '../graph/subscription/index.ts';
import type { Logger } from '../logger.ts';
import { answeredErrorRule } from '../messenger/graph-errors/index.ts';
import type { WebhookField } from '../messenger/inbound/webhook-fields.ts';
import { createFailureReporter } from '../report-once.ts';
import type { Metrics } from './metrics.ts';

/** Which Pages are watched, and what to do about a removed subscription. */
export interface SubscriptionWatchOptions {
  readonly api: GraphApi;
  readonly pages: Pick<ServedPages, 'ids' | 'accessToken'>;
  /** Default: the first app that Meta lists for a Page counts as ours. */
  readonly appId?: string | undefined;
  /** The webhook fields that each Page needs. */
  readonly fields: readonly WebhookField[];
  /** Whether to subscribe a Page again, at most every 10 minutes. */
  readonly resubscribes: boolean;
  readonly metrics: Pick<Metrics, 'pageSubscribed' | 'pageTokenValid'>;
  readonly log: Logger;
  /** Between two checks of all Pages, ms, with a jitter of a fifth. Default: 5 minutes. */
  readonly everyMs?: number;
  /** Epoch ms. Default: real time. */
  readonly now?: () => number;
}

/** What the last check of a Page found. Epoch ms. */
export interface PageSubscriptionFacts {
  readonly checkedAt: number;
  /** Whether Meta sends the events of the Page to our app at all; `undefined`: it did not say. */
  readonly isSubscribed?: boolean;
  /** Fields that we need and that Meta does not send. */
  readonly missing?: readonly WebhookField[];
  /** Whether Meta took the Page's token for the check; `undefined`: it gave no answer that says so. */
  readonly isTokenValid?: boolean;
}

/** Checks the subscriptions of all Pages until it is stopped. */
export interface SubscriptionWatch {
  /** What the last check of a Page found; `undefined`: none has ended yet. */
  find(pageId: string): PageSubscriptionFacts | undefined;
  /** Checks every Page now. Never rejects. */
  check(): Promise<void>;
  /** Resolves when a check that is running has ended. */
  stop(): Promise<void>;
}

const EVERY_MS = 5 * 60_000;
const MAX_FIRST_DELAY_MS = 10_000;
/** A failure that lasts is logged again after this time. */
const REMIND_MS = 3_600_000;
const MIN_RESUBSCRIBE_MS = 10 * 60_000;

/** Starts to watch: the first check comes within 10 s, so that several processes do not ask Meta together. */
export function createSubscriptionWatch(options: SubscriptionWatchOptions): SubscriptionWatch {
  const { pages, metrics, log, everyMs = EVERY_MS } = options;
  const watches = new Map<string, PageWatch>();
  let timer: NodeJS.Timeout | undefined;
  let checking = Promise.resolve();
  let isStopped = false;

  /** One Page after the other: nothing waits for the result. */
  async function checkAll(): Promise<void> {
    const ids = pages.ids();
    for (const pageId of watches.keys()) {
      if (ids.includes(pageId)) continue;
      watches.delete(pageId);
      metrics.pageSubscribed.remove({ page: pageId });
      metrics.pageTokenValid.remove({ page: pageId });
    }
    for (const pageId of ids) {
      const accessToken = pages.accessToken(pageId);
      if (isStopped || accessToken === undefined) continue;
      const watch = watches.get(pageId) ?? createPageWatch(options, () => isStopped);
      watches.set(pageId, watch);
      await watch
        .check({ pageId, accessToken })
        .catch((error: unknown) =>
          log.warn({ pageId, error: String(error) }, 'The subscription of the Page could not be checked'),
        );
    }
  }

  function check(): Promise<void> {
    checking = checking.then(checkAll);
    return checking;
  }

  function schedule(ms: number): void {
    timer = setTimeout(() => {
      void check().then(() => {
        if (!isStopped) schedule(everyMs * (0.8 + Math.random() * 0.4));
      });
    }, ms);
    timer.unref();
  }
  schedule(Math.random() * Math.min(MAX_FIRST_DELAY_MS, everyMs));

  return {
    find: (pageId) => watches.get(pageId)?.facts(),
    check,
    stop() {
      isStopped = true;
      clearTimeout(timer);
      return checking;
    },
  };
}

interface PageWatch {
  facts(): PageSubscriptionFacts | undefined;
  check(page: PageAccess): Promise<void>;
}

function createPageWatch(options: SubscriptionWatchOptions, isStopped: () => boolean): PageWatch {
  const { api, appId, fields: needed, resubscribes, metrics, log, now = Date.now } = options;
  const reporter = createFailureReporter({ log, remindMs: REMIND_MS, now });
  let lastFields: readonly string[] = [];
  let resubscribedAt = -Infinity;
  let facts: PageSubscriptionFacts | undefined;

  async function check(page: PageAccess): Promise<void> {
    const { pageId } = page;
    const reply = await readSubscription(api, page, appId);
    const checkedAt = now();
    if (reply.status !== 'answered') {
      const isRefusedToken = reply.status === 'refused' && answeredErrorRule(reply).class === 'token_invalid';
      if (isRefusedToken) metrics.pageTokenValid.set({ page: pageId }, 0);
      facts = { checkedAt, ...(isRefusedToken && { isTokenValid: false }) };
      const reason = describeGraphError(reply, page.accessToken);
      reporter.failed({
        level: 'warn',
        fields: { pageId, reason },
        message: 'Meta does not say whether the Page is subscribed',
        key: reason,
      });
      return;
    }
    const subscription = reply.value;
    const missing = findMissingFields(subscription.fields, needed);
    facts = { checkedAt, isSubscribed: subscription.isSubscribed, missing, isTokenValid: true };
    metrics.pageTokenValid.set({ page: pageId }, 1);
    const isComplete = subscription.isSubscribed && missing.length === 0;
    metrics.pageSubscribed.set({ page: pageId }, isComplete ? 1 : 0);
    if (isComplete) {
      reporter.recovered({ pageId }, 'Meta sends every event of the Page that we need');
      lastFields = subscription.fields;
      return;
    }
    reportIncomplete(pageId, subscription, missing);
    if (await resubscribe(page, subscription)) await check(page);
  }

  function reportIncomplete(
    pageId: string,
    { isSubscribed }: PageSubscription,
    missing: readonly WebhookField[],
  ): void {
    reporter.failed({
      fields: { pageId, missing },
      message: isSubscribed
        ? 'Meta does not send every event of the Page that we need. Run everthread subscribe'
        : 'Meta has removed the subscription: it sends no event of the Page. Find out why the webhook failed, then run everthread subscribe',
      key: `${isSubscribed}: ${missing.join()}`,
    });
  }

  /** Resolves to `true` if the Page was subscribed again. */
  async function resubscribe(page: PageAccess, { isSubscribed, fields }: PageSubscription): Promise<boolean> {
    const { pageId } = page;
    if (isStopped() || !resubscribes || now() - resubscribedAt < MIN_RESUBSCRIBE_MS) return false;
    resubscribedAt = now();
    // A removed subscription has lost the fields that plugins asked for: the last known ones come back too.
    const wanted = [...new Set([...fields, ...(isSubscribed ? [] : lastFields), ...needed])];
    const reply = await subscribePage(api, page, wanted);
    if (reply.status === 'answered') {
      log.warn({ pageId, fields: wanted }, 'The Page was subscribed again');
      return true;
    }
    const reason = describeGraphError(reply, page.accessToken);
    log.warn({ pageId, reason }, 'The Page could not be subscribed again');
    return false;
  }

  return { check, facts: () => facts };
}
