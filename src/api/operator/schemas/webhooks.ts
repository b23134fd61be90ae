import { z } from 'zod';
import { DESTINATION_FORMATS, MAX_TOPIC_PATTERNS } from '../../../domain/outgoing-event.ts';
import { nextCursor, pageId, pageQuery, time } from './common.ts';

const name = z
  .string()
  .max(50)
  .meta({ description: 'The name of the destination.', examples: ['crm'] });
const format = z
  .enum(DESTINATION_FORMATS)
  .describe('`standard`: signed, as Standard Webhooks has it; `slack`: a message for an incoming webhook of Slack.');
const topics = z
  .array(z.string().max(200))
  .max(MAX_TOPIC_PATTERNS)
  .describe('Topics: a name, a name with `.*` at its end, or `*` alone for all.');

/** The name in the path of one destination. */
export const webhookPath = z.object({ name });

/** A destination to add. */
export const webhookBody = z.strictObject({
  name: z.string().max(200).describe('A name for it: lower-case letters, digits and hyphens.'),
  url: z.string().max(5000).describe('Its address: `https://`, or `http://` within a private network.'),
  topics,
  format: format.default('standard'),
  pages: z
    .array(pageId)
    .min(1)
    .max(1000)
    .optional()
    .describe('Only events of these Pages. Default: of all that you see.'),
});

const view = {
  name,
  host: z.string().describe('The host of its address. The rest may be a secret, and is not told.'),
  format,
  topics,
  pages: z.array(pageId).nullable().describe('The Pages whose events it gets; null: all.'),
  createdAt: time.describe('When it was added.'),
  disabled: z
    .object({ at: time.describe('Since when.'), reason: z.string().describe('Why.') })
    .nullable()
    .describe('Set while nothing is posted to it.'),
};

/** All destinations. */
export const webhookList = z
  .object({
    items: z
      .array(
        z.object({
          ...view,
          pending: z.number().int().describe('Events that wait for it.'),
          dead: z.number().int().describe('Events that were given up.'),
          trouble: z.string().nullable().describe('Why the last try of an event that waits failed.'),
        }),
      )
      .describe('The destinations, by name.'),
  })
  .meta({ id: 'WebhookList', description: 'Where events are posted to.' });

/** A destination that was added. */
export const webhookAdded = z
  .object({
    ...view,
    secret: z
      .string()
      .nullable()
      .describe(
        'Verifies signatures, and is told this once; null: posts are not signed, or the request is a repetition: rotate the secret if the first answer is lost.',
      ),
  })
  .meta({ id: 'WebhookAdded', description: 'A new destination, with its secret.' });

/** A new secret. */
export const webhookSecret = z
  .object({
    secret: z
      .string()
      .nullable()
      .describe('The new secret, told this once; null for a repetition: rotate again if the first answer is lost.'),
    previousUntil: time.describe('Until when the secret before signs too.'),
  })
  .meta({ id: 'WebhookSecret', description: 'The new secret of a destination.' });

/** Which dead events to list. */
export const deadWebhooksQuery = z.strictObject({
  ...pageQuery,
  destination: name.optional().describe('Only those of this destination.'),
});

/** A page of events that were given up. */
export const deadWebhookList = z
  .object({
    items: z
      .array(
        z.object({
          id: z.number().int().describe('Its id, for retry and drop.'),
          destination: name,
          webhookId: z.string().describe('The header `webhook-id`.'),
          topic: z.string().describe('What happened.'),
          conversation: z.string().nullable().describe('The person it is about.'),
          page: z.string().describe('The Page, or the Instagram account.'),
          at: time.describe("When it happened, by the person's clock."),
          attempts: z.number().int().describe('How often it was posted.'),
          trouble: z.string().describe('Why the last try failed.'),
          deadSince: time.describe('When it was given up.'),
        }),
      )
      .describe('The events in the order in which they were stored, without their data.'),
    nextCursor,
  })
  .meta({ id: 'DeadWebhookList', description: 'Events that a destination never took.' });

/** Which events that were given up to post again, or to remove. */
export const deadWebhooksBody = z.strictObject({
  ids: z.array(z.number().int().positive()).min(1).max(500).describe('Ids, as the list has them.'),
});

/** What became of them. */
export const deadWebhooksChanged = z
  .object({
    changed: z.array(z.number().int()).describe('The ids that were given up, and of destinations of your Pages.'),
  })
  .meta({ id: 'DeadWebhooksChanged', description: 'Which events were dead; others are left alone.' });
