import type { Channel } from '../../../domain/conversation-id.ts';
import { isObject, valueAt, type JsonObject, MalformedError, shapeOf } from '../../../messenger/check/json.ts';
import { epochMs, asAccountId } from '../../../messenger/check/meta-values.ts';
import type { InboundEvent } from '../../../messenger/inbound/inbound-event.ts';
import type { DecodedEvent } from '../../../messenger/inbound/inbox-item.ts';
import { callEvent } from './call.ts';
import { changeEvent } from './change.ts';
import { eventOf, type Entry } from './entry.ts';
import { messagingEvent } from './messaging-item.ts';

/** The arrays of an entry and how their items are read (webhooks, 2026-10-06). */
const ARRAYS: Readonly<Record<string, (item: unknown, entry: Entry) => InboundEvent>> = {
  messaging: (item, entry) => messagingEvent(item, entry, false),
  standby: (item, entry) => messagingEvent(item, entry, true),
  changes: changeEvent,
  calls: callEvent,
};

/**
 * Everything that a webhook body tells, in its order, or `undefined` when it is about neither a Page nor an Instagram
 * account, which the endpoint answers with 404. Never throws: what cannot be read becomes a `malformed` event.
 */
export function inboundEvents(body: unknown): DecodedEvent[] | undefined {
  // Some of Meta's Instagram samples wrap the whole body in an array.
  const bodies: readonly unknown[] = Array.isArray(body) ? body : [body];
  const ours = bodies.filter(isObject).filter((one) => channelOf(one) !== undefined);
  return ours.length > 0 ? ours.flatMap(eventsOfBody) : undefined;
}

function channelOf(body: JsonObject): Channel | undefined {
  const object = valueAt(body, 'object');
  if (object === 'page') return 'messenger';
  return object === 'instagram' ? 'instagram' : undefined;
}

function eventsOfBody(body: JsonObject): DecodedEvent[] {
  const channel = channelOf(body) ?? 'messenger';
  const entries = valueAt(body, 'entry');
  if (Array.isArray(entries) && entries.length > 0) return entries.flatMap((entry) => eventsOfEntry(entry, channel));
  return [malformed(body, { channel, pageId: undefined, sentAt: undefined }, 'entry should be a list')];
}

function eventsOfEntry(raw: unknown, channel: Channel): DecodedEvent[] {
  const fields = isObject(raw) ? raw : {};
  const entry: Entry = {
    channel,
    pageId: asAccountId(valueAt(fields, 'id')),
    sentAt: epochMs(valueAt(fields, 'time')),
  };
  if (!isObject(raw)) return [malformed(raw, entry, `entry should be an object and is ${shapeOf(raw)}`)];
  const delivered = Object.entries(ARRAYS).flatMap(([array, read]) =>
    itemsOf(raw, array).map((item) => ({ event: read(item, entry), raw: item })),
  );
  return delivered.length > 0 ? delivered : [newKindOfEntry(raw, entry)];
}

/** A single item in place of a list is read like a list of one. */
function itemsOf(entry: JsonObject, array: string): readonly unknown[] {
  const items = valueAt(entry, array) ?? [];
  return Array.isArray(items) ? items : [items];
}

/** None of the arrays known today: kept, so that nothing Meta tells is lost. */
function newKindOfEntry(raw: JsonObject, entry: Entry): DecodedEvent {
  const keys = Object.keys(raw).filter((key) => key !== 'id' && key !== 'time');
  return { event: eventOf(entry, outlineOf(raw), () => ({ kind: 'unknown', keys })), raw };
}

function malformed(raw: unknown, entry: Entry, reason: string): DecodedEvent {
  const event = eventOf({ ...entry, pageId: entry.pageId ?? '' }, outlineOf(raw), () => {
    throw new MalformedError(reason);
  });
  return { event, raw };
}

function outlineOf(raw: unknown) {
  return { psid: undefined, ownTime: undefined, isStandby: false, raw };
}
