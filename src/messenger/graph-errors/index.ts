import type { GraphErrorRule } from './rule.ts';
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

const UNLISTED: GraphErrorRule = {
  class: 'ambiguous',
  retry: 'reconcile',
  meaning: "An error that is not in Meta's table.",
};

/**
 * The rule for the `code` and `error_subcode` of an error. The subcode alone is looked up before the code alone: the code
 * can be a general one, 10 with 2018300 for instance, whose own row says something else.
 */
export function graphErrorRule(code: number, subcode?: number): GraphErrorRule {
  const exact = subcode === undefined ? undefined : (findRow(code, subcode) ?? findRow(subcode, null));
  const row = exact ?? findRow(code, null);
  if (!row) return UNLISTED;
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
