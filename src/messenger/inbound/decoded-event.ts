import type { InboundEvent } from './inbound-event.ts';

/** An event and the item of the webhook body that it was read from. */
export interface DecodedEvent {
  readonly event: InboundEvent;
  readonly raw: unknown;
}
