import type { Session } from '../desk-context.ts';

/** What each role may do, in words. */
export const ROLES: Readonly<Record<Session['role'], string>> = {
  viewer: 'Read (viewer)',
  agent: 'Read and answer (agent)',
  admin: 'Everything (admin)',
};
