import { createHmac } from 'node:crypto';
import type { MessagingItem } from './webhook-items.ts';

/** What one event is made of: whose Page, in which list, and the item itself. */
export interface Told {
  readonly pageId: string;
  readonly item: MessagingItem;
  /** Set on the copy for an app that does not own the thread. */
  readonly isStandby: boolean;
}

/** A request body with one event in it. `sentAt` is the only thing in which two deliveries of an event differ. */
export function webhookBody(sentAt: number, told: Told): string {
  return escaped(JSON.stringify({ object: 'page', entry: [entryOf(sentAt, told)] }));
}

function entryOf(sentAt: number, { pageId, item, isStandby }: Told): object {
  if ('field' in item) return { id: pageId, time: Math.floor(sentAt / 1000), changes: [item] };
  return { id: pageId, time: sentAt, [isStandby ? 'standby' : 'messaging']: [item] };
}

/** The value of `X-Hub-Signature-256`. */
export function signature(body: string, appSecret: string): string {
  return `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`;
}

/** Meta's bodies are pure ASCII: everything else is an escape with lowercase hex. */
function escaped(json: string): string {
  return json.replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
