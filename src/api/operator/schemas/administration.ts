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
    nextCursor,
  })
  .meta({ id: 'DeadEventList', description: 'Inbound events that Temporal rejected for good, without their content.' });

/** Which dead events to retry or drop. */
export const deadEventsBody = z.strictObject({
  ids: z.array(z.number().int().positive()).min(1).max(500).describe('Inbox ids, as the list has them.'),
});

/** What became of dead events. */
export const deadEventsChanged = z
  .object({ changed: z.array(z.number().int()).describe('The ids that were dead, and on your Pages.') })
  .meta({ id: 'DeadEventsChanged', description: 'Which events were dead; others are left alone.' });

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
          conversation: z.string().nullable().describe('The conversation that was meant.'),
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
