import type { InboundEvent } from './inbound-event.ts';

/**
 * The text form of a person's answer: what they wrote, or what is written on the button they tapped (fields `messages`,
 * `messaging_postbacks`). `undefined` when they sent a photo, a sticker or a location instead.
 */
export function textOf(event: InboundEvent): string | undefined {
  if (event.kind === 'message') return event.text;
  if (event.kind === 'postback') return event.title;
  return undefined;
}
