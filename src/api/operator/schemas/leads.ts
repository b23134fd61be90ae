import { z } from 'zod';
import { nextCursor, pageId, pageQuery, time } from './common.ts';

const filter = {
  form: z.string().min(1).max(200).optional().describe('Only leads of this form.'),
  since: z.iso.datetime().optional().describe('Only leads since then.'),
  page: pageId.optional().describe('Only leads of this Page.'),
  conversation: z.string().max(300).optional().describe('Only leads of this person: a conversation id.'),
};

/** Which leads to list. */
export const leadsQuery = z.strictObject({
  ...pageQuery,
  ...filter,
  order: z.enum(['oldest', 'newest']).default('oldest').describe('Which come first. Default: the oldest.'),
});

/** Which leads to download. */
export const leadsCsvQuery = z.strictObject(filter);

/** The file. */
export const leadsCsv = {
  description: 'All leads that match, oldest first, as CSV (RFC 4180) in which a spreadsheet executes no formula.',
  content: {
    'text/csv': { schema: z.string().describe('A line for the names of the columns, and one for each lead.') },
  },
};

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
        }),
      )
      .describe('The leads, oldest first unless `order` says otherwise.'),
    nextCursor,
  })
  .meta({ id: 'LeadList', description: 'Leads that people left in forms.' });
