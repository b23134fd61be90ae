import { z } from 'zod';

/** Whether the operator types. */
export const typingBody = z.strictObject({ on: z.boolean().describe('Whether you type; `false` ends it.') });

/** Whether a sender action reached Meta. */
export const shownAction = z
  .object({
    shown: z.boolean().describe('Whether Meta took it.'),
    reason: z.string().nullable().describe('Why it is not shown, in words.'),
  })
  .meta({ id: 'ShownAction', description: 'Whether the person is shown what an operator does.' });
