import { z } from 'zod';
import { MAX_EXTERNAL_ID_CHARS, MAX_SYSTEM_CHARS, SYSTEM_PATTERN } from '../../../domain/external-id.ts';
import { MAX_TOPIC_NAME_CHARS } from '../../../domain/topic.ts';
import { MAX_TOPIC_KEY_CHARS } from '../../../outside-topics.ts';
import { pageId } from './common.ts';

const externalId = z
  .strictObject({
    system: z
      .string()
      .max(MAX_SYSTEM_CHARS)
      .regex(SYSTEM_PATTERN)
      .describe('The name of the system, as in `ctx.link`.'),
    id: z.string().min(1).max(MAX_EXTERNAL_ID_CHARS).describe('The id in that system, as in `ctx.link`.'),
    page: pageId.optional().describe('Only a person of this Page. Needed when people of several Pages have the id.'),
  })
  .describe('The person whom the bot has linked to this id.');

/** A topic for one person. */
export const topicBody = z.strictObject({
  to: z
    .union([z.string().max(300).describe('The conversation id.'), z.strictObject({ externalId })])
    .describe('For whom it is.'),
  topic: z.string().min(1).max(MAX_TOPIC_NAME_CHARS).describe('A topic that the bot declares in `topics`.'),
  data: z
    .unknown()
    .optional()
    .describe("Plain JSON, as the bot's schema of the topic wants it; at most 50,000 characters."),
  key: z
    .string()
    .min(1)
    .max(MAX_TOPIC_KEY_CHARS)
    .describe(
      'Names the occurrence: for 90 days, the same key for the same person is one topic, however often it is sent.',
    ),
});
/** A topic for one person. */
export type TopicBody = z.output<typeof topicBody>;

/** What became of a topic. */
export const topicEmission = z
  .object({
    conversation: z.string().describe('The conversation id of the person.'),
    status: z
      .enum(['emitted', 'pending'])
      .describe('`pending`: its turn has not come yet. Repeat the request with the same key to ask again.'),
    isRepeated: z.boolean().describe('Whether the key was emitted before, so that nothing happened now.'),
  })
  .meta({ id: 'TopicEmission', description: 'What became of a topic.' });
