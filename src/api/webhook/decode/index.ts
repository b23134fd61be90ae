import type { Channel } from '../../../domain/conversation-id.ts';
import { isObject, valueAt, type JsonObject, MalformedError, shapeOf } from '../../../messenger/check/json.ts';
import { epochMs, asAccountId } from '../../../messenger/check/meta-values.ts';
import type { InboundEvent } from '../../../messenger/inbound/inbound-event.ts';
import type { DecodedEvent } from '../../../messenger/inbound/inbox-item.ts';
import { decodeCall } from './call.ts';
import { decodeChange } from './change.ts';
import { decodeMessagingItem } from './messaging-item.ts';
import { toEvent, type Entry } from './to-event.ts';

/** The arrays of an entry and how their items are read (webhooks, 2026-10-06). */
const ARRAYS: Readonly<Record<string, (item: unknown, entry: Entry) => InboundEvent>> = {
  messaging: (item, entry) => decodeMessagingItem(item, entry, false),
  standby: (item, entry) => decodeMessagingItem(item, entry, true),
  changes: decodeChange,
  calls: decodeCall,
};

/**
 * Decodes a webhook body into its events, in order; `undefined` when it concerns neither a Page nor an Instagram account,
 * which the endpoint answers with 404. Never throws: an unreadable item becomes a `malformed` event.
 */
export function decodeWebhook(body: unknown): DecodedEvent[] | undefined {
  // Some of Meta's Instagram samples wrap the whole body in an array.
  const bodies: readonly unknown[] = Array.isArray(body) ? body : [body];
  const ours = bodies.filter(isObject).filter((one) => channelOf(one) !== undefined);
  return ours.length > 0 ? ours.flatMap(decodeBody) : undefined;
}

/** How many events `decodeWebhook` would make of a body at least, without making them. */
export function countUpdates(body: unknown): number {
  const bodies: readonly unknown[] = Array.isArray(body) ? body : [body];
  return bodies
    .filter(isObject)
    .flatMap((one) => valueAt(one, 'entry') ?? [])
    .reduce<number>((sum, entry) => sum + Math.max(1, isObject(entry) ? countItems(entry) : 0), 0);
}

function countItems(entry: JsonObject): number {
  return Object.keys(ARRAYS).reduce((sum, array) => sum + itemsOf(entry, array).length, 0);
}

function channelOf(body: JsonObject): Channel | undefined {
  const object = valueAt(body, 'object');
  if (object === 'page') return 'messenger';
  return object === 'instagram' ? 'instagram' : undefined;
}

function decodeBody(body: JsonObject): DecodedEvent[] {
  const channel = channelOf(body) ?? 'messenger';
  const entries = valueAt(body, 'entry');
  if (Array.isArray(entries) && entries.length > 0) return entries.flatMap((entry) => decodeEntry(entry, channel));
  return [malformedEvent(body, { channel, pageId: undefined, sentAt: undefined }, 'entry should be a list')];
}

function decodeEntry(raw: unknown, channel: Channel): DecodedEvent[] {
  const fields = isObject(raw) ? raw : {};
  const entry: Entry = {
    channel,
    pageId: asAccountId(valueAt(fields, 'id')),
    sentAt: epochMs(valueAt(fields, 'time')),
  };
  if (!isObject(raw)) return [malformedEvent(raw, entry, `entry should be an object and is ${shapeOf(raw)}`)];
  const decoded = Object.entries(ARRAYS).flatMap(([array, read]) =>
    itemsOf(raw, array).map((item) => ({ event: read(item, entry), raw: item })),
  );
  return decoded.length > 0 ? decoded : [unknownEntry(raw, entry)];
}

/** A single item in place of a list counts as a list of one. */
function itemsOf(entry: JsonObject, array: string): readonly unknown[] {
  const items = valueAt(entry, array) ?? [];
  return Array.isArray(items) ? items : [items];
}

/** An entry without a known array becomes an `unknown` event, so that nothing from Meta is lost. */
function unknownEntry(raw: JsonObject, entry: Entry): DecodedEvent {
  const keys = Object.keys(raw).filter((key) => key !== 'id' && key !== 'time');
  return { event: toEvent(entry, outlineOf(raw), () => ({ kind: 'unknown', keys })), raw };
}

function malformedEvent(raw: unknown, entry: Entry, reason: string): DecodedEvent {
  const event = toEvent({ ...entry, pageId: entry.pageId ?? '' }, outlineOf(raw), () => {
    throw new MalformedError(reason);
  });
  return { event, raw };
}

function outlineOf(raw: unknown) {
  return { psid: undefined, ownTime: undefined, isStandby: false, raw };
}
