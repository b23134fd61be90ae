/** Errors of the operator API: one table of codes, and the form in which they are answered (RFC 9457). */

import type { FastifyReply } from 'fastify';
import type { OperatorApiError } from '../../domain/error-codes.ts';
import { OPERATOR_PROBLEMS } from './operator-problems.ts';
import { SEND_PROBLEMS, type ProblemKind } from './send-problems.ts';

/** Errors of other places that are answers here too, with the sentence of the error as `detail`. */
export const SHARED_CODES = [
  'broadcast_unknown',
  'broadcast_running',
  'broadcast_not_running',
  'broadcast_not_scheduled',
  'operator_name_invalid',
  'operator_exists',
  'operator_unknown',
  'operator_needed',
  'operator_token_unknown',
  'password_weak',
  'encryption_key_missing',
  'encryption_unreadable',
] as const;
/** The code of an answer that is an error. */
export type ProblemCode = OperatorApiError | 'store_unavailable' | (typeof SHARED_CODES)[number];

/** The codes of the operator API; `docs/errors.md` has the same rows. */
export const PROBLEMS: Readonly<Record<ProblemCode, ProblemKind>> = {
  not_authenticated: {
    status: 401,
    title: 'Nobody is logged in.',
    cure: 'Log in with POST /api/v1/session, or send "Authorization: Bearer" with a token from `everthread operators token NAME`.',
  },
  login_failed: {
    status: 401,
    title: 'Name and password do not belong together.',
    cure: 'Check both. An administrator sees the names with `everthread operators list`.',
  },
  too_many_attempts: {
    status: 429,
    title: 'Too many attempts failed.',
    cure: 'Wait as long as Retry-After says.',
  },
  role_missing: {
    status: 403,
    title: 'Your role does not allow this.',
    cure: 'Ask somebody who has the role, or an administrator.',
  },
  not_found: {
    status: 404,
    title: 'There is no such thing, or not on your Pages.',
    cure: 'Check the address and the id; /docs lists the operations.',
  },
  request_invalid: {
    status: 400,
    title: 'The request has a mistake.',
    cure: 'Correct what `errors` names; /docs describes every field.',
  },
  media_type_unsupported: {
    status: 415,
    title: 'The body must be JSON.',
    cure: 'Send "Content-Type: application/json", also without a body.',
  },
  body_too_large: { status: 413, title: 'The body is too large.', cure: 'Send less at once.' },
  foreign_origin: {
    status: 403,
    title: 'A page of another origin may not write here.',
    cure: 'Behind a reverse proxy, set OPERATOR_URL to the address in the browser.',
  },
  foreign_host: {
    status: 403,
    title: 'This machine is called by a foreign name.',
    cure: 'Call localhost. Behind a reverse proxy, set OPERATOR_URL to the address in the browser.',
  },
  idempotency_key_reused: {
    status: 422,
    title: 'The idempotency key belongs to another request.',
    cure: 'Take a new key for each request, and the same one only to repeat it.',
  },
  request_in_progress: {
    status: 409,
    title: 'The same request is in progress.',
    cure: 'Wait a moment, then repeat it with the same key.',
  },
  too_many_idempotency_keys: {
    status: 429,
    title: 'Too many idempotency keys in 24 hours.',
    cure: 'Write without a key, or less often.',
  },
  tag_limit_reached: {
    status: 409,
    title: 'The person has as many tags as everthread keeps.',
    cure: 'Remove a tag first.',
  },
  conversation_held: {
    status: 409,
    title: 'Another operator has the conversation.',
    cure: 'Talk to them. An administrator may take it with `force`.',
  },
  message_refused: {
    status: 409,
    title: "Meta's rules forbid the message, or the person cannot get it.",
    cure: 'Wait until what `allowedAfter` names has happened.',
  },
  message_failed: {
    status: 409,
    title: 'The message was not sent, and is not tried again.',
    cure: 'Look up `reason` in docs/errors.md, and send it again with a new idempotency key.',
  },
  too_many_scheduled: {
    status: 409,
    title: 'Too many messages wait in the conversation for their time.',
    cure: 'Cancel one of `scheduled` of the conversation, or wait until one has gone out.',
  },
  sequence_unknown: {
    status: 404,
    title: 'The bot has no such sequence.',
    cure: 'Take the name of a sequence in `sequences` of the bot.',
  },
  sequence_not_running: {
    status: 409,
    title: 'The sequence is not running for this person.',
    cure: 'GET /api/v1/conversations/{id}/sequences lists those that are.',
  },
  topic_undeclared: {
    status: 404,
    title: 'The bot does not declare the topic.',
    cure: 'Take a topic that the bot names in `topics`, or add it there and deploy.',
  },
  topic_data_invalid: {
    status: 400,
    title: "The data are not what the bot's schema of the topic wants.",
    cure: 'Correct what `errors` names; the same key may be used again.',
  },
  topic_key_reused: {
    status: 422,
    title: 'The key belongs to another topic, or came with other data.',
    cure: 'Take a new key for each occurrence, and the same one only to repeat it.',
  },
  external_id_ambiguous: {
    status: 409,
    title: 'Several people have this external id, each on another Page or channel.',
    cure: 'Name the Page in `externalId.page`, or take the conversation id.',
  },
  webhook_exists: {
    status: 409,
    title: 'A destination has this name already.',
    cure: 'Take another name, or remove that destination first.',
  },
  webhook_unsigned: {
    status: 409,
    title: 'The destination has no secret, because its format has no signatures.',
    cure: 'Remove it and add it again in the format `standard`.',
  },
  person_being_erased: {
    status: 409,
    title: 'The person is being erased.',
    cure: 'Do not repeat it: nothing of the person will be there in some seconds. If they write again, they begin anew.',
  },
  conversation_busy: {
    status: 503,
    title: 'Too much waits in the conversation: topics, starts of sequences, messages for later.',
    cure: 'Wait as long as Retry-After says, then repeat the request with the same key; send fewer at once.',
  },
  temporal_unavailable: {
    status: 503,
    title: 'Temporal cannot be reached.',
    cure: 'Repeat the request with the same idempotency key; /readyz of the webhook listener tells when Temporal is back.',
  },
  too_many_streams: {
    status: 429,
    title: 'You have too many live streams open.',
    cure: 'Close one: a program and a browser window need one each. Then connect again.',
  },
  streams_exhausted: {
    status: 503,
    title: 'The api has as many live streams open as it serves.',
    cure: 'Connect again later, or to another api process.',
  },
  store_unavailable: {
    status: 503,
    title: 'The store cannot be read or written.',
    cure: 'Repeat the request with the same idempotency key; the log of the api has the reason.',
  },
  search_encrypted: {
    status: 409,
    title: 'Names and messages are encrypted, so that nobody can search for words in them.',
    cure: 'Search for a whole conversation id or the id of a person, or list by tag, Page and state.',
  },
  encryption_key_missing: {
    status: 503,
    title: 'A key is missing.',
    cure: 'Add the key that `detail` names to ENCRYPTION_KEYS, after the newest, and start all processes again.',
  },
  encryption_unreadable: {
    status: 409,
    title: 'What is stored cannot be decrypted.',
    cure: 'Restore it from a copy, or correct ENCRYPTION_KEYS.',
  },
  ...SEND_PROBLEMS,
  ...OPERATOR_PROBLEMS,
  internal_error: {
    status: 500,
    title: 'The api failed.',
    cure: 'The log of the api has the reason; repeat the request with the same idempotency key.',
  },
};

