/** Parts of several schemas of the operator API. */

import { z } from 'zod';
import { OPERATOR_ROLES } from '../../../domain/operator.ts';
import { PROBLEMS } from '../problem.ts';

/** A point in time in an answer. */
export const time = z.iso.datetime().meta({ description: 'ISO 8601, UTC', examples: ['2026-10-06T14:00:00.000Z'] });

/** The id of a Page. */
export const pageId = z.string().regex(/^\d{1,32}$/, 'It is no id of a Page, which is made of digits.');

/** The id in the path of one conversation. */
export const conversationPath = z.object({
  id: z
    .string()
    .max(300)
    .meta({
      description: 'The conversation id: `messenger:{pageId}:{psid}` or `instagram:{igId}:{igsid}`.',
      examples: ['messenger:104857600123456:6120459871230045'],
    }),
});

/** A running sequence of one person. */
export const runningSequence = z.object({
  name: z.string().describe('The name of the sequence.'),
  waitsFor: z.string().nullable().describe('What it waits for, in words; null while it works.'),
  until: time.nullable().describe("Until when at the latest, by the person's clock."),
});

/** How long a list may be. */
export const MAX_PAGE_LENGTH = 100;

/** The query fields of every list. */
export const pageQuery = {
  cursor: z.string().max(1000).optional().describe('`nextCursor` of the page before. Default: the first page.'),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_PAGE_LENGTH)
    .default(50)
    .describe(`The most items of a page, 1 to ${MAX_PAGE_LENGTH}. Default: 50.`),
};

/** The field of every list by which the next page is asked for. */
export const nextCursor = z.string().nullable().describe('Asks for the next page; null on the last one.');

/** A truth value in a query, where everything is text; callers need not know that. */
export const queryFlag = z
  .enum(['true', 'false'])
  .meta({ type: 'boolean', enum: undefined })
  .transform((text) => text === 'true');

/** A role of operators. */
export const role = z
  .enum(OPERATOR_ROLES)
  .describe('`viewer` reads, `agent` also answers, `admin` also repairs and reads the operator log.');

const problem = z
  .object({
    type: z.string().describe('`urn:everthread:error:{code}`'),
    title: z.string().describe('What happened, the same for every answer with this code.'),
    status: z.number().int().describe('The HTTP status.'),
    code: z
      .enum(Object.keys(PROBLEMS) as (keyof typeof PROBLEMS)[])
      .describe('The code, by which programs distinguish errors; docs/errors.md has them all.'),
    detail: z.string().describe('What happened this time, with which value.'),
    cure: z.string().describe('What to do.'),
    errors: z
      .array(
        z.object({
          field: z.string().describe('Which part is wrong: `query.limit`, `body.text`.'),
          message: z.string().describe('What is wrong with it.'),
        }),
      )
      .optional()
      .describe('Every part of the request that is wrong.'),
    heldBy: z.string().optional().describe('Who has the conversation, with `conversation_held`.'),
    since: time.nullable().optional().describe('Since when, with `conversation_held`; null: nobody knows.'),
    reason: z
      .string()
      .optional()
      .describe('Why, with `message_refused`, `message_failed` and `upload_failed`: a code of docs/errors.md.'),
    allowedAfter: z.string().optional().describe('What ends a refusal, with `message_refused`.'),
    missing: z
      .string()
      .optional()
      .describe('The placeholders without a value, with `saved_reply_incomplete`: `firstName, lastName`.'),
  })
  .meta({ id: 'Problem', description: 'An error in the form of RFC 9457.' });

/** An answer that is an error. */
export const problemResponse = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problem } },
});

/** The errors of every operation that needs a caller. */
export const problems = {
  400: problemResponse('The request has a mistake; `errors` names it.'),
  401: problemResponse('Nobody is logged in, or the token is refused.'),
  403: problemResponse('The role is missing, or a page of another origin sent the request.'),
  404: problemResponse('There is no such thing, or not on your Pages.'),
  429: problemResponse('Too many attempts failed, or too many streams are open; wait as long as `Retry-After` says.'),
  500: problemResponse('The api failed; its log has the reason.'),
  503: problemResponse('The store or Temporal cannot be reached, or no more streams are served; repeat the request.'),
};

/** The errors of every write, besides `problems`. */
export const writeProblems = {
  ...problems,
  409: problemResponse('The state does not allow it, or a request with the same key is in progress.'),
  413: problemResponse('The body is too large.'),
  415: problemResponse('The body is not JSON.'),
  422: problemResponse('The idempotency key belongs to another request.'),
};

/** The errors of an upload. */
export const uploadProblems = {
  ...writeProblems,
  413: problemResponse('The file is too large.'),
  415: problemResponse('Meta takes no such file, or it begins in another way than its kind does.'),
  429: problemResponse('Too many files are being uploaded, or too many attempts failed.'),
  504: problemResponse('Meta gave no answer; upload the file again.'),
};

/** The header by which a write that is sent twice happens once. */
export const writeHeaders = z.object({
  'idempotency-key': z
    .string()
    .optional()
    .describe('Repeats are answered as the first request was, for 24 hours. Take a new one for each request.'),
});
