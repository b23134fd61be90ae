/** The invented Page, its secrets, and the ids of people. */

export const PAGE_ID = '104857600123456';
export const APP_SECRET = 'bench-app-secret-0123456789abcdef';
export const VERIFY_TOKEN = 'bench-verify-token';
export const ACCESS_TOKEN = 'bench-page-access-token-0123456789';

/** The two sides of the comparison. */
export type Side = 'everthread' | 'bare';

/** The two sides have different people. */
const FIRST_PSID: Record<Side, number> = { everthread: 6120459871230045, bare: 6120459872230045 };

/** The PSID of a person, who is known by a number from 0. */
export function psidOf(to: Side, person: number): string {
  return String(FIRST_PSID[to] + person);
}
