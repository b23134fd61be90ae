/** The invented Page, its secrets, and the ids of people. */

export const PAGE_ID = '104857600123456';
export const APP_SECRET = 'bench-app-secret-0123456789abcdef';
export const VERIFY_TOKEN = 'bench-verify-token';
export const ACCESS_TOKEN = 'bench-page-access-token-0123456789';

/**
 * The sides of the comparison. `bare` is the bare loop with the SDK's defaults; `tuned` is the same loop in everthread's
 * workflow threads (`src/temporal/workflow-thread`), as one could have it without everthread.
 */
export const SIDES = ['everthread', 'bare', 'tuned'] as const;

/** One side of the comparison. */
export type Side = (typeof SIDES)[number];

/** Each side has people of its own. */
const FIRST_PSID: Record<Side, number> = {
  everthread: 6120459871230045,
  bare: 6120459872230045,
  tuned: 6120459873230045,
};

/** The PSID of a person, who is known by a number from 0. */
export function psidOf(to: Side, person: number): string {
  return String(FIRST_PSID[to] + person);
}
