import { Agent, request } from 'undici';
import { sign } from './webhook-body.ts';

export interface WebhookPostOptions {
  readonly webhookUrl: () => string;
  readonly appSecret: string;
  readonly answerWithinMs: number;
}

/** One signed call of the bot's webhook. */
export interface WebhookPost {
  /** What came of it, in a word: `200`, `503`, `no answer within 5 s`, `ECONNREFUSED`. */
  send(body: string, stopped: AbortSignal): Promise<string>;
  close(): Promise<void>;
}

export function createWebhookPost({ webhookUrl, appSecret, answerWithinMs }: WebhookPostOptions): WebhookPost {
  const agent = new Agent({ connections: 64 });

  async function send(body: string, stopped: AbortSignal): Promise<string> {
    const late = new AbortController();
    const limit = setTimeout(() => late.abort(), answerWithinMs);
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
        signal: AbortSignal.any([late.signal, stopped]),
      });
      await answer.body.dump();
      return String(answer.statusCode);
    } catch (error) {
      if (late.signal.aborted) return `no answer within ${answerWithinMs / 1000} s`;
      return error instanceof Error && 'code' in error ? String(error.code) : 'connection failed';
    } finally {
      clearTimeout(limit);
    }
  }

  return { send, close: () => agent.destroy() };
}
