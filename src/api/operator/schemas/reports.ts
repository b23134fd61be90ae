import { z } from 'zod';
import { pageId } from './common.ts';

/** Which people to count in funnels. */
export const funnelsQuery = z.strictObject({
  since: z.iso.datetime().optional().describe('Only people who entered the funnel since then. Default: all.'),
  page: pageId.optional().describe('Only people of this Page.'),
});

/** Funnels by step. */
export const funnelList = z
  .object({
    items: z
      .array(
        z.object({
          funnel: z.string().describe('The name of the funnel.'),
          step: z.string().describe('The name of the step.'),
          people: z.number().int().describe('How many people reached the step.'),
          last: z.number().int().describe('How many of them reached no later step.'),
          afterMs: z.number().int().describe('Average time from entering the funnel to this step, ms.'),
        }),
      )
      .describe('By funnel, the steps in the order in which they are reached on average.'),
  })
  .meta({ id: 'FunnelList', description: 'How many people reached each step of each funnel.' });

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'It is no day such as 2026-10-06.');
/** The most days of one answer. */
export const MAX_NUMBER_DAYS = 92;

/** Which days to count. */
export const numbersQuery = z.strictObject({
  from: day.describe('The first day, UTC: 2026-10-01.'),
  to: day.describe(`The last day, UTC; at most ${MAX_NUMBER_DAYS} days.`),
  page: pageId.optional().describe('Only this Page.'),
});

const count = z.number().int();
const waitTimes = z
  .object({
    answered: count.describe('How many waits were answered.'),
    p50Ms: count.describe('Half of them within this time, ms.'),
    p95Ms: count.describe('95 % of them within this time, ms.'),
  })
  .nullable();

/** Numbers per day and Page. */
export const numberList = z
  .object({
    items: z
      .array(
        z.object({
          day: z.string().describe('The day, UTC.'),
          page: z.string().describe('The id of the Page.'),
          messages: z
            .object({
              person: count.describe('Messages of people.'),
              bot: count.describe('Messages of the bot that Meta took.'),
              operator: count.describe("Messages of operators, those in Meta's inbox included."),
              otherApp: count.describe('Messages of other apps of the Page.'),
            })
            .describe('Messages of the transcript by author, on the day on which they were said; unsent ones count.'),
          firstReply: z
            .object({
              bot: waitTimes.describe('The first message of the bot; null: it answered none.'),
              operator: waitTimes.describe('The first message of an operator; null: they answered none.'),
            })
            .describe(
              'A question is a message of a person that follows none of theirs on these days; its first reply comes before their next question, on whatever day.',
            ),
          answeredBy: z
            .record(z.string(), count)
            .describe(
              'Questions that the bot answered, by what of it did first: `plugin faq`, `sequence spring-offer`, `the fallback`.',
            ),
          unanswered: count.describe('Questions of the day that neither the bot nor an operator has answered by now.'),
          handoffs: z
            .object({
              answered: waitTimes.describe('Until an operator took the conversation; null: none did.'),
              waiting: count.describe('People who still wait.'),
              leftToBot: count.describe('People who waited until the bot went on: no operator came.'),
            })
            .describe('People who began to wait for an operator on the day.'),
          sequenceSteps: z
            .array(
              z.object({
                sequence: z.string().describe('The name of the sequence.'),
                step: count.describe('Which of its messages, counted from 1 in each run.'),
                people: count.describe('How many people got it.'),
              }),
            )
            .describe('Messages of sequences that Meta took on the day.'),
          refused: z
            .record(z.string(), count)
            .describe('Sends that the policy or Meta refused, by reason, on the day on which they were recorded.'),
          leads: count.describe('Leads that were left on the day.'),
        }),
      )
      .describe('By day, then by Page; days without anything are left out.'),
  })
  .meta({ id: 'NumberList', description: 'Numbers per day and Page, computed from what is stored.' });
