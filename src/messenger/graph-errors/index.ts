import type { GraphErrorRule } from './rule.ts';
import { findSetUpError } from './set-up-errors.ts';
import { GRAPH_ERRORS } from './table.ts';

/** How a call can end without a readable answer. */
export type NetworkOutcome =
  | 'connect_refused'
  | 'timeout_before_response'
  | 'connection_reset_after_request'
  | 'http_5xx_without_body';

/** The rule for each of them. */
export const NETWORK_OUTCOMES: Readonly<Record<NetworkOutcome, GraphErrorRule>> = {
  connect_refused: {
    class: 'transient',
    retry: 'backoff',
    meaning: 'The connection was never made (refused, DNS, TLS).',
  },
  timeout_before_response: {
    class: 'ambiguous',
    retry: 'reconcile',
    meaning: 'The request was sent and no answer came in time.',
  },
  connection_reset_after_request: {
    class: 'ambiguous',
    retry: 'reconcile',
    meaning: 'The connection broke after the request was written.',
  },
  http_5xx_without_body: { class: 'ambiguous', retry: 'reconcile', meaning: 'HTTP 5xx without a readable error body.' },
};

/** What is known of an answer with an error. */
export interface AnsweredError {
  /** Meta's `error` object. */
  readonly error: {
    readonly code: number;
    readonly error_subcode?: number;
    readonly message?: string;
    readonly is_transient?: boolean;
  };
  /** Left out for an error that was not read from an answer. */
  readonly httpStatus?: number;
}

/**
 * The rule for an error that was answered: a mistake in the set-up by its message, else the row of Meta's table,
 * else what the HTTP status and the range of the code say. A client error (4xx) is Meta's word that it did not do what was
 * asked; only the rows of the class `ambiguous`, and 1200, leave that open.
 */
export function answeredErrorRule({ error, httpStatus }: AnsweredError): GraphErrorRule {
  const { code, error_subcode: subcode, message = '' } = error;
  const listed = findRule(code, subcode);
  return findSetUpError(code, message, listed) ?? listed ?? unlistedRule(code, httpStatus, error.is_transient === true);
}

/**
 * The rule for the `code` and `error_subcode` of an error. The subcode alone is looked up before the code alone: the code
 * can be a general one, 10 with 2018300 for instance, whose own row says something else.
 */
export function graphErrorRule(code: number, subcode?: number): GraphErrorRule {
  return findRule(code, subcode) ?? UNLISTED.unsure;
}

const NOT_IN_TABLE = "An error that is not in Meta's table";

/** What an error without a row means; `docs/policy.md` lists them. */
export const UNLISTED = {
  throttled: { class: 'rate_limited', retry: 'after_pause', meaning: `${NOT_IN_TABLE}, with HTTP 429.` },
  unauthorized: { class: 'token_invalid', retry: 'after_fix', meaning: `${NOT_IN_TABLE}, with HTTP 401.` },
  permission: { class: 'permission', retry: 'no', meaning: `${NOT_IN_TABLE}, of the range of permissions (200–299).` },
  transient: { class: 'transient', retry: 'once_later', meaning: `${NOT_IN_TABLE}, which Meta calls transient.` },
  refused: { class: 'bad_request', retry: 'no', meaning: `${NOT_IN_TABLE}, with HTTP 4xx.` },
  unsure: { class: 'ambiguous', retry: 'reconcile', meaning: `${NOT_IN_TABLE}, with another HTTP status.` },
} as const satisfies Record<string, GraphErrorRule>;

function unlistedRule(code: number, httpStatus: number | undefined, isTransient: boolean): GraphErrorRule {
  if (httpStatus === undefined || httpStatus < 400 || httpStatus >= 500) return UNLISTED.unsure;
  if (httpStatus === 429) return UNLISTED.throttled;
  if (httpStatus === 401) return UNLISTED.unauthorized;
  if (code >= 200 && code <= 299) return UNLISTED.permission;
  return isTransient ? UNLISTED.transient : UNLISTED.refused;
}

function findRule(code: number, subcode: number | undefined): GraphErrorRule | undefined {
  const exact = subcode === undefined ? undefined : (findRow(code, subcode) ?? findRow(subcode, null));
  const row = exact ?? findRow(code, null);
  if (!row) return undefined;
  const [, , errorClass, retry, meaning] = row;
  return { class: errorClass, retry, meaning };
}

/** A row for the exact code comes before one for a range. */
function findRow(code: number, subcode: number | null) {
  const rows = GRAPH_ERRORS.filter((row) => row[1] === subcode);
  return rows.find((row) => row[0] === code) ?? rows.find(([range]) => isWithin(range, code));
}

function isWithin(range: number | readonly [number, number], code: number): boolean {
  return typeof range !== 'number' && code >= range[0] && code <= range[1];
}
