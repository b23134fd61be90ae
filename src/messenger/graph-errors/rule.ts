/** What an error means for us; it is the `code` that a bot sees in a failed send. */
export type ErrorClass =
  /** Temporary: repeat as the rule says. */
  | 'transient'
  /** Too fast or too much, for the app, the Page or the person. */
  | 'rate_limited'
  /** Outside the time in which Meta lets this be said. */
  | 'window_closed'
  /** Meta restricts the Page or this kind of message. */
  | 'policy'
  /** This person cannot or does not want to get messages. */
  | 'person_unavailable'
  /** The Page needs a new token. */
  | 'token_invalid'
  /** App, token or Page lacks a right. */
  | 'permission'
  /** Another app owns the thread. */
  | 'thread_owner'
  /** The request is wrong. */
  | 'bad_request'
  /** It may have been delivered all the same. */
  | 'ambiguous';

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
