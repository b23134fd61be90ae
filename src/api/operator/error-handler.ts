import type { FastifyError, FastifyInstance } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { BotError } from '../../domain/bot-error.ts';
import type { Logger } from '../../logger.ts';
import { isStoreUnavailable } from '../../store/db/store-error.ts';
import { Problem, replyProblem, SHARED_CODES, type FieldError } from './problem.ts';

/** Answers unknown addresses as a problem: of the whole listener, or of what follows under a prefix. */
export function handleUnknownAddresses(app: FastifyInstance): void {
  app.setNotFoundHandler((request, reply) =>
    replyProblem(reply, new Problem('not_found', { detail: `There is no ${request.method} at this address.` })),
  );
}

/** Answers every error as a problem. */
export function handleErrors(app: FastifyInstance, log: Logger): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const problem = toProblem(error);
    // A query and an error can quote what people wrote: the log gets neither.
    if (problem.code === 'internal_error' || problem.code === 'store_unavailable')
      log.error(
        { error: error.name, code: error.code, operation: request.routeOptions.url ?? '' },
        'A request of the operator API failed',
      );
    return replyProblem(reply, problem);
  });
}

/** The problem that an error of Fastify, of a schema, of the store or of a broadcast is for the caller. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (hasZodFastifySchemaValidationErrors(error)) return invalid(fieldErrors(error));
  if (isStoreUnavailable(error)) return new Problem('store_unavailable', { retryAfterS: 1 });
  const shared = error instanceof BotError && SHARED_CODES.find((code) => code === error.code);
  if (shared) return new Problem(shared, { detail: error.message });
  const { code, statusCode = 500 } = error as Partial<FastifyError>;
  if (statusCode === 413) return new Problem('body_too_large');
  if (statusCode === 415) return new Problem('media_type_unsupported');
  if (statusCode >= 400 && statusCode < 500)
    return invalid([{ field: 'request', message: MALFORMED[code ?? ''] ?? 'It cannot be read.' }]);
  return new Problem('internal_error');
}

const MALFORMED: Readonly<Record<string, string>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: 'The body is no JSON.',
  FST_ERR_BAD_URL: 'The address is not encoded as addresses are.',
  FST_ERR_MAX_PARAM_LENGTH: 'The id in the address is too long.',
};

function invalid(errors: readonly FieldError[]): Problem {
  const detail = errors.map(({ field, message }) => `${field}: ${message}`).join(' ');
  return new Problem('request_invalid', { errors, detail: detail.slice(0, 1000) });
}

const PARTS: Readonly<Record<string, string>> = {
  querystring: 'query',
  params: 'path',
  body: 'body',
  headers: 'header',
};

function fieldErrors(error: {
  readonly validation: readonly { readonly instancePath: string; readonly message?: string | undefined }[];
  readonly validationContext?: string | undefined;
}): FieldError[] {
  const part = PARTS[error.validationContext ?? ''] ?? 'request';
  return error.validation.map(({ instancePath, message = 'It is invalid.' }) => ({
    field: [part, ...instancePath.split('/').filter(Boolean)].join('.'),
    message,
  }));
}
