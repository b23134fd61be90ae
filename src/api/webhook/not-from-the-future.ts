import type { Clock } from '../../domain/clock.ts';
import type { InboundEvent } from '../../messenger/inbound/inbound-event.ts';

/** Meta's clock and ours may differ by this much. */
const CLOCKS_DIFFER_MS = 10 * 60_000;

/**
 * An event that says it is still to come counts as one of this moment: a window, a "stop" or another app's control would
 * last until then, and whatever happens in between would count as late.
 */
export function notFromTheFuture(event: InboundEvent, clock: Clock | undefined): InboundEvent {
  const now = (event.conversation && clock?.now(event.conversation)) ?? Date.now();
  return event.at > now + CLOCKS_DIFFER_MS ? { ...event, at: now } : event;
}
