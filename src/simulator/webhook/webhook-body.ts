import { createHmac } from 'node:crypto';
import type { Channel } from '../../domain/conversation-id.ts';
import { isObject } from '../../messenger/check/json.ts';
import { textAtPath } from '../json.ts';
import { META_FILES, type MessagingItem } from './webhook-items.ts';

/** One webhook event: its Page, its list and its item. */
export interface WebhookEvent {
  readonly channel: Channel;
  readonly pageId: string;
  readonly item: MessagingItem;
  /** Set on the copy for an app that does not own the thread. */
  readonly isStandby: boolean;
}

/** One delivery of an event. */
export interface EventDelivery {
  readonly event: WebhookEvent;
  /** `entry.time`, epoch ms by the person's clock. */
  readonly sentAt: number;
}

/** `items` puts the events of a Page into one list; `entries` gives each event an entry of its own, as Meta does. */
export type Batching = 'entries' | 'items';

/** A request body with one event. Two deliveries of it differ only in `sentAt` and in the addresses of files. */
export function webhookBody(sentAt: number, event: WebhookEvent): string {
  return batchBody([{ event, sentAt }], 'entries');
}

/** A request body with several events. */
export function batchBody(deliveries: readonly EventDelivery[], batching: Batching): string {
  const lists = deliveries.map(toEntryList);
  const entries = batching === 'entries' ? lists : mergeLists(lists);
  const entry = entries.map(({ pageId, name, time, items }) => ({ id: pageId, time, [name]: items }));
  const object = deliveries[0]?.event.channel === 'instagram' ? 'instagram' : 'page';
  return escapeNonAscii(JSON.stringify({ object, entry }));
}

/** One of the lists of an entry. */
interface EntryList {
  readonly pageId: string;
  readonly name: 'messaging' | 'standby' | 'changes';
  readonly time: number;
  readonly items: readonly MessagingItem[];
}

function toEntryList({ sentAt, event: { pageId, item, isStandby } }: EventDelivery): EntryList {
  if ('field' in item) return { pageId, name: 'changes', time: Math.floor(sentAt / 1000), items: [item] };
  return { pageId, name: isStandby ? 'standby' : 'messaging', time: sentAt, items: [withFreshFiles(item, sentAt)] };
}

function mergeLists(lists: readonly EntryList[]): EntryList[] {
  const byPlace = new Map<string, EntryList>();
  for (const list of lists) {
    const place = `${list.pageId} ${list.name}`;
    const before = byPlace.get(place);
    byPlace.set(place, before ? { ...before, items: [...before.items, ...list.items] } : list);
  }
  return [...byPlace.values()];
}

/** Meta signs the addresses of files anew for every delivery (seen in redeliveries of a photo, 2026). */
function withFreshFiles(item: MessagingItem, sentAt: number): MessagingItem {
  const { message } = item;
  const attachments = isObject(message) ? message['attachments'] : undefined;
  if (!isObject(message) || !Array.isArray(attachments)) return item;
  return { ...item, message: { ...message, attachments: attachments.map((one) => withFreshUrl(one, sentAt)) } };
}

function withFreshUrl(attachment: unknown, sentAt: number): unknown {
  const url = textAtPath(attachment, 'payload.url');
  if (!isObject(attachment) || !isObject(attachment['payload']) || !url?.startsWith(META_FILES)) return attachment;
  const fresh = new URL(url);
  fresh.searchParams.set('oe', sentAt.toString(16).toUpperCase());
  return { ...attachment, payload: { ...attachment['payload'], url: fresh.href } };
}

/** The value of `X-Hub-Signature-256`. */
export function sign(body: string, appSecret: string): string {
  return `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`;
}

/** Meta's bodies are pure ASCII: other characters are escapes with lowercase hex. */
function escapeNonAscii(json: string): string {
  return json.replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
