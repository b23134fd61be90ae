import { z } from 'zod';

/** Whether the operator types. */
export const typingBody = z.strictObject({ on: z.boolean().describe('Whether you type; `false` ends it.') });

/** What the operator does in the conversation. */
export const presenceBody = z.strictObject({
  state: z
    .enum(['looking', 'typing', 'gone'])
    .describe('`looking` and `typing` end 30 seconds after they were said last: repeat them every 15 seconds.'),
});

/** Which operators are in a conversation. */
export const presentOperators = z
  .array(
    z.object({
      name: z.string().describe('The name of the operator; yours too.'),
      state: z.enum(['looking', 'typing']).describe('What they do.'),
    }),
  )
  .describe('The operators who look at the conversation now, by name.');

/** Who is in a conversation. */
export const presenceView = z
  .object({ operators: presentOperators })
  .meta({ id: 'Presence', description: 'Which operators look at a conversation now.' });

/** Whether a sender action reached Meta. */
export const shownAction = z
  .object({
    shown: z.boolean().describe('Whether Meta took it.'),
    reason: z.string().nullable().describe('Why it is not shown, in words.'),
  })
  .meta({ id: 'ShownAction', description: 'Whether the person is shown what an operator does.' });
