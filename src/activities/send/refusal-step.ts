import type { GraphErrorRule } from '../../messenger/graph-errors/rule.ts';
import type { BreakerReason } from '../../policy/send-eligibility.ts';

/** What happens to a send that Meta did not take, and to others because of it. */
export type RefusalStep =
  | { readonly do: 'give up'; readonly status: 'failed' | 'refused'; readonly marks?: 'unavailable' | 'opted out' }
  | { readonly do: 'try again'; readonly afterMs: number }
  | { readonly do: 'wait for the echo' }
  /** Nobody speaks for the Page, or for any Page of the app, for so long. */
  | { readonly do: 'pause'; readonly whom: 'the page' | 'the app'; readonly afterMs: number }
  /** The Page waits until somebody has repaired it. */
  | { readonly do: 'hold the page'; readonly hold: BreakerReason }
  /** The thread is another app's. */
  | { readonly do: 'hold the thread' };

const MAX_BACKOFF_MS = 60_000;
const MIN_PAUSE_MS = 5000;
const MAX_PAUSE_MS = 5 * 60_000;

/** The one place that turns the words of Meta's error table into what we do. `docs/policy.md` is made from it. */
export function refusalStep(rule: GraphErrorRule, attempts: number, code?: number): RefusalStep {
  const { class: errorClass, retry } = rule;
  // Whatever the table says of trying again: what may have been delivered is not said twice blindly.
  if (errorClass === 'ambiguous') return { do: 'wait for the echo' };
  switch (retry) {
    case 'reconcile':
      return { do: 'wait for the echo' };
    case 'backoff':
      if (errorClass === 'rate_limited') return pause('the page', attempts);
      return { do: 'try again', afterMs: jittered(Math.min(MAX_BACKOFF_MS, 1000 * 2 ** Math.min(attempts, 10))) };
    case 'after_pause':
      return pause(code === APP_LIMIT ? 'the app' : 'the page', attempts);
    case 'after_fix':
      return { do: 'hold the page', hold: errorClass === 'token_invalid' ? 'token_invalid' : 'restricted' };
    case 'breaker':
      return { do: 'hold the page', hold: 'restricted' };
    case 'when_owner':
      return { do: 'hold the thread' };
    case 'once_later':
      return attempts > 1 ? { do: 'give up', status: 'failed' } : { do: 'try again', afterMs: 5000 };
    case 'no':
    case 'never':
    case 'next_inbound':
    case 'change_request':
      return givenUp(rule);
  }
}

/** Request limit of the whole app (Meta, Error codes, 2026-06-25). */
const APP_LIMIT = 4;

function givenUp({ class: errorClass, retry }: GraphErrorRule): RefusalStep {
  if (errorClass === 'window_closed') return { do: 'give up', status: 'refused' };
  if (errorClass !== 'person_unavailable') return { do: 'give up', status: 'failed' };
  return { do: 'give up', status: 'refused', marks: retry === 'never' ? 'opted out' : 'unavailable' };
}

function pause(whom: 'the page' | 'the app', attempts: number): RefusalStep {
  const full = Math.min(MAX_PAUSE_MS, MIN_PAUSE_MS * 2 ** Math.min(attempts - 1, 10));
  return { do: 'pause', whom, afterMs: Math.max(MIN_PAUSE_MS, jittered(full)) };
}

/** So that many conversations do not come back together. */
function jittered(ms: number): number {
  return ms / 2 + Math.random() * (ms / 2);
}
