import { z } from 'zod';
import { pageId, role } from './common.ts';

/** The body of a login. */
export const loginBody = z.strictObject({
  name: z.string().min(1).max(200).describe('The name of the operator, in any case.'),
  password: z.string().min(1).max(1000).describe('Their password.'),
});

/** Who is logged in. */
export const sessionView = z
  .object({
    name: z.string().describe('The name of the operator.'),
    role,
    pages: z.array(pageId).nullable().describe('The Pages whose conversations they see; null: all.'),
  })
  .meta({ id: 'Session', description: 'Who is logged in.' });
/** Who is logged in. */
export type SessionView = z.output<typeof sessionView>;
