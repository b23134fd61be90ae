import type { GraphErrorRule } from './rule.ts';
import { GRAPH_ERRORS } from './table.ts';

/** How a call can end without an answer that can be read. */
export type NetworkOutcome =
  | 'connect_refused'
  | 'timeout_before_response'
  | 'connection_reset_after_request'
  | 'http_5xx_without_body';

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
 * The rule for the `code` and `error_subcode` of a refusal. The subcode alone is looked for before the bare code: the
 * code beside it can be a general one, 10 with 2018300 for instance, whose own row would say something else.
 */
export function graphErrorRule(code: number, subcode?: number): GraphErrorRule {
  const exact = subcode === undefined ? undefined : (rowOf(code, subcode) ?? rowOf(subcode, null));
  const row = exact ?? rowOf(code, null);
  if (!row) return UNLISTED;
  const [, , errorClass, retry, meaning] = row;
  return { class: errorClass, retry, meaning };
}

/** A number of its own comes before a range that it falls in. */
function rowOf(code: number, subcode: number | null) {
  const rows = GRAPH_ERRORS.filter((row) => row[1] === subcode);
  return rows.find((row) => row[0] === code) ?? rows.find(([range]) => isWithin(range, code));
}

function isWithin(range: number | readonly [number, number], code: number): boolean {
  return typeof range !== 'number' && code >= range[0] && code <= range[1];
}
