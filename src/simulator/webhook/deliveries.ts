import { setTimeout as delay } from 'node:timers/promises';
import { createAbortables } from './abortable.ts';
import { createDeliveryAttempts, type DeliveryAttemptsOptions } from './delivery-attempts.ts';
import type { Batching } from './webhook-body.ts';
import type { DeliveryAttempt, Webhook } from './webhooks.ts';

/**
 * Delivers every webhook to the bot until the bot acknowledges it: 200 within 5 s counts. Anything else is delivered
 * again, at once and then with growing backoff, without end. One person's webhooks go one after the other; two people
 * do not wait for each other, so a Page's events have no order between them.
 */
export interface Deliveries {
  /** Holds all webhooks back from now on. */
  hold(): void;
  /** Delivers what was held as the options say, then continues as usual. */
  release(options: ReleaseOptions): void;
  /** Delivers what waits for this person. */
  wake(psid: string): void;
  /** Posts a body that was edited by hand, once and beside the others. */
  postOnce(body: string, now: number): Promise<DeliveryAttempt>;
  /** Resolves when nothing is being delivered. */
  waitUntilIdle(): Promise<void>;
  /** Stops at once; unacknowledged webhooks stay in the database for the next start. */
  close(): Promise<void>;
}

/** Rare ways in which Meta delivers webhooks, which must not harm a bot. */
export interface ReleaseOptions {
  /** `reversed` delivers the newest first; default `as_happened`. */
  readonly order?: 'as_happened' | 'reversed';
  /** One body for each event (default), or up to 1,000 events in a body: each an entry, or all items of one entry. */
  readonly bodies?: 'one_each' | Batching;
  /** Delivers every body once more after it was acknowledged, with a new `entry.time` and new file addresses. */
  readonly isTwice?: boolean;
}

/** The most that Meta puts into one body (Instagram's setup page; the Messenger page names no number). */
const MAX_ITEMS_PER_BODY = 1000;

/** Settings of the deliveries. */
export interface DeliveriesOptions extends DeliveryAttemptsOptions {
  /** The longest backoff between two deliveries of a webhook, in ms. */
  readonly redeliveryMs: number;
}

/** The key of a release among the running deliveries; nobody's PSID. */
const RELEASE = 'release';

/** Starts with what an earlier process left unacknowledged. */
export function createDeliveries(options: DeliveriesOptions): Deliveries {
  const { webhooks, log, redeliveryMs } = options;
  const calls = createAbortables();
  const attempts = createDeliveryAttempts(options, calls);
  /** By PSID, so that nobody's webhooks are delivered by two loops. */
  const running = new Map<string, Promise<void>>();
  let isHeld = false;

  function wake(psid: string): void {
    if (!isHeld) run(psid, () => deliverTo(psid));
  }

  function run(key: string, work: () => Promise<void>): void {
    if (running.has(key) || calls.isAborted()) return;
    const noteFailure = (error: unknown): void => {
      running.delete(key);
      log.error({ err: error }, 'webhook deliveries of one person stopped');
    };
    running.set(key, work().catch(noteFailure));
  }

  async function deliverTo(psid: string): Promise<void> {
    await delay(0); // the caller queues everything it has first
    for (let failures = 0; ;) {
      const webhook = calls.isAborted() || isHeld ? undefined : webhooks.nextWaiting(psid);
      if (!webhook) break;
      failures = (await attempts.attempt([webhook], 'entries')) ? 0 : failures + 1;
      await calls.wait(redeliveryDelayMs(failures, redeliveryMs));
    }
    running.delete(psid); // no await since `nextWaiting`, or a `wake` in between would be lost
  }

  async function deliverGroup(group: readonly Webhook[], batching: Batching): Promise<void> {
    for (let failures = 0; !calls.isAborted() && group.some(({ seq }) => webhooks.isWaiting(seq));) {
      failures = (await attempts.attempt(group, batching)) ? 0 : failures + 1;
      await calls.wait(redeliveryDelayMs(failures, redeliveryMs));
    }
  }

  async function releaseAll({ order, bodies = 'one_each', isTwice = false }: ReleaseOptions): Promise<void> {
    isHeld = true;
    const waiting = webhooks.allWaiting();
    const ordered = order === 'reversed' ? waiting.toReversed() : waiting;
    const batching = bodies === 'items' ? 'items' : 'entries';
    for (const group of groupsOf(ordered, bodies === 'one_each' ? 1 : MAX_ITEMS_PER_BODY)) {
      await deliverGroup(group, batching);
      if (!isTwice || calls.isAborted()) continue;
      await calls.wait(1); // another millisecond, so another entry.time
      await attempts.attempt(group, batching);
    }
    running.delete(RELEASE);
    isHeld = false;
    wakeAll();
  }

  function wakeAll(): void {
    for (const psid of webhooks.peopleWaiting()) wake(psid);
  }

  async function waitUntilIdle(): Promise<void> {
    while (running.size > 0) await Promise.all(running.values());
  }

  wakeAll();
  return {
    wake,
    waitUntilIdle,
    postOnce: (body, now) => attempts.postOnce(body, now),
    hold: () => void (isHeld = true),
    release: (how) => run(RELEASE, () => releaseAll(how)),
    async close() {
      calls.abortAll();
      await waitUntilIdle();
      await attempts.close();
    },
  };
}

/** The backoff after so many failures in a row: none after the first, then doubling up to `maxMs`. */
export function redeliveryDelayMs(failures: number, maxMs: number): number {
  if (failures <= 1) return 0;
  return Math.min(maxMs, (maxMs / 20) * 2 ** Math.min(failures - 2, 20));
}

function groupsOf<Item>(items: readonly Item[], size: number): Item[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}
