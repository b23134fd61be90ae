import { randomBytes } from 'node:crypto';
import type { Channel } from '../../domain/conversation-id.ts';
import { INSTAGRAM_REFUSALS, REFUSALS, type Refusal, type RefusalName } from './refusal-table.ts';

export type { Refusal } from './refusal-table.ts';

/** Meta's number of an error. */
export interface ErrorNumber {
  readonly code: number;
  readonly subcode?: number;
}

/**
 * Every error number that the simulator's rules return, without an injected fault. 100 without a subcode stands for
 * all errors in the form of a request.
 */
export const SIMULATED_ERRORS: readonly ErrorNumber[] = distinct([{ code: 100 }, ...Object.values(REFUSALS)]);

function distinct(errors: readonly ErrorNumber[]): ErrorNumber[] {
  const numbers = errors.map(({ code, subcode }) => ({ code, ...(subcode !== undefined && { subcode }) }));
  return [...new Map(numbers.map((error) => [`${error.code}/${error.subcode ?? ''}`, error])).values()];
}

/** The refusal of this name, as the channel numbers it. */
export function toRefusal(kind: RefusalName, channel: Channel = 'messenger'): Refusal {
  const known = REFUSALS[(channel === 'instagram' ? INSTAGRAM_REFUSALS[kind] : undefined) ?? kind];
  return { httpStatus: 400, type: 'OAuthException', ...known };
}

/** Code 100 with a sentence: an error in the form of a request. */
export function badParameter(sentence: string, meaning: string): Refusal {
  return { httpStatus: 400, type: 'OAuthException', code: 100, message: `(#100) ${sentence}`, meaning };
}

/** The refusal of an injected fault, whatever the request said. */
export function injectedRefusal(code: number, subcode?: number, message?: string, httpStatus?: number): Refusal {
  return {
    httpStatus: httpStatus ?? usualStatus(code),
    type: 'OAuthException',
    code,
    ...(subcode !== undefined && { subcode }),
    message: message ?? `(#${code}) ${code < 3 ? 'An unexpected error has occurred.' : 'Refused on demand'}`,
    meaning: 'An injected fault.',
  };
}

function usualStatus(code: number): number {
  if (code === 190) return 401;
  return code === 1 || code === 2 || code === 1200 ? 500 : 400;
}

/** The body of Meta's error answer. */
export function errorBody({ message, type, code, subcode }: Refusal): Readonly<Record<string, unknown>> {
  const fbtrace_id = `A${randomBytes(16).toString('base64url')}`;
  return { error: { message, type, code, ...(subcode !== undefined && { error_subcode: subcode }), fbtrace_id } };
}
