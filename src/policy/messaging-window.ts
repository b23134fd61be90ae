const HOUR_MS = 3_600_000;

/**
 * Meta's window: 24 hours from the person's last action that opens it (Meta, Send a Message, read 2026-10-06).
 * A click-to-message ad may open a longer one; 24 hours is the sure floor.
 */
export const WINDOW_MS = 24 * HOUR_MS;

/** An operator's message may still go out for 7 days, tagged HUMAN_AGENT (Meta, Human Agent, read 2026-10-06). */
export const HUMAN_AGENT_MS = 7 * 24 * HOUR_MS;

/** The feedback template may go out for 7 days, tagged CUSTOMER_FEEDBACK (Meta, Policy, read 2026-10-06). */
export const CUSTOMER_FEEDBACK_MS = 7 * 24 * HOUR_MS;

/** We stop this long before the window closes: a call takes time, and clocks differ. */
export const SAFETY_MARGIN_MS = 60_000;

/** What we know of a person's window at Meta. */
export interface MessagingWindow {
  /** When the person last did something that opens it, epoch ms. */
  readonly openedAt: number;
  /**
   * Until when it may be open, epoch ms; set when the person's first message after a click-to-message ad opened it. One of
   * Meta's pages says "up to 7 days" for that (Policy, 2026-09-28), two others still say 24 hours.
   */
  readonly mayLastUntil?: number;
}

/** When the window closes for us, epoch ms. */
export function windowClosesAt(openedAt: number, lengthMs = WINDOW_MS): number {
  return openedAt + lengthMs - SAFETY_MARGIN_MS;
}

/** When the window closes for the bot, epoch ms; the longer one after an ad only where it is trusted. */
export function windowEndsAt({ openedAt, mayLastUntil = 0 }: MessagingWindow, trustsAdWindow = false): number {
  return Math.max(windowClosesAt(openedAt), trustsAdWindow ? windowClosesAt(mayLastUntil, 0) : 0);
}

/** Whether a window of this length that opened then is still open for us; `undefined` never opened. */
export function isWindowOpen(openedAt: number | undefined, now: number, lengthMs = WINDOW_MS): boolean {
  return openedAt !== undefined && now < windowClosesAt(openedAt, lengthMs);
}
