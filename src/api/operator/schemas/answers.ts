import { z } from 'zod';
import { HANDOFF_STATES, MAX_HANDBACK_NOTE_CHARS } from '../../../domain/handoff.ts';
import { LIMITS } from '../../../messenger/outbound/limits.ts';
import { runningSequence, time } from './common.ts';
import { savedReplyName } from './saved-replies.ts';

/** The longest text; longer than one message of Meta's, it goes out in parts. */
const MAX_TEXT_CHARS = 10_000;
const MAX_URL_CHARS = 2000;
const MAX_REASON_CHARS = 200;
const MAX_SILENT_MINUTES = 30 * 24 * 60;

const isGiven = (value: unknown) => value !== undefined;

const quickReplies = z
  .array(z.string().trim().min(1).max(LIMITS.quickReplyTitleChars))
  .max(LIMITS.quickReplies)
  .describe('Buttons under the message; a tap sends the title as a message of the person.');

const attachment = z
  .strictObject({
    type: z.enum(['image', 'video', 'audio', 'file']).describe('What it is.'),
    url: z
      .url({ protocol: /^https$/ })
      .max(MAX_URL_CHARS)
      .optional()
      .describe('Where Meta fetches it.'),
    attachmentId: z
      .string()
      .regex(/^\d{1,32}$/, 'It is no id of an upload, which is made of digits.')
      .optional()
      .describe('Or the id of an upload for the same Page.'),
  })
  .refine(({ url, attachmentId }) => (url === undefined) !== (attachmentId === undefined), {
    message: 'Give it a `url` or an `attachmentId`, and not both.',
  });

/** An operator's own words: a text, a saved reply, or a file that Meta fetches or has already. */
export const messageBody = z
  .strictObject({
    text: z.string().trim().min(1).max(MAX_TEXT_CHARS).optional().describe('The text.'),
    savedReply: savedReplyName
      .optional()
      .describe('The name of a saved reply, instead of the text; its placeholders are filled in now.'),
    attachment: attachment.optional().describe('A file, instead of the text.'),
    quickReplies: quickReplies.optional(),
    at: time
      .optional()
      .describe(
        "When it goes out, at most 30 days ahead; Meta's rules decide then, and who answers does not change. Default: now.",
      ),
  })
  .refine(({ text, savedReply, attachment: file }) => [text, savedReply, file].filter(isGiven).length === 1, {
    message: 'Give it a text, a saved reply or an attachment, and only one of them.',
  })
  .meta({ examples: [{ text: 'Mia here. How can I help?' }] });
/** An operator's own words. */
export type MessageBody = z.output<typeof messageBody>;

/** What became of a message. */
export const sentMessage = z
  .object({
    id: z.string().describe('The send id; GET …/messages has the message under it.'),
    status: z
      .enum(['sent', 'unknown', 'pending', 'scheduled'])
      .describe(
        '`sent`: Meta took it; `unknown`: it may have been delivered and is not sent again; `scheduled`: it goes out later; `pending`: it is tried until it has an outcome. Repeat the request with the same idempotency key to ask again.',
      ),
    messageId: z.string().nullable().describe("Meta's id of the message, if it is sent."),
    reason: z.string().nullable().describe('Why it is pending: a code of docs/errors.md.'),
  })
  .meta({ id: 'SentMessage', description: "What became of an operator's message." });
/** What became of a message. */
export type SentMessage = z.output<typeof sentMessage>;

/** The path of a message that goes out later. */
export const scheduledPath = z.object({
  id: z.string().max(300).describe('The conversation id.'),
  message: z.string().min(1).max(400).describe('The id of the message.'),
});

/** A message that does not go out. */
export const cancelledMessage = z
  .object({ status: z.literal('cancelled').describe('It does not go out.') })
  .meta({ id: 'CancelledMessage', description: 'A message that was to go out later, and does not.' });

/** Asks for the conversation. */
export const takeOverBody = z
  .strictObject({
    reason: z.string().trim().min(1).max(MAX_REASON_CHARS).optional().describe('Why, for plugins and logs.'),
    forMinutes: z
      .number()
      .int()
      .min(1)
      .max(MAX_SILENT_MINUTES)
      .optional()
      .describe('How long the bot is silent at most. Default: until the conversation is given back.'),
    force: z.boolean().optional().describe('Also from another operator who has it; needs the role `admin`.'),
  })
  .meta({ examples: [{ forMinutes: 30 }] })
  .nullish();

/** Hands the conversation back. */
export const giveBackBody = z
  .strictObject({
    note: z
      .string()
      .trim()
      .min(1)
      .max(MAX_HANDBACK_NOTE_CHARS)
      .optional()
      .describe('A word for the bot: plugins and the assistant get it. The person does not see it.'),
  })
  .nullish();

/** Gives the conversation to another operator. */
export const assignBody = z.strictObject({
  operator: z.string().min(1).max(64).describe('The name of the operator who answers from now on.'),
});

/** Who answers from now on. */
export const answererView = z
  .object({
    state: z.enum(HANDOFF_STATES).describe('Who answers.'),
    heldBy: z.string().nullable().describe('The name of the operator.'),
  })
  .meta({ id: 'Answerer', description: 'Who answers from now on.' });

/** The path of a sequence of one person. */
export const sequencePath = z.object({
  id: z.string().max(300).describe('The conversation id.'),
  name: z.string().min(1).max(200).describe('The name of the sequence.'),
});

/** Starts a sequence. */
export const startSequenceBody = z
  .strictObject({ data: z.unknown().optional().describe('What the sequence gets as `seq.data`.') })
  .nullish();

/** Stops a sequence. */
export const stopSequenceBody = z
  .strictObject({
    reason: z.string().trim().min(1).max(MAX_REASON_CHARS).optional().describe('Goes into the result of the run.'),
  })
  .nullish();

/** What became of a start. */
export const sequenceStart = z
  .object({
    status: z
      .enum(['started', 'already_running', 'already_ran', 'pending'])
      .describe('`already_ran`: it runs once per person; `pending`: repeat the request to ask again.'),
  })
  .meta({ id: 'SequenceStart', description: 'What became of the start of a sequence.' });

/** What became of a stop. */
export const sequenceStop = z
  .object({ status: z.literal('stopping').describe('It ends after the step that it is in.') })
  .meta({ id: 'SequenceStop', description: 'What became of the stop of a sequence.' });

/** The running sequences of one person. */
export const runningSequences = z
  .object({ items: z.array(runningSequence).describe('Those that are running.') })
  .meta({ id: 'RunningSequences', description: 'The running sequences of one person.' });
