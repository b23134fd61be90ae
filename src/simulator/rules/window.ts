import type { Person } from '../state/people.ts';

const HOUR = 60 * 60 * 1000;
/** From the person's last action that opens it until the Page may only write as a human agent. */
const STANDARD_WINDOW_MS = 24 * HOUR;
/** The same for a human agent's own words, and for a survey. */
const TAGGED_WINDOW_MS = 7 * 24 * HOUR;
/** From the first message after a click-to-message ad, for who reads Meta's policy page that way. */
const AD_WINDOW_MS = 7 * 24 * HOUR;

/**
 * How long the first message after a click-to-message ad opens the window. Meta contradicts itself: "up to 7 days"
 * (policy page, updated 28 Sep 2026), plain 24 hours (its Markdown copy of 6 Oct 2026, and send-messages).
 */
export type AdWindow = '24 hours' | '7 days';

export type WindowView =
  | { readonly state: 'never' }
  | { readonly state: 'open' | 'human_agent_only' | 'closed'; readonly closesAt: number };

/** Whether the Page may write freely, by the person's clock. */
export function isOpen(person: Person, now: number, adWindow: AdWindow): boolean {
  const closes = closesAt(person, adWindow);
  return closes !== undefined && now < closes;
}

/** Whether the last action that opens a window is recent enough for HUMAN_AGENT and CUSTOMER_FEEDBACK. */
export function isWithinTaggedWindow(person: Person, now: number): boolean {
  return person.windowOpenedAt !== undefined && now < person.windowOpenedAt + TAGGED_WINDOW_MS;
}

/** What the page shows of it. */
export function windowView(person: Person, now: number, adWindow: AdWindow): WindowView {
  const closes = closesAt(person, adWindow);
  if (closes === undefined) return { state: 'never' };
  if (now < closes) return { state: 'open', closesAt: closes };
  return { state: isWithinTaggedWindow(person, now) ? 'human_agent_only' : 'closed', closesAt: closes };
}

function closesAt({ windowOpenedAt, adWindowOpenedAt }: Person, adWindow: AdWindow): number | undefined {
  if (windowOpenedAt === undefined) return undefined;
  const standard = windowOpenedAt + STANDARD_WINDOW_MS;
  if (adWindow === '24 hours' || adWindowOpenedAt === undefined) return standard;
  return Math.max(standard, adWindowOpenedAt + AD_WINDOW_MS);
}
