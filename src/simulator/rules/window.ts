const MS_PER_HOUR = 60 * 60 * 1000;
/** From the person's last action that opens it until the Page may only write as a human agent. */
const STANDARD_WINDOW_MS = 24 * MS_PER_HOUR;
/** The same for a human agent's own words, and for a survey. */
const TAGGED_WINDOW_MS = 7 * 24 * MS_PER_HOUR;
/** From the first message after a click-to-message ad, for who reads Meta's policy page that way. */
const MAX_AD_WINDOW_MS = 7 * 24 * MS_PER_HOUR;

/**
 * How long the first message after a click-to-message ad opens the window. Meta contradicts itself: "up to 7 days"
 * (policy page, updated 28 Sep 2026), plain 24 hours (its Markdown copy of 6 Oct 2026, and send-messages).
 */
export type AdWindow = '24 hours' | '7 days';

/** What the windows of one person are reckoned from, by the person's clock in epoch ms. */
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

/** Whether the Page may write freely, by the person's clock. */
export function isWindowOpen(times: WindowTimes, now: number, adWindow: AdWindow): boolean {
  const closes = windowClosesAt(times, adWindow);
  return closes !== undefined && now < closes;
}

/** Whether the last action that opens a window is recent enough for HUMAN_AGENT and CUSTOMER_FEEDBACK. */
export function isWithinTaggedWindow(times: WindowTimes, now: number): boolean {
  return times.windowOpenedAt !== undefined && now < times.windowOpenedAt + TAGGED_WINDOW_MS;
}

/** What the page shows of it. */
export function windowView(times: WindowTimes, now: number, adWindow: AdWindow): WindowView {
  const closes = windowClosesAt(times, adWindow);
  if (closes === undefined) return { state: 'never' };
  if (now < closes) return { state: 'open', closesAt: closes };
  return { state: isWithinTaggedWindow(times, now) ? 'human_agent_only' : 'closed', closesAt: closes };
}

function windowClosesAt({ windowOpenedAt, adWindowOpenedAt }: WindowTimes, adWindow: AdWindow): number | undefined {
  if (windowOpenedAt === undefined) return undefined;
  const standard = windowOpenedAt + STANDARD_WINDOW_MS;
  if (adWindow === '24 hours' || adWindowOpenedAt === undefined) return standard;
  return Math.max(standard, adWindowOpenedAt + MAX_AD_WINDOW_MS);
}
