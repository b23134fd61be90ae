/**
 * Asks Meta again and again whether our Pages still tell us what happens: after an hour of failures Meta takes the
 * subscription away and tells nobody but the developer's mailbox (messenger-platform/webhooks, read 2026-10-06).
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
import type { WebhookField } from '../messenger/inbound/webhook-fields.ts';
import type { Metrics } from './metrics.ts';

export interface SubscriptionWatchOptions {
  readonly api: GraphApi;
  readonly pages: Pick<ServedPages, 'ids' | 'accessToken'>;
  /** Left out: the first app that a Page names is taken for ours. */
  readonly appId?: string | undefined;
  /** What is needed of each Page. */
  readonly fields: readonly WebhookField[];
  /** Subscribe again by itself, at most every 10 minutes. */
  readonly resubscribes: boolean;
  readonly metrics: Pick<Metrics, 'pageSubscribed'>;
  readonly log: Logger;
  /** Between two looks at all Pages, give or take a fifth. */
  readonly everyMs?: number;
  readonly now?: () => number;
}

export interface SubscriptionWatch {
  /** Looks at every Page, now. Never throws. */
  look(): Promise<void>;
  /** Ends when a look that is under way has ended. */
  stop(): Promise<void>;
}

const EVERY_MS = 5 * 60_000;
const FIRST_WITHIN_MS = 10_000;
/** What goes on being wrong is said again. */
const REMIND_MS = 3_600_000;
const RESUBSCRIBE_MS = 10 * 60_000;

/** What is remembered of a Page from one look to the next. */
interface Known {
  /** What was last said of it; empty: nothing is wrong. */
  told: string;
  toldAt: number;
  resubscribedAt: number;
  /** What it told us when it last told us anything. */
  fields: readonly string[];
}

export function createSubscriptionWatch(options: SubscriptionWatchOptions): SubscriptionWatch {
  const { api, pages, appId, fields: needed, resubscribes, metrics, log, everyMs = EVERY_MS, now = Date.now } = options;
  const known = new Map<string, Known>();
  let timer: NodeJS.Timeout | undefined;
  let looking = Promise.resolve();
  let isStopped = false;

  async function lookAt(page: PageAccess): Promise<void> {
    const { pageId } = page;
    const memory = known.get(pageId) ?? { told: '', toldAt: 0, resubscribedAt: -Infinity, fields: [] };
    known.set(pageId, memory);
    const reply = await readSubscription(api, page, appId);
    if (reply.status !== 'answered') {
      const reason = describeGraphError(reply, page.accessToken);
      if (isNews(memory, reason)) log.warn({ pageId, reason }, 'Meta does not say whether the Page is subscribed');
      return;
    }
    const missing = findMissingFields(reply.value.fields, needed);
    const isWhole = reply.value.isSubscribed && missing.length === 0;
    metrics.pageSubscribed.set({ page: pageId }, isWhole ? 1 : 0);
    if (!isWhole) return takeLoss(page, memory, reply.value, missing);
    if (memory.told !== '') log.info({ pageId }, 'The Page tells us everything we need');
    memory.told = '';
    memory.fields = reply.value.fields;
  }

  async function takeLoss(
    page: PageAccess,
    memory: Known,
    { isSubscribed, fields }: PageSubscription,
    missing: readonly WebhookField[],
  ): Promise<void> {
    const { pageId } = page;
    if (isNews(memory, `${isSubscribed}: ${missing.join()}`)) {
      const sentence = isSubscribed
        ? 'Meta does not tell us all we need of the Page. Run everthread subscribe'
        : 'Meta has taken the subscription away: no event of the Page comes. See why the webhook failed, then run everthread subscribe';
      log.error({ pageId, missing }, sentence);
    }
    if (isStopped || !resubscribes || now() - memory.resubscribedAt < RESUBSCRIBE_MS) return;
    memory.resubscribedAt = now();
    // When all is gone, what a plugin asked for is gone with it: what the Page told us before comes back too.
    const wanted = [...new Set([...fields, ...(isSubscribed ? [] : memory.fields), ...needed])];
    const reply = await subscribePage(api, page, wanted);
    if (reply.status === 'answered') log.warn({ pageId, fields: wanted }, 'The Page was subscribed again');
    else
      log.warn(
        { pageId, reason: describeGraphError(reply, page.accessToken) },
        'The Page could not be subscribed again',
      );
    if (reply.status === 'answered') await lookAt(page);
  }

  function isNews(memory: Known, what: string): boolean {
    if (memory.told === what && now() - memory.toldAt < REMIND_MS) return false;
    memory.told = what;
    memory.toldAt = now();
    return true;
  }

  /** One Page after the other: nobody waits for it. */
  async function lookAtAll(): Promise<void> {
    const ids = pages.ids();
    for (const pageId of known.keys()) if (!ids.includes(pageId)) forget(pageId);
    for (const pageId of ids) {
      const accessToken = pages.accessToken(pageId);
      if (isStopped || accessToken === undefined) continue;
      await lookAt({ pageId, accessToken }).catch((error: unknown) =>
        log.warn({ pageId, error: String(error) }, 'The subscription of the Page could not be looked at'),
      );
    }
  }

  function forget(pageId: string): void {
    known.delete(pageId);
    metrics.pageSubscribed.remove({ page: pageId });
  }

  function look(): Promise<void> {
    looking = looking.then(lookAtAll);
    return looking;
  }

  function lookIn(ms: number): void {
    timer = setTimeout(() => void look().then(() => lookAgain()), ms);
    timer.unref();
  }
  function lookAgain(): void {
    if (!isStopped) lookIn(everyMs * (0.8 + Math.random() * 0.4));
  }
  lookIn(Math.random() * Math.min(FIRST_WITHIN_MS, everyMs));

  return {
    look,
    stop() {
      isStopped = true;
      clearTimeout(timer);
      return looking;
    },
  };
}
