import type { ClientError } from '../domain/error-codes.ts';
import type { Schemas } from './paths.ts';

/** A code of the operator API, or of a request that got no answer of it. */
export type ApiErrorCode = Schemas['Problem']['code'] | ClientError;

interface ApiErrorDetails {
  /** What happened, with which value. */
  readonly detail: string;
  readonly cure: string;
  /** The HTTP status. */
  readonly status?: number;
  /** The whole answer, if it is one of the operator API. */
  readonly problem?: Schemas['Problem'];
  readonly cause?: unknown;
}

/**
 * The operator API did not do what it was asked to do. The message says what happened, and the cure.
 *
 * ```ts
 * import { ApiError, createClient } from 'everthread/client';
 *
 * const client = createClient({ url: 'http://127.0.0.1:3001', token: '…' });
 * try {
 *   await client.POST('/conversations/{id}/take-over', { params: { path: { id: 'messenger:104857600123456:6120459871230045' } } });
 * } catch (error) {
 *   if (!(error instanceof ApiError) || error.code !== 'conversation_held') throw error;
 *   console.log(`${error.problem?.heldBy} has it since ${error.problem?.since}.`);
 * }
 * ```
 */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** Why: a code of docs/errors.md. */
  readonly code: ApiErrorCode;
  /** What happened, with which value. */
  readonly detail: string;
  /** What to do. */
  readonly cure: string;
  /** The HTTP status; `undefined` without an answer. */
  readonly status: number | undefined;
  /** The whole answer, with what its code adds: who holds the conversation, which fields are wrong. */
  readonly problem: Schemas['Problem'] | undefined;

  constructor(code: ApiErrorCode, { detail, cure, status, problem, cause }: ApiErrorDetails) {
    super(`${detail} ${cure}`, { cause });
    this.code = code;
    this.detail = detail;
    this.cure = cure;
    this.status = status;
    this.problem = problem;
  }
}

/** The error that an answer is, from its body: of the operator API, or of something before it. */
export function toApiError(url: string, status: number, body: unknown): ApiError {
  if (isProblem(body)) {
    const { code, detail, cure } = body;
    return new ApiError(code, { detail, cure, status, problem: body });
  }
  return unreadableAnswer(url, status);
}

/** What answered is not the operator API. */
export function unreadableAnswer(url: string, status: number, cause?: unknown): ApiError {
  return new ApiError('api_answer_unreadable', {
    detail: `${originOf(url)} answered with ${status}, and not as the operator API does.`,
    cure: 'Check the address, and what a reverse proxy before the api does with programs: they have a token, and no login.',
    status,
    cause,
  });
}

/** Nothing can be called there. */
export function noAddress(url: string): ApiError {
  return new ApiError('api_not_reachable', {
    detail: `"${url}" is no address of an operator API.`,
    cure: 'Write it like http://127.0.0.1:3001 or https://desk.example.com.',
  });
}

/** No answer came. */
export function unreachable(url: string, cause: unknown): ApiError {
  const { cause: reason, message } = cause as Error & { readonly cause?: Error & { readonly code?: string } };
  const why = reason?.code ?? reason?.message ?? message;
  return new ApiError('api_not_reachable', {
    detail: `The operator API at ${originOf(url)} cannot be reached (${why}).`,
    cure: 'Check that `everthread start`, `api` or `dev` is running there, and that the address is right.',
    cause,
  });
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : 'The address';
}

function isProblem(body: unknown): body is Schemas['Problem'] {
  const { code, detail, cure } = (body ?? {}) as Readonly<Record<string, unknown>>;
  return [code, detail, cure].every((text) => typeof text === 'string');
}
