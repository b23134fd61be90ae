import { isObject, valueAt, type JsonObject, MalformedError, shapeOf, within } from '../../../messenger/check/json.ts';
import { epochMs, asAccountId } from '../../../messenger/check/meta-values.ts';
import type { AnyEventFields, ItemKind } from '../../../messenger/inbound/event-fields.ts';
import type { InboundEvent } from '../../../messenger/inbound/inbound-event.ts';
import { objectAt, optionalAccountId, optionalObject } from './fields.ts';
import { findKind } from './kinds.ts';
import { senderUserRef } from './tap.ts';
import { toEvent, type Entry } from './to-event.ts';

const ENVELOPE: ReadonlySet<string> = new Set(['sender', 'recipient', 'timestamp']);
/** Kinds that the Page itself can cause; a person causes every other kind. */
const CAUSED_BY_PAGE: ReadonlySet<AnyEventFields['kind']> = new Set([
  'echo',
  'unsend',
  'thread_control',
  'app_roles',
  'policy_enforcement',
]);

/** An item of `messaging[]` or `standby[]`. */
export function decodeMessagingItem(item: unknown, entry: Entry, isStandby: boolean): InboundEvent {
  const fields = isObject(item) ? item : {};
  const outline = {
    psid: asAccountId(partyId(fields, isFromPage(fields, entry) ? 'recipient' : 'sender')),
    ownTime: epochMs(valueAt(fields, 'timestamp')),
    isStandby,
    raw: item,
  };
  return toEvent(entry, outline, () => {
    if (!isObject(item)) throw new MalformedError(`item should be an object and is ${shapeOf(item)}`);
    return readItem(item, entry);
  });
}

/** True for a `value` that is a whole messaging item, as the dashboard's test wraps one in `changes[]`. */
export function isMessagingItem(value: unknown): boolean {
  return (
    isObject(value) && findKind(value) !== undefined && (isObject(value['sender']) || isObject(value['recipient']))
  );
}

function readItem(item: JsonObject, entry: Entry): AnyEventFields {
  checkEnvelope(item);
  const kind = findKind(item);
  if (!kind) return unknownItem(item);
  const fromPage = isFromPage(item, entry);
  const event = readValue(kind, item, fromPage);
  if (event.kind === 'unknown' || (fromPage && !CAUSED_BY_PAGE.has(event.kind))) return unknownItem(item);
  checkPersonIsNamed(kind, item, fromPage);
  return event;
}

function readValue({ key, read }: ItemKind, item: JsonObject, fromPage: boolean): AnyEventFields {
  const value = objectAt(item, key);
  return within(key, () => read(value, { item, isFromPage: fromPage }));
}

function unknownItem(item: JsonObject): AnyEventFields {
  return { kind: 'unknown', keys: Object.keys(item).filter((key) => !ENVELOPE.has(key)) };
}

function checkEnvelope(item: JsonObject): void {
  for (const side of ['sender', 'recipient']) {
    const party = optionalObject(item, side);
    if (party) within(side, () => optionalAccountId(party, 'id'));
  }
  const timestamp = valueAt(item, 'timestamp');
  if (timestamp !== undefined && epochMs(timestamp) === undefined) {
    throw new MalformedError(`timestamp should be a time and is ${shapeOf(timestamp)}`);
  }
}

function checkPersonIsNamed({ names }: ItemKind, item: JsonObject, fromPage: boolean): void {
  const side = fromPage ? 'recipient' : 'sender';
  if (names === 'nobody' || partyId(item, side) !== undefined) return;
  // The checkbox plugin names no sender at all, only the `user_ref` inside `optin`.
  if (names === 'person_or_ref' && (senderUserRef(item) !== undefined || isCheckbox(item))) return;
  throw new MalformedError(`${side}.id is missing`);
}

function isCheckbox(item: JsonObject): boolean {
  const optin = valueAt(item, 'optin');
  return isObject(optin) && valueAt(optin, 'user_ref') !== undefined;
}

function isFromPage(item: JsonObject, { pageId }: Entry): boolean {
  const message = valueAt(item, 'message');
  if (isObject(message) && message['is_echo'] === true) return true;
  return pageId !== undefined && asAccountId(partyId(item, 'sender')) === pageId;
}

function partyId(item: JsonObject, side: string): unknown {
  const party = valueAt(item, side);
  return isObject(party) ? valueAt(party, 'id') : undefined;
}
