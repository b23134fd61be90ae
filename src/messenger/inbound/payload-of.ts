import type { InboundEvent } from './inbound-event.ts';

/**
 * What a tap tells the bot: the payload of a quick reply (field `messages`) or of a button, Get Started, a menu item or an
 * ice breaker (`messaging_postbacks`). `undefined` for words of the person's own, and for a tap that was seen in standby.
 */
export function payloadOf(event: InboundEvent): string | undefined {
  if (event.kind === 'message') return event.quickReply;
  return event.kind === 'postback' ? event.payload : undefined;
}
