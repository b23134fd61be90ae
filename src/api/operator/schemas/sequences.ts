import { z } from 'zod';
import { nextCursor, pageId, pageQuery, time } from './common.ts';

/** The path of one sequence of the bot. */
export const sequenceNamePath = z.object({ name: z.string().min(1).max(200).describe('The name of the sequence.') });

/** Of which Page to count runs. */
export const sequencesQuery = z.strictObject({ page: pageId.optional().describe('Only people of this Page.') });

/** Whose runs to list. */
export const sequenceRunsQuery = z.strictObject({
  ...pageQuery,
  page: pageId.optional().describe('Only people of this Page.'),
});

const running = z.number().int().describe('How many people run it now.');

/** The sequences of the bot. */
export const sequenceList = z
  .object({
    items: z
      .array(z.object({ name: z.string().describe('The name of the sequence, or of the broadcast.'), running }))
      .describe('Those of the bot of the worker that started last, in its order.'),
  })
  .meta({ id: 'SequenceList', description: 'The sequences of the bot, those of its broadcasts included.' });

/** Who runs a sequence. */
export const sequenceRuns = z
  .object({
    running,
    items: z
      .array(
        z.object({
          conversation: z.string().describe('The conversation id.'),
          name: z.string().nullable().describe("The person's name; null as long as Meta does not tell it."),
          startedAt: time.describe('Since when they run it.'),
        }),
      )
      .describe('The people who run it now. Temporal lists a change after some seconds.'),
    nextCursor,
  })
  .meta({ id: 'SequenceRuns', description: 'Who runs a sequence.' });
