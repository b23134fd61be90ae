import { type Channel, type ConversationId, conversationId } from '../../../domain/conversation-id.ts';
import { MalformedError } from '../../../messenger/check/json.ts';
import { dedupeKey } from '../../../messenger/inbound/dedupe-key.ts';
import type { AnyEventFields, Base } from '../../../messenger/inbound/event-fields.ts';
import type { InboundEvent } from '../../../messenger/inbound/inbound-event.ts';

/** What all items of one `entry` share. */
export interface Entry {
  readonly channel: Channel;
  /** Missing when the entry names no usable id. */
  readonly pageId: string | undefined;
  /** `entry.time`: when Meta sent the notification, not when the event happened. */
  readonly sentAt: number | undefined;
}

/** What is known of an item before its content is read, so that a malformed one still belongs to its conversation. */
export interface Outline {
  readonly psid: string | undefined;
  readonly ownTime: number | undefined;
  readonly isStandby: boolean;
  readonly raw: unknown;
}

/** Builds an event from the fields that `read` returns, or a `malformed` one when `read` throws. Never throws. */
export function toEvent(entry: Entry, outline: Outline, read: () => AnyEventFields): InboundEvent {
  const base = toBase(entry, outline);
  const fields = readOrMalformed(entry, base, read);
  const identity = { ownTime: outline.ownTime, sentAt: entry.sentAt, raw: outline.raw };
  return { ...base, ...fields, dedupeKey: dedupeKey(base, fields, identity) };
}

function toBase({ channel, pageId = '', sentAt }: Entry, { psid, ownTime, isStandby }: Outline): Base {
  const at = ownTime ?? sentAt ?? 0;
  const conversation: ConversationId | undefined =
    pageId && psid ? conversationId({ channel, pageId, psid }) : undefined;
  return { channel, pageId, ...(psid && conversation && { psid, conversation }), at, isStandby };
}

function readOrMalformed(entry: Entry, base: Base, read: () => AnyEventFields): AnyEventFields {
  try {
    if (entry.pageId === undefined) throw new MalformedError('entry.id should be the id of a Page or account');
    const fields = read();
    if (base.at === 0) throw new MalformedError('timestamp is missing, and so is entry.time');
    return fields;
  } catch (problem) {
    return { kind: 'malformed', reason: problem instanceof Error ? problem.message : 'cannot be read' };
  }
}