/** A part of a request that is wrong. */
export interface FieldError {
  /** `query.limit`, `body.text`, `path.id`. */
  readonly field: string;
  readonly message: string;
}

/** What one answer adds to the row of its code. */
export interface ProblemDetails {
  /** What happened this time, with which value. */
  readonly detail?: string | undefined;
  readonly errors?: readonly FieldError[];
  readonly retryAfterS?: number;
  /** Further members of the answer: who holds the conversation, why a message is refused. */
  readonly members?: Readonly<Record<string, string | null>>;
  /** What failed, for the log. */
  readonly cause?: unknown;
}

/** A request is refused; the error handler of the listener answers it. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly details: ProblemDetails;

  constructor(code: ProblemCode, details: ProblemDetails = {}) {
    super(details.detail ?? PROBLEMS[code].title, { cause: details.cause });
    this.code = code;
    this.details = details;
  }
}

/** Answers with `application/problem+json`. */
export function replyProblem(reply: FastifyReply, { code, details }: Pick<Problem, 'code' | 'details'>): FastifyReply {
  const { status, title, cure } = PROBLEMS[code];
  const { detail = title, errors, retryAfterS, members } = details;
  if (retryAfterS !== undefined) reply.header('retry-after', String(Math.max(1, Math.ceil(retryAfterS))));
  const body = {
    type: `urn:everthread:error:${code}`,
    title,
    status,
    code,
    detail,
    cure,
    ...(errors && { errors }),
    ...members,
  };
  return reply.code(status).type('application/problem+json; charset=utf-8').send(JSON.stringify(body));
}
