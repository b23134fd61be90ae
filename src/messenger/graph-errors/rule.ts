import type { ErrorClass } from '../../domain/error-codes.ts';

/** What to do with the message. */
export type Retry =
  /** Not this message. */
  | 'no'
  /** Not this message and no similar one: the person refused. */
  | 'never'
  /** Safe to repeat with growing pauses. */
  | 'backoff'
  /** Safe to repeat when the limit has passed. */
  | 'after_pause'
  /** One more try later, then give up. */
  | 'once_later'
  /** Find out first whether it was delivered; repeat only if not. */
  | 'reconcile'
  /** Possible again after the person acts. */
  | 'next_inbound'
  /** A person of the business must repair something; hold the Page's queue. */
  | 'after_fix'
  /** Stop the whole Page and probe slowly. */
  | 'breaker'
  /** Hold until our app owns the thread. */
  | 'when_owner'
  /** The same request fails again: alter it. */
  | 'change_request';

export interface GraphErrorRule {
  readonly class: ErrorClass;
  readonly retry: Retry;
  readonly meaning: string;
}
