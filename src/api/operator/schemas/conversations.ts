import { z } from 'zod';
import { HANDOFF_STATES } from '../../../domain/handoff.ts';
import { MAX_TAG_CHARS } from '../../../domain/tags.ts';
import { nextCursor, pageId, pageQuery, queryFlag, time } from './common.ts';

const DAY_MINUTES = 24 * 60;

/** Which conversations to list. */
export const conversationsQuery = z.strictObject({
  ...pageQuery,
  state: z
    .enum(HANDOFF_STATES)
    .optional()
    .describe('Only conversations in this state; `waiting` without those that are snoozed.'),
  snoozed: queryFlag.optional().describe('Only conversations that are snoozed, or only those that are not.'),
  page: pageId.optional().describe('Only conversations with this Page.'),
  channel: z.enum(['messenger', 'instagram']).optional().describe('Only conversations on this channel.'),
  tag: z.string().min(1).max(MAX_TAG_CHARS).optional().describe('Only people with this tag, as it is written.'),
  search: z
    .string()
    .trim()
    .min(2)
    .max(100)
    .optional()
    .describe(
      'A part of the name, or of one of the 20,000 newest messages, or the whole id; `%` and `_` stand for themselves. With encryption the whole id alone: else 409 `search_encrypted`.',
    ),
  unread: queryFlag.optional().describe('Whether the person did something after an operator last looked.'),
  windowClosingWithin: z.coerce
    .number()
    .int()
    .min(1)
    .max(DAY_MINUTES)
    .optional()
    .describe('Only conversations whose 24-hour window for the bot closes within so many minutes.'),
  operator: z.string().min(1).max(64).optional().describe('Only conversations that this operator holds.'),
  since: z.iso.datetime().optional().describe('Only people whose last message or tap was then, or later.'),
  until: z.iso.datetime().optional().describe('Only people whose last message or tap was before then.'),
  activeOn: z.iso.date().optional().describe('Only people who wrote on this day, UTC: `2026-10-06`.'),
});

const lastLine = z.object({
  author: z.enum(['person', 'bot', 'operator', 'other_app']).describe('Who wrote it.'),
  text: z.string().nullable().describe('Its text; null for a message without one.'),
  attachments: z.array(z.string()).describe("The types of its attachments, in Meta's words."),
  at: time.describe('When it was said.'),
});

/** What every view of a conversation has. */
export const conversationFields = {
  id: z.string().describe('The conversation id; the id of its workflow in Temporal as well.'),
  name: z.string().nullable().describe('First and last name; null as long as Meta does not tell them.'),
  page: pageId.describe('The id of the Page, or of the Instagram account.'),
  channel: z.enum(['messenger', 'instagram']).describe('Where the person writes.'),
  state: z
    .enum(HANDOFF_STATES)
    .describe(
      '`waiting`: the bot handed over and nobody has taken it; `operator`: an operator answers; `bot`: the bot does.',
    ),
  heldBy: z.string().nullable().describe('The operator who holds it; null for none, or somebody outside everthread.'),
  reason: z.string().nullable().describe('Why the bot does not answer.'),
  waitingSince: time.nullable().describe('Since when the person waits for an operator.'),
  botAnswersAt: time.nullable().describe('When the bot answers again by itself; null: when it is given back.'),
  snoozedUntil: time
    .nullable()
    .describe('An operator snoozed it until then, or until the person does something; null: nobody did.'),
  windowClosesAt: time.nullable().describe('When the 24-hour window closes for the bot; null: it never opened.'),
  tags: z.array(z.string()).describe('The tags of the person.'),
  unread: z.boolean().describe('Whether the person did something after an operator last looked.'),
};

/** A conversation in the list. */
export const conversationSummary = z
  .object({
    ...conversationFields,
    lastActionAt: time.nullable().describe('When the person last wrote or tapped; the list is sorted by it.'),
    lastLine: lastLine.nullable().describe('The newest message; null when none is stored.'),
  })
  .meta({ id: 'ConversationSummary', description: 'A conversation in the list.' });
/** A conversation in the list. */
export type ConversationSummary = z.output<typeof conversationSummary>;

/** A page of the list. */
export const conversationList = z
  .object({ items: z.array(conversationSummary).describe('The conversations of this page.'), nextCursor })
  .meta({
    id: 'ConversationList',
    description:
      'People who wait for an operator first, the longest wait on top; then by their latest message or tap, the newest on top.',
  });
