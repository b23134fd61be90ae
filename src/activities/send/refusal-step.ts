import { backoffMs, type Backoff } from '../../backoff.ts';
import type { GraphErrorRule } from '../../messenger/graph-errors/rule.ts';
import type { BreakerReason } from '../../policy/send-eligibility.ts';

/** What we do about a send that Meta did not take, and about other sends because of it. */
export type RefusalStep =
  | { readonly do: 'give_up'; readonly status: 'failed' }
  | {
      readonly do: 'give_up';
      readonly status: 'refused';
      readonly reason: 'window_closed' | 'person_unavailable';
      /** What is recorded about the person. */
      readonly marks?: 'unavailable' | 'opted_out';
    }
  | { readonly do: 'try_again'; readonly afterMs: number }
  | { readonly do: 'await_echo' }
  /** Nothing is sent for the Page, or for any Page of the app, for so long. */
  | { readonly do: 'pause'; readonly scope: 'page' | 'app'; readonly afterMs: number }
  /** The Page's circuit breaker opens: an administrator must repair something. */
  | { readonly do: 'open_breaker'; readonly reason: BreakerReason; readonly cure?: string }
  /** Another app owns the thread. */
  | { readonly do: 'hold_thread' };

const RETRY_BACKOFF: Backoff = { minMs: 2000, maxMs: 15_000, jitter: 0.5 };
const PAUSE_BACKOFF: Backoff = { minMs: 5000, maxMs: 5 * 60_000, jitter: 0.5 };
const ONCE_LATER_MS = 5000;
/** Request limits of the whole app (Meta, Error codes, 2026-06-25; Rate limiting, 2026-11-29). */
const APP_LIMIT_CODES: ReadonlySet<number | undefined> = new Set([4, 341]);

/**
 * The only translation of the words of Meta's error table into what we do; `docs/policy.md` is made from it. `attempts`
 * counts from 1, `code` is Meta's.
 */
export function refusalStep(rule: GraphErrorRule, attempts: number, code?: number): RefusalStep {
  const { class: errorClass, retry } = rule;
  // Whatever the table says of trying again: what may have been delivered is not sent again blindly.
  if (errorClass === 'ambiguous') return { do: 'await_echo' };
  switch (retry) {
    case 'reconcile':
      return { do: 'await_echo' };
    case 'backoff':
      if (errorClass === 'rate_limited') return pause('page', attempts);
      return { do: 'try_again', afterMs: backoffMs(RETRY_BACKOFF, attempts) };
    case 'after_pause':
      return pause(APP_LIMIT_CODES.has(code) ? 'app' : 'page', attempts);
    case 'after_fix':
      return {
        do: 'open_breaker',
        reason: errorClass === 'token_invalid' ? 'token_invalid' : 'restricted',
        ...(rule.cure !== undefined && { cure: rule.cure }),
      };
    case 'breaker':
      return { do: 'open_breaker', reason: 'restricted' };
    case 'when_owner':
      return { do: 'hold_thread' };
    case 'once_later':
      return attempts > 1 ? { do: 'give_up', status: 'failed' } : { do: 'try_again', afterMs: ONCE_LATER_MS };
    case 'no':
    case 'never':
    case 'next_inbound':
    case 'change_request':
      return giveUp(rule);
  }
}

function giveUp({ class: errorClass, retry }: GraphErrorRule): RefusalStep {
  if (errorClass === 'window_closed') return { do: 'give_up', status: 'refused', reason: errorClass };
  if (errorClass !== 'person_unavailable') return { do: 'give_up', status: 'failed' };
  const marks = retry === 'never' ? 'opted_out' : 'unavailable';
  return { do: 'give_up', status: 'refused', reason: errorClass, marks };
}

function pause(scope: 'page' | 'app', attempts: number): RefusalStep {
  return { do: 'pause', scope, afterMs: Math.max(PAUSE_BACKOFF.minMs, backoffMs(PAUSE_BACKOFF, attempts)) };
}
