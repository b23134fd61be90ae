import type { InboundEvent } from './inbound-event.ts';

/** The text form of a person's answer, or `undefined` when they sent a photo, a sticker or a location instead. */
export function textOf(event: InboundEvent): string | undefined {
  if (event.kind === 'message') return event.text;
  if (event.kind === 'postback') return event.title;
  return undefined;
}
