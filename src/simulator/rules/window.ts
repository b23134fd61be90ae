/** From the person's last action that opens the window until only tagged messages are allowed. */
const STANDARD_WINDOW_MS = 24 * 3_600_000;
/** The same for messages with HUMAN_AGENT or CUSTOMER_FEEDBACK. */
const TAGGED_WINDOW_MS = 7 * 24 * 3_600_000;
/** From the first message after a click-to-message ad, in one reading of Meta's policy page. */
const MAX_AD_WINDOW_MS = 7 * 24 * 3_600_000;

/**
 * How long the first message after a click-to-message ad opens the window. Meta contradicts itself: "up to 7 days"
 * (policy page, updated 28 Sep 2026), plain 24 hours (its Markdown copy of 6 Oct 2026, and send-messages).
 */
export type AdWindow = '24 hours' | '7 days';

/** The actions that open a person's windows, in epoch ms by the person's clock. */
export interface WindowTimes {
  /** The last action that opens the standard window; missing when there was none. */
  readonly windowOpenedAt?: number;
  /** The first message after a click-to-message ad. */
  readonly adWindowOpenedAt?: number;
}

/** The state of the messaging window, as the page shows it; `closesAt` in epoch ms by the person's clock. */
export type WindowView =
  | { readonly state: 'never' }
  | { readonly state: 'open' | 'human_agent_only' | 'closed'; readonly closesAt: number };

/** Whether the Page may write without a tag, by the person's clock. */
export function isOpenAt(times: WindowTimes, now: number, adWindow: AdWindow): boolean {
  const closes = closingTimeOf(times, adWindow);
  return closes !== undefined && now < closes;
}

/** Whether the last action that opens a window is recent enough for HUMAN_AGENT and CUSTOMER_FEEDBACK. */
export function isWithinTaggedWindow(times: WindowTimes, now: number): boolean {
  return times.windowOpenedAt !== undefined && now < times.windowOpenedAt + TAGGED_WINDOW_MS;
}

/** The window's state for the page. */
export function windowView(times: WindowTimes, now: number, adWindow: AdWindow): WindowView {
  const closes = closingTimeOf(times, adWindow);
  if (closes === undefined) return { state: 'never' };
  if (now < closes) return { state: 'open', closesAt: closes };
  return { state: isWithinTaggedWindow(times, now) ? 'human_agent_only' : 'closed', closesAt: closes };
}

function closingTimeOf({ windowOpenedAt, adWindowOpenedAt }: WindowTimes, adWindow: AdWindow): number | undefined {
  if (windowOpenedAt === undefined) return undefined;
  const standard = windowOpenedAt + STANDARD_WINDOW_MS;
  if (adWindow === '24 hours' || adWindowOpenedAt === undefined) return standard;
  return Math.max(standard, adWindowOpenedAt + MAX_AD_WINDOW_MS);
}
