/** The invented Page, its invented secrets, and as many people as wanted. */

export const PAGE_ID = '104857600123456';
export const APP_SECRET = 'bench-app-secret-0123456789abcdef';
export const VERIFY_TOKEN = 'bench-verify-token';
export const ACCESS_TOKEN = 'bench-page-access-token-0123456789';

const FIRST_PSID = 6120459871230045;

export function psidOf(person: number): string {
  return String(FIRST_PSID + person);
}
