import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import { batchBody, type Batching } from './webhook-body.ts';
import { createWebhookPost, type WebhookPostOptions } from './webhook-post.ts';
import type { DeliveryAttempt, Webhook, Webhooks } from './webhooks.ts';

/**
 * Brings every webhook to the bot until it is taken: 200 within 5 s counts, anything else is delivered again,
 * at once and then with growing pauses, without end. What belongs to one person goes one after the other;
 * two people do not wait for each other, so a Page's events have no order between them.
 */
export interface Deliveries {
  /** From now on everything waits. */
  hold(): void;
  /** Brings all that waits, as told; then everything goes its usual way again. */
  release(habit: ReleaseOptions): void;
  /** Something waits for this person. */
  wake(psid: string): void;
  /** Resolves when nothing waits. */
  waitUntilIdle(): Promise<void>;
  /** Stops at once; what is not taken stays in the database for the next start. */
  close(): Promise<void>;
}

/** How what was held goes out: habits of Meta that are rare, and must not harm a bot. */
export interface ReleaseOptions {
  /** `reversed`: what happened last comes first. */
  readonly order?: 'as_happened' | 'reversed';
  /** One body for each event (default), or up to 1,000 events in a body: each an entry, or all items of one entry. */
  readonly bodies?: 'one_each' | Batching;
  /** Every body comes once more after it was taken, with another `entry.time` and other addresses of files. */
  readonly isTwice?: boolean;
}

/** The most that Meta puts into one body (Instagram's setup page; the Messenger page names no number). */
const MAX_ITEMS_PER_BODY = 1000;

export interface DeliveriesOptions extends WebhookPostOptions {
  readonly webhooks: Webhooks;
  readonly redeliveryMs: number;
  /** How long nothing of a Page is taken before Meta stops; by the real clock. */
  readonly giveUpAfterMs: number;
  readonly onGivenUp: (pageId: string) => void;
  readonly now: (psid: string) => number;
  readonly onTry: (psid: string) => void;
  readonly log: FastifyBaseLogger;
}

/** Among the names of those whose webhooks are under way; nobody's PSID. */
const RELEASE = 'release';

export function createDeliveries(options: DeliveriesOptions): Deliveries {
  const { webhooks, log } = options;
  const post = createWebhookPost(options);
  const running = new Map<string, Promise<void>>();
  /** What is under way right now, a call or a pause; closing ends them all. */
  const underWay = new Set<AbortController>();
  /** Since when nothing of a Page was taken. */
  const failingSince = new Map<string, number>();
  let isClosed = false;
  let isHeld = false;

  function wake(psid: string): void {
    if (!isHeld) run(psid, () => deliverAll(psid));
  }

  /** One thing at a time under each name. */
  function run(name: string, work: () => Promise<void>): void {
    if (running.has(name) || isClosed) return;
    running.set(name, work().catch(stopped));

    function stopped(error: unknown): void {
      running.delete(name);
      log.error({ err: error }, 'webhook deliveries of one person stopped');
    }
  }

  async function deliverAll(psid: string): Promise<void> {
    await pause(0); // whoever queued it finishes first
    for (let failures = 0; ;) {
      const webhook = isClosed || isHeld ? undefined : webhooks.nextWaiting(psid);
      if (!webhook) break;
      failures = (await deliver([webhook], 'entries')) ? 0 : failures + 1;
      await rest(redeliveryDelayMs(failures, options.redeliveryMs));
    }
    running.delete(psid); // nothing may come between the last look and this, or a wake would be lost
  }

  /** One try of one body; true when the bot took it. */
  async function deliver(group: readonly Webhook[], batching: Batching): Promise<boolean> {
    const startedAt = performance.now();
    const tellings = group.map((webhook) => ({ event: webhook, sentAt: options.now(webhook.psid) }));
    const answer = await posted(batchBody(tellings, batching));
    const isAccepted = answer === '200';
    if (isClosed && !isAccepted) return false;
    const tookMs = performance.now() - startedAt;
    for (const { event: webhook, sentAt } of tellings) noteTry(webhook, { at: sentAt, answer, tookMs, isAccepted });
    return isAccepted;
  }

  function noteTry({ seq, kind, tries, pageId, psid }: Webhook, outcome: DeliveryAttempt): void {
    const { answer, isAccepted } = outcome;
    webhooks.recordAttempt(seq, outcome);
    if (!isAccepted && tries === 0) log.warn({ kind, answer }, 'webhook not taken, delivering again');
    if (isAccepted && tries > 0) log.info({ kind, tries: tries + 1 }, 'webhook taken');
    watchPage(pageId, isAccepted);
    options.onTry(psid);
  }

  async function releaseAll({ order, bodies = 'one_each', isTwice = false }: ReleaseOptions): Promise<void> {
    isHeld = true;
    const waiting = webhooks.allWaiting();
    const ordered = order === 'reversed' ? waiting.toReversed() : waiting;
    const batching = bodies === 'items' ? 'items' : 'entries';
    for (const group of groupsOf(ordered, bodies === 'one_each' ? 1 : MAX_ITEMS_PER_BODY)) {
      await bring(group, batching);
      if (!isTwice || isClosed) continue;
      await rest(1); // another millisecond, another entry.time
      await deliver(group, batching);
    }
    running.delete(RELEASE);
    isHeld = false;
    for (const psid of webhooks.peopleWaiting()) wake(psid);
  }

  async function bring(group: readonly Webhook[], batching: Batching): Promise<void> {
    for (let failures = 0; !isClosed && group.some(({ seq }) => webhooks.isWaiting(seq));) {
      failures = (await deliver(group, batching)) ? 0 : failures + 1;
      await rest(redeliveryDelayMs(failures, options.redeliveryMs));
    }
  }

  function watchPage(pageId: string, isAccepted: boolean): void {
    if (isAccepted) return void failingSince.delete(pageId);
    const since = failingSince.get(pageId) ?? Date.now();
    failingSince.set(pageId, since);
    if (Date.now() - since < options.giveUpAfterMs) return;
    failingSince.delete(pageId);
    log.warn({ pageId }, 'webhooks not taken for too long, the app is unsubscribed on the Page');
    options.onGivenUp(pageId);
  }

  async function posted(body: string): Promise<string> {
    const call = new AbortController();
    underWay.add(call);
    try {
      return await post.send(body, call.signal);
    } finally {
      underWay.delete(call);
    }
  }

  async function rest(ms: number): Promise<void> {
    if (ms === 0 || isClosed) return;
    const end = new AbortController();
    underWay.add(end);
    await pause(ms, undefined, { signal: end.signal }).catch(ignore);
    underWay.delete(end);
  }

  async function settled(): Promise<void> {
    while (running.size > 0) await Promise.all(running.values());
  }

  for (const psid of webhooks.peopleWaiting()) wake(psid);

  return {
    wake,
    waitUntilIdle: settled,
    hold: () => void (isHeld = true),
    release: (habit) => run(RELEASE, () => releaseAll(habit)),
    async close() {
      isClosed = true;
      for (const one of underWay) one.abort();
      await settled();
      await post.close();
    },
  };
}

/** None after the first failure in a row; then longer and longer up to `longest`. A restart begins anew. */
export function redeliveryDelayMs(failures: number, longest: number): number {
  if (failures <= 1) return 0;
  return Math.min(longest, (longest / 20) * 2 ** Math.min(failures - 2, 20));
}

function groupsOf<Item>(items: readonly Item[], size: number): Item[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}

function ignore(): void {}
