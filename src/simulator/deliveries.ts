import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import { Agent, request } from 'undici';
import { signature, webhookBody } from './webhook-body.ts';
import type { Webhook, Webhooks } from './webhooks.ts';

/**
 * Brings every webhook to the bot until it is taken: 200 within 5 s counts, anything else is delivered again,
 * at once and then with growing pauses, without end. What belongs to one person goes one after the other;
 * two people do not wait for each other, so a Page's events have no order between them.
 */
export interface Deliveries {
  /** Something waits for this person. */
  wake(psid: string): void;
  /** Resolves when nothing waits. */
  settled(): Promise<void>;
  /** Stops at once; what is not taken stays in the database for the next start. */
  close(): Promise<void>;
}

export interface DeliveriesOptions {
  readonly webhooks: Webhooks;
  readonly appSecret: string;
  readonly webhookUrl: () => string;
  readonly answerWithinMs: number;
  readonly redeliveryMs: number;
  /** How long nothing of a Page is taken before Meta stops; by the real clock. */
  readonly giveUpAfterMs: number;
  readonly onGivenUp: (pageId: string) => void;
  readonly now: (psid: string) => number;
  readonly onTry: (psid: string) => void;
  readonly log: FastifyBaseLogger;
}

export function createDeliveries(options: DeliveriesOptions): Deliveries {
  const { webhooks, log } = options;
  const agent = new Agent({ connections: 64 });
  const running = new Map<string, Promise<void>>();
  /** What is under way right now, a call or a pause; closing ends them all. */
  const underWay = new Set<AbortController>();
  /** Since when nothing of a Page was taken. */
  const failingSince = new Map<string, number>();
  let isClosed = false;

  function wake(psid: string): void {
    if (running.has(psid) || isClosed) return;
    running.set(psid, deliverAll(psid).catch(stopped));

    function stopped(error: unknown): void {
      running.delete(psid);
      log.error({ err: error }, 'webhook deliveries of one person stopped');
    }
  }

  async function deliverAll(psid: string): Promise<void> {
    await pause(0); // whoever queued it finishes first
    for (let failures = 0; ;) {
      const webhook = isClosed ? undefined : webhooks.nextWaiting(psid);
      if (!webhook) break;
      failures = (await deliver(webhook)) ? 0 : failures + 1;
      await rest(pauseAfter(failures, options.redeliveryMs));
    }
    running.delete(psid); // nothing may come between the last look and this, or a wake would be lost
  }

  /** One try; true when the bot took it. */
  async function deliver(webhook: Webhook): Promise<boolean> {
    const startedAt = performance.now();
    const at = options.now(webhook.psid);
    const answer = await post(webhookBody(at, webhook));
    const isAccepted = answer === '200';
    if (isClosed && !isAccepted) return false;
    webhooks.tried(webhook.seq, { at, answer, tookMs: performance.now() - startedAt, isAccepted });
    const { kind, tries } = webhook;
    if (!isAccepted && tries === 0) log.warn({ kind, answer }, 'webhook not taken, delivering again');
    if (isAccepted && tries > 0) log.info({ kind, tries: tries + 1 }, 'webhook taken');
    watchPage(webhook.pageId, isAccepted);
    options.onTry(webhook.psid);
    return isAccepted;
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

  async function post(body: string): Promise<string> {
    const call = new AbortController();
    underWay.add(call);
    let isLate = false;
    const limit = setTimeout(() => {
      isLate = true;
      call.abort();
    }, options.answerWithinMs);
    try {
      const answer = await request(options.webhookUrl(), {
        method: 'POST',
        dispatcher: agent,
        headers: {
          'content-type': 'application/json',
          'user-agent': 'facebookexternalua',
          'x-hub-signature-256': signature(body, options.appSecret),
        },
        body,
        signal: call.signal,
      });
      await answer.body.dump();
      return String(answer.statusCode);
    } catch (error) {
      if (isLate) return `no answer within ${options.answerWithinMs / 1000} s`;
      return error instanceof Error && 'code' in error ? String(error.code) : 'connection failed';
    } finally {
      clearTimeout(limit);
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

  for (const psid of webhooks.waitingFor()) wake(psid);

  return {
    wake,
    settled,
    async close() {
      isClosed = true;
      for (const one of underWay) one.abort();
      await settled();
      await agent.destroy();
    },
  };
}

/** None after the first failure in a row; then longer and longer up to `longest`. A restart begins anew. */
export function pauseAfter(failures: number, longest: number): number {
  if (failures <= 1) return 0;
  return Math.min(longest, (longest / 20) * 2 ** Math.min(failures - 2, 20));
}

function ignore(): void {}
