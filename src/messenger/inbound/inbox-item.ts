import type { InboundEvent } from './inbound-event.ts';

/** An event decoded from a webhook body, before it is stored. */
export interface DecodedEvent {
  readonly event: InboundEvent;
  /** The item of the body that it was decoded from, as parsed JSON. */
  readonly raw: unknown;
}

/** A stored event. The ids of its turn and of the turn's sends are derived from `inboxId`. */
export interface InboxItem {
  readonly inboxId: number;
  readonly event: InboundEvent;
}
