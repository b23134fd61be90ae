import type { EchoEvent } from './inbound-event.ts';

/**
 * Who said something for the Page that our bot did not: `human` in Meta's Page inbox, or `other_app`. A plugin hears no
 * other echoes.
 */
export function authorOf({ isFromInbox }: EchoEvent): 'human' | 'other_app' {
  return isFromInbox ? 'human' : 'other_app';
}
