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

/** What could be made out of an item before reading what it tells, so that a malformed one is still filed rightly. */
export interface Outline {
  readonly psid: string | undefined;
  readonly ownTime: number | undefined;
  readonly isStandby: boolean;
  readonly raw: unknown;
}

/** Turns what `read` tells into an event; what it finds misshapen becomes a `malformed` one. Never throws. */
export function eventOf(entry: Entry, outline: Outline, read: () => AnyEventFields): InboundEvent {
  const base = baseOf(entry, outline);
  const told = toldOrMalformed(entry, base, read);
  const identity = { ownTime: outline.ownTime, sentAt: entry.sentAt, raw: outline.raw };
  return { ...base, ...told, dedupeKey: dedupeKey(base, told, identity) };
}

function baseOf({ channel, pageId = '', sentAt }: Entry, { psid, ownTime, isStandby }: Outline): Base {
  const at = ownTime ?? sentAt ?? 0;
  const conversation: ConversationId | undefined =
    pageId && psid ? conversationId({ channel, pageId, psid }) : undefined;
  return { channel, pageId, ...(psid && conversation && { psid, conversation }), at, isStandby };
}

function toldOrMalformed(entry: Entry, base: Base, read: () => AnyEventFields): AnyEventFields {
  try {
    if (entry.pageId === undefined) throw new MalformedError('entry.id should be the id of a Page or account');
    const told = read();
    if (base.at === 0) throw new MalformedError('timestamp is missing, and so is entry.time');
    return told;
  } catch (problem) {
    return { kind: 'malformed', reason: problem instanceof Error ? problem.message : 'cannot be read' };
  }
}
