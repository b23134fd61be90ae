import type { JsonObject } from '../check/json.ts';
import type { EventBase, InboundEvent, InboundEventKind } from './inbound-event.ts';

/** The fields of one kind of event, without {@link EventBase}. */
export type EventFields<K extends InboundEventKind> = Omit<Extract<InboundEvent, { kind: K }>, keyof EventBase>;
/** The fields of any kind of event. */
export type AnyEventFields = { [K in InboundEventKind]: EventFields<K> }[InboundEventKind];

/** Person, time and Page of an event, before its dedupe key is known. */
export type Base = Omit<EventBase, 'dedupeKey'>;

/** What a reader may need beside the object it reads. */
export interface ReadContext {
  /** The whole item: a few kinds have data beside their own key. */
  readonly item: JsonObject;
  /** True when the Page is the sender, not the person. */
  readonly isFromPage: boolean;
}

/** Reads the object under the key that identifies the event's kind. Throws `MalformedError`. */
export type Reader = (value: JsonObject, around: ReadContext) => AnyEventFields;

/** How items with one key are decoded: Meta names no kind in the body, the key decides (webhooks, 2026-10-06). */
export interface ItemKind {
  readonly key: string;
  readonly read: Reader;
  /** Whom the item must name: a person, a person or their `user_ref`, or nobody. */
  readonly names: 'person' | 'person_or_ref' | 'nobody';
}
