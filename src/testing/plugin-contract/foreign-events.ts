import { readFileSync } from 'node:fs';
import type { InboundEvent } from '../../messenger/inbound/inbound-event.ts';

/**
 * Events of every kind that Meta sends, and one of an unknown kind: a plugin must let pass what it does not handle. They
 * come from recorded webhooks, with invented names and ids.
 */
export function foreignEvents(): readonly InboundEvent[] {
  const lines = readFileSync(new URL('foreign-events.jsonl', import.meta.url), 'utf8')
    .trim()
    .split('\n');
  const recorded = lines.map((line) => JSON.parse(line) as InboundEvent);
  return [...recorded, unknownEvent()];
}

/** Meta adds kinds: a running bot may receive one that it does not know. */
function unknownEvent(): InboundEvent {
  const event: object = {
    kind: 'kind-of-tomorrow',
    channel: 'messenger',
    pageId: '104857600123456',
    psid: '6120459871230045',
    conversation: 'messenger:104857600123456:6120459871230045',
    at: 1_791_200_999_000,
    dedupeKey: 'tomorrow',
    isStandby: false,
  };
  return event as InboundEvent;
}
