import type { Person } from './people.ts';

const HOUR = 60 * 60 * 1000;
/** From the person's last action until the Page may only write as a human agent. */
export const STANDARD_WINDOW_MS = 24 * HOUR;
/** The same for a human agent's own words. */
export const HUMAN_AGENT_WINDOW_MS = 7 * 24 * HOUR;

export type WindowView =
  | { readonly state: 'never' }
  | { readonly state: 'open' | 'human_agent_only' | 'closed'; readonly closesAt: number };

/** Whether the person did something within the last `lengthMs`, by their own clock. */
export function isWithin(person: Person, now: number, lengthMs: number): boolean {
  return person.windowOpenedAt !== undefined && now < person.windowOpenedAt + lengthMs;
}

/** What the page shows of it. */
export function windowView(person: Person, now: number): WindowView {
  if (person.windowOpenedAt === undefined) return { state: 'never' };
  const closesAt = person.windowOpenedAt + STANDARD_WINDOW_MS;
  if (isWithin(person, now, STANDARD_WINDOW_MS)) return { state: 'open', closesAt };
  if (isWithin(person, now, HUMAN_AGENT_WINDOW_MS)) return { state: 'human_agent_only', closesAt };
  return { state: 'closed', closesAt };
}
