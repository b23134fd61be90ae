const HOUR_MS = 3_600_000;

/**
 * Meta's window: 24 hours from the person's last action that opens it (Meta, Send a Message, read 2026-10-06).
 * A click-to-message ad may open a longer one; 24 hours is the sure floor.
 */
export const WINDOW_MS = 24 * HOUR_MS;

/** A person's own words may still go out for 7 days, tagged HUMAN_AGENT (Meta, Human Agent, read 2026-10-06). */
export const HUMAN_AGENT_MS = 7 * 24 * HOUR_MS;

/** We stop this much before the edge: the send has a way to go, and clocks differ. */
export const SAFETY_MARGIN_MS = 60_000;

/** When the window closes for us, epoch ms. */
export function windowClosesAt(openedAt: number, lengthMs = WINDOW_MS): number {
  return openedAt + lengthMs - SAFETY_MARGIN_MS;
}

export function isWindowOpen(openedAt: number | undefined, now: number, lengthMs = WINDOW_MS): boolean {
  return openedAt !== undefined && now < windowClosesAt(openedAt, lengthMs);
}
