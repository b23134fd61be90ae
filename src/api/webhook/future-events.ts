import type { Clock } from '../../domain/clock.ts';
import type { InboundEvent } from '../../messenger/inbound/inbound-event.ts';

/** Largest accepted difference between Meta's clock and ours. */
const MAX_CLOCK_DIFFERENCE_MS = 10 * 60_000;

/**
 * Sets the time of an event from the future to now. Otherwise a messaging window, an opt-out or another app's thread
 * control would last until that time, and every event before it would count as late.
 */
export function clampFutureTime(event: InboundEvent, clock: Clock | undefined): InboundEvent {
  const now = (event.conversation && clock?.now(event.conversation)) ?? Date.now();
  return event.at > now + MAX_CLOCK_DIFFERENCE_MS ? { ...event, at: now } : event;
}
