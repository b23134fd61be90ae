import type { ErrorClass } from '../../domain/error-codes.ts';

/** What to do with the message. */
export type Retry =
  /** Not this message. */
  | 'no'
  /** Not this message and no similar one: the person refused. */
  | 'never'
  /** Safe to repeat, with exponential backoff. */
  | 'backoff'
  /** Safe to repeat when the rate limit allows it again. */
  | 'after_pause'
  /** One more try later, then give up. */
  | 'once_later'
  /** Find out first whether it was delivered; repeat only if not. */
  | 'reconcile'
  /** Possible again after the person acts. */
  | 'next_inbound'
  /** An administrator must repair something; the Page's circuit breaker opens. */
  | 'after_fix'
  /** The Page's circuit breaker opens and probes slowly. */
  | 'breaker'
  /** Hold until our app has thread control. */
  | 'when_owner'
  /** The same request fails again: it must be changed. */
  | 'change_request';

/** What an error means, and what to do about it. */
export interface GraphErrorRule {
  readonly class: ErrorClass;
  readonly retry: Retry;
  /** In words, for logs and `docs/policy.md`. */
  readonly meaning: string;
  /** For `after_fix`: what the administrator must do, if it is more than a new token. */
  readonly cure?: string;
}
