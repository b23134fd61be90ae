import { z } from 'zod';
import { MAX_SAVED_REPLY_CHARS, PLACEHOLDERS, savedReplyMistake } from '../../../domain/saved-reply.ts';
import { nextCursor, pageId, pageQuery } from './common.ts';

/** The longest name of a saved reply. */
const MAX_NAME_CHARS = 50;
const KNOWN = PLACEHOLDERS.map((name) => `\`{{${name}}}\``).join(', ');

/** The name of a saved reply. */
export const savedReplyName = z.string().trim().min(1).max(MAX_NAME_CHARS);

const text = z
  .string()
  .trim()
  .min(1)
  .max(MAX_SAVED_REPLY_CHARS)
  .superRefine((value, context) => {
    const message = savedReplyMistake(value);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  })
  .describe(
    `The text. Placeholders are ${KNOWN}, with a fallback for people of whom it is not known: \`{{firstName|there}}\`.`,
  );

/** What is saved of a reply. */
export const savedReplyBody = z.strictObject({
  name: savedReplyName.describe('The name by which operators choose it; unique for its Page, whatever its case.'),
  page: pageId.nullish().describe('The Page on which it can be used. Default: all Pages.'),
  text,
});

/** The path of one saved reply. */
export const savedReplyPath = z.object({ replyId: z.string().max(100).describe('The id of the saved reply.') });

/** Which saved replies to list. */
export const savedRepliesQuery = z.strictObject({
  ...pageQuery,
  page: pageId.optional().describe('Only those that can be used on this Page.'),
});

/** A saved reply. */
export const savedReplyView = z
  .object({
    id: z.string().describe('The id of the saved reply.'),
    name: z.string().describe('The name by which operators choose it.'),
    page: pageId.nullable().describe('The Page on which it can be used; null: all.'),
    text: z.string().describe('The text with its placeholders.'),
  })
  .meta({ id: 'SavedReply', description: 'A text that operators send again and again.' });
/** A saved reply. */
export type SavedReplyView = z.output<typeof savedReplyView>;

/** A page of saved replies. */
export const savedReplyList = z
  .object({ items: z.array(savedReplyView).describe('The replies by name.'), nextCursor })
  .meta({ id: 'SavedReplyList', description: 'Texts that operators send again and again.' });

/** The saved replies of one conversation, as they would be sent. */
export const renderedReplies = z
  .object({
    items: z
      .array(
        z.object({
          name: z.string().describe('The name, for `savedReply` of a message.'),
          text: z.string().nullable().describe('The text that would be sent now; null: something is missing.'),
          missing: z.array(z.enum(PLACEHOLDERS)).describe('Placeholders without a value and without a fallback.'),
        }),
      )
      .describe('The replies by name; one of the Page hides one of all Pages with the same name.'),
    nextCursor,
  })
  .meta({ id: 'RenderedReplies', description: 'Saved replies as this person would get them.' });

/** Which part of the rendered replies to read. */
export const renderedRepliesQuery = z.strictObject(pageQuery);
