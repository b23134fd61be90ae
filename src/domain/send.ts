/** Who speaks. An operator's own words are allowed more than a bot's. */
export type Author = 'bot' | 'human';

/** Why a message is sent: `reply` to what the person did, or `update` on the business's own initiative. */
export type Purpose = 'reply' | 'update';

/** What to do when nobody knows whether Meta took a message and no echo comes: send it again, or give up as `unknown`. */
export type Guarantee = 'at-least-once' | 'at-most-once';

/** Why a send is refused for good. Each has a row in `docs/errors.md`. */
export type RefusalReason = 'never_wrote' | 'window_closed' | 'window_uncertain' | 'person_unavailable' | 'opted_out';

/** The result of a send, for plugins and sequences: `send` never throws. */
export type SendOutcome =
  /** Meta took it. */
  | { readonly status: 'sent'; readonly messageId: string }
  /** Meta's rules forbid it, or the person does not want it. */
  | { readonly status: 'refused'; readonly reason: RefusalReason }
  /** It was certainly not delivered; `code` has a row in `docs/errors.md`. */
  | { readonly status: 'failed'; readonly code: string }
  /** Nobody knows whether it was delivered, and it is not sent again. */
  | { readonly status: 'unknown' };
