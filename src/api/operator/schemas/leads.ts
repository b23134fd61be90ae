import { z } from 'zod';
import { nextCursor, pageId, pageQuery, time } from './common.ts';

const delivery = z
  .enum(['pending', 'delivered', 'given_up', 'dropped'])
  .describe('Whether the webhook for leads took it; `dropped`: it is not to be delivered any more.');

/** Which leads to list. */
export const leadsQuery = z.strictObject({
  ...pageQuery,
  form: z.string().min(1).max(200).optional().describe('Only leads of this form.'),
  since: z.iso.datetime().optional().describe('Only leads since then.'),
  page: pageId.optional().describe('Only leads of this Page.'),
  delivery: delivery.optional(),
});

/** A page of leads. */
export const leadList = z
  .object({
    items: z
      .array(
        z.object({
          id: z.string().describe('The id of the lead.'),
          conversation: z.string().describe('The conversation in which it was left.'),
          name: z.string().nullable().describe("The person's name, as Meta tells it."),
          form: z.string().describe('The name of the form.'),
          fields: z.record(z.string(), z.string()).describe('The answers, by field.'),
          consent: z
            .object({
              text: z.string().describe('The words that the person saw.'),
              given: z.enum(['told', 'agreed']).describe('Whether they were told, or agreed.'),
              at: time.describe('When.'),
            })
            .nullable()
            .describe('What the person was told or agreed to.'),
          at: time.describe('When it was left.'),
          delivery,
          attempts: z.number().int().describe('How often it was posted to the webhook for leads.'),
          trouble: z.string().nullable().describe('Why the last attempt failed.'),
        }),
      )
      .describe('The leads, oldest first.'),
    nextCursor,
  })
  .meta({ id: 'LeadList', description: 'Leads that people left in forms.' });

/** Which leads to deliver again, or to drop. */
export const givenUpBody = z.strictObject({
  ids: z.array(z.string().min(1).max(500)).min(1).max(500).describe('Ids of leads, as the list has them.'),
});

/** What became of them. */
export const givenUpChanged = z
  .object({ changed: z.array(z.string()).describe('The ids that were given up, and on your Pages.') })
  .meta({ id: 'GivenUpLeadsChanged', description: 'Which leads were given up; others are left alone.' });
