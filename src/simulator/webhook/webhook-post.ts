import { Agent, request } from 'undici';
import { sign } from './webhook-body.ts';

/** Where webhooks are posted and how they are signed. */
export interface WebhookPostOptions {
  /** The bot's callback URL, which a subscription call may change. */
  readonly webhookUrl: () => string;
  /** The key of the signature. */
  readonly appSecret: string;
  /** How long the bot may take to answer, in ms. */
  readonly answerWithinMs: number;
}

/** One signed call of the bot's webhook. */
export interface WebhookPost {
  /** The result in a word: `200`, `503`, `no answer within 5 s`, `ECONNREFUSED`. */
  send(body: string, aborted: AbortSignal): Promise<string>;
  close(): Promise<void>;
}

/** Posts over at most 64 connections, which stay open. */
export function createWebhookPost({ webhookUrl, appSecret, answerWithinMs }: WebhookPostOptions): WebhookPost {
  const agent = new Agent({ connections: 64 });

  async function send(body: string, aborted: AbortSignal): Promise<string> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), answerWithinMs);
    try {
      const answer = await request(webhookUrl(), {
        method: 'POST',
        dispatcher: agent,
        headers: {
          'content-type': 'application/json',
          'user-agent': 'facebookexternalua',
          'x-hub-signature-256': sign(body, appSecret),
        },
        body,
        signal: AbortSignal.any([late.signal, aborted]),
      });
      await answer.body.dump();
      return String(answer.statusCode);
    } catch (error) {
      if (late.signal.aborted) return `no answer within ${answerWithinMs / 1000} s`;
      return error instanceof Error && 'code' in error ? String(error.code) : 'connection failed';
    } finally {
      clearTimeout(timer);
    }
  }

  return { send, close: () => agent.destroy() };
}
