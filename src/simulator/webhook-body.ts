import { createHmac } from 'node:crypto';
import type { MessagingItem } from './webhook-items.ts';

/** A request body with one event in it. `sentAt` is the only thing in which two deliveries of an event differ. */
export function webhookBody(pageId: string, sentAt: number, item: MessagingItem): string {
  const told =
    'field' in item ? { time: Math.floor(sentAt / 1000), changes: [item] } : { time: sentAt, messaging: [item] };
  return escaped(JSON.stringify({ object: 'page', entry: [{ id: pageId, ...told }] }));
}

/** The value of `X-Hub-Signature-256`. */
export function signature(body: string, appSecret: string): string {
  return `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`;
}

/** Meta's bodies are pure ASCII: everything else is an escape with lowercase hex. */
function escaped(json: string): string {
  return json.replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
