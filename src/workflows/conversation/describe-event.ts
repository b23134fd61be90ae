import type { InboundEvent } from '../../messenger/inbound/inbound-event.ts';

/** An event as one line of a talk, with what has no words in brackets. */
export function describeEvent(event: InboundEvent): string {
  switch (event.kind) {
    case 'message':
    case 'echo':
      return [event.text, ...event.attachments.map(({ type }) => `[${type}]`)].filter(Boolean).join(' ');
    case 'postback':
      return `[tap] ${event.title ?? event.payload ?? ''}`;
    case 'reaction':
      return event.action === 'react' ? `[reaction] ${event.emoji ?? event.reaction ?? ''}` : '[reaction taken back]';
    case 'edit':
      return `[edit] ${event.text}`;
    default:
      return `[${event.kind.replaceAll('_', ' ')}]`;
  }
}
