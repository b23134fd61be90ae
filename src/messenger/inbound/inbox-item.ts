import type { InboundEvent } from './inbound-event.ts';

/** An event with its number in the inbox; a turn and its sends are named after the number. */
export interface InboxItem {
  readonly inboxId: number;
  readonly event: InboundEvent;
}
