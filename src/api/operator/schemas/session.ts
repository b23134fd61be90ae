import { z } from 'zod';
import { DEMO_OPERATORS } from '../../../domain/operator.ts';
import { pageId, role } from './common.ts';

/** The body of a login. */
export const loginBody = z.strictObject({
  name: z.string().min(1).max(200).describe('The name of the operator, in any case.'),
  password: z.string().min(1).max(1000).describe('Their password.'),
});

/** Whether a demo login is offered. */
export const demoOffer = z
  .object({
    offered: z.boolean().describe('Whether `POST /session/demo` logs you in.'),
    names: z.array(z.enum(DEMO_OPERATORS)).describe('As whom.'),
  })
  .meta({
    id: 'DemoOffer',
    description: 'Whether somebody may log in without a password: with `everthread dev`, on the same machine.',
  });

/** As whom to log in without a password. */
export const demoBody = z
  .strictObject({ name: z.enum(DEMO_OPERATORS).optional().describe('Default: `Demo`.') })
  .nullish();

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
