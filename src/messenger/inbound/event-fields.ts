import type { JsonObject } from '../check/json.ts';
import type { EventBase, InboundEvent, InboundEventKind } from './inbound-event.ts';

/** What an item tells beside who, when and where. */
export type EventFields<K extends InboundEventKind> = Omit<Extract<InboundEvent, { kind: K }>, keyof EventBase>;
export type AnyEventFields = { [K in InboundEventKind]: EventFields<K> }[InboundEventKind];

/** Who, when and where. */
export type Base = Omit<EventBase, 'dedupeKey'>;

export interface ReadContext {
  /** The whole item: a few kinds keep something beside their own key. */
  readonly item: JsonObject;
  /** True when the Page is the sender, not the person. */
  readonly isFromPage: boolean;
}

/** Reads the object under the key that makes an item this kind of event. */
export type Reader = (value: JsonObject, around: ReadContext) => AnyEventFields;
