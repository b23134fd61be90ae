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
  readonly pageId: string;
  readonly appSecret: string;
  readonly webhookUrl: string;
  readonly answerWithinMs: number;
  readonly redeliveryMs: number;
  readonly now: (psid: string) => number;
  readonly onTry: (psid: string) => void;
  readonly log: FastifyBaseLogger;
}

export function createDeliveries(options: DeliveriesOptions): Deliveries {
  const { webhooks, log } = options;
  const agent = new Agent({ connections: 64 });
  const closing = new AbortController();
  const running = new Map<string, Promise<void>>();

  function wake(psid: string): void {
    if (running.has(psid) || closing.signal.aborted) return;
    const run = deliverAll(psid)
      .catch((error: unknown) => log.error({ err: error }, 'webhook deliveries of one person stopped'))
      .finally(() => running.delete(psid));
    running.set(psid, run);
  }

  async function deliverAll(psid: string): Promise<void> {
    await pause(0); // whoever queued it finishes first
    for (;;) {
      const webhook = closing.signal.aborted ? undefined : webhooks.nextWaiting(psid);
      if (!webhook) return;
      await deliver(webhook);
    }
  }

  async function deliver(webhook: Webhook): Promise<void> {
    await pause(pauseAfter(webhook.tries, options.redeliveryMs), undefined, { signal: closing.signal }).catch(ignore);
    if (closing.signal.aborted) return;
    const startedAt = performance.now();
    const at = options.now(webhook.psid);
    const answer = await post(webhookBody(options.pageId, at, webhook.item));
    if (closing.signal.aborted && answer !== '200') return;
    const isAccepted = answer === '200';
    webhooks.tried(webhook.seq, { at, answer, tookMs: performance.now() - startedAt, isAccepted });
    if (!isAccepted && webhook.tries === 0)
      log.warn({ kind: webhook.kind, answer }, 'webhook not taken, delivering again');
    if (isAccepted && webhook.tries > 0) log.info({ kind: webhook.kind, tries: webhook.tries + 1 }, 'webhook taken');
    options.onTry(webhook.psid);
  }

  async function post(body: string): Promise<string> {
    const limit = AbortSignal.timeout(options.answerWithinMs);
    try {
      const answer = await request(options.webhookUrl, {
        method: 'POST',
        dispatcher: agent,
        headers: {
          'content-type': 'application/json',
          'user-agent': 'facebookexternalua',
          'x-hub-signature-256': signature(body, options.appSecret),
        },
        body,
        signal: AbortSignal.any([limit, closing.signal]),
      });
      await answer.body.dump();
      return String(answer.statusCode);
    } catch (error) {
      if (limit.aborted) return `no answer within ${options.answerWithinMs / 1000} s`;
      return error instanceof Error && 'code' in error ? String(error.code) : 'connection failed';
    }
  }

  async function settled(): Promise<void> {
    while (running.size > 0) await Promise.all(running.values());
  }

  for (const psid of webhooks.waitingFor()) wake(psid);

  return {
    wake,
    settled,
    async close() {
      closing.abort();
      await settled();
      await agent.destroy();
    },
  };
}

/** None before the first try and before the second; then longer and longer up to `longest`. */
export function pauseAfter(tries: number, longest: number): number {
  if (tries <= 1) return 0;
  return Math.min(longest, (longest / 20) * 2 ** Math.min(tries - 2, 20));
}

function ignore(): void {}
