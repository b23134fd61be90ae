import { z } from 'zod';
import { nextCursor, pageId, pageQuery, time } from './common.ts';

/** Which dead events to list. */
export const deadEventsQuery = z.strictObject({
  ...pageQuery,
  page: pageId.optional().describe('Only events of this Page.'),
});

/** A page of dead events. */
export const deadEventList = z
  .object({
    items: z
      .array(
        z.object({
          id: z.number().int().describe('The inbox id.'),
          conversation: z.string().nullable().describe('The conversation that never got it.'),
          kind: z.string().describe('The kind of event.'),
          at: time.describe("When it happened, by Meta's clock."),
          receivedAt: time.describe('When its webhook was stored.'),
          reason: z.string().describe("Temporal's reason for rejecting it."),
        }),
      )
      .describe('The events in the order in which they were received, the newest last.'),
    workflows: z
      .array(
        z.object({
          id: z.string().describe('The workflow id.'),
          conversation: z.string().nullable().describe('The conversation that it is, or of its sequence.'),
          build: z.string().describe('A hash of the bot that it ran: another build runs it again.'),
          strikes: z.number().int().describe('How many workers it ended, or held up, in a row.'),
          reason: z.enum(['process_died', 'stuck']).describe('What happened to the last of them.'),
          words: z.string().describe('The same in words.'),
          at: time.describe('When the last of them ended.'),
        }),
      )
      .describe('Quarantined workflows, the latest last; only with the first page.'),
    nextCursor,
  })
  .meta({
    id: 'DeadEventList',
    description:
      'Inbound events that Temporal rejected for good, without their content, and workflows that no worker runs because they ended workers.',
  });

const inboxIds = z.array(z.number().int().positive()).min(1).max(500).describe('Inbox ids, as the list has them.');

/** Which dead events to drop. */
export const dropBody = z.strictObject({ ids: inboxIds });

/** Which dead events and quarantined workflows to retry. */
export const retryBody = z
  .strictObject({
    ids: inboxIds.optional(),
    workflows: z
      .array(z.string().min(1).max(500))
      .min(1)
      .max(500)
      .optional()
      .describe('Workflow ids, as the list has them.'),
  })
  .refine(({ ids, workflows }) => ids !== undefined || workflows !== undefined, {
    message: 'Name ids, workflows, or both.',
  });

const changed = z.array(z.number().int()).describe('The ids that were dead, and on your Pages.');

/** What became of dropped events. */
export const deadEventsDropped = z
  .object({ changed })
  .meta({ id: 'DeadEventsDropped', description: 'Which events were dead; others are left alone.' });

/** What became of a retry. */
export const deadEventsRetried = z
  .object({
    changed,
    released: z.array(z.string()).describe('The workflows that were quarantined, and on your Pages.'),
  })
  .meta({ id: 'DeadEventsRetried', description: 'What was dead or quarantined; others are left alone.' });

/** Which lines of the operator log to list. */
export const operatorLogQuery = z.strictObject(pageQuery);

/** A page of the operator log. */
export const operatorLogList = z
  .object({
    items: z
      .array(
        z.object({
          id: z.number().int().describe('The number of the line.'),
          operator: z.string().describe('Who.'),
          interface: z.enum(['desk', 'api', 'cli']).describe('With what.'),
          action: z.string().describe('The id of the operation, as in /docs.'),
          conversation: z.string().nullable().describe('The conversation that was meant, if there is one.'),
          at: time.describe('When.'),
          status: z
            .number()
            .int()
            .nullable()
            .describe('How it was answered; null: the process ended first, so that it may or may not have happened.'),
        }),
      )
      .describe('The lines, newest first.'),
    nextCursor,
  })
  .meta({ id: 'OperatorLogList', description: 'Every write of an operator, refused ones included; never a text.' });
