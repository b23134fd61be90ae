/** Who says it. A person's own words are allowed more than a bot's. */
export type Author = 'bot' | 'human';

/** Why it is said: an answer to what the person did, or on the business's own initiative. */
export type Purpose = 'reply' | 'update';

/** Why Meta's rules forbid a send. Every one has a row in `docs/errors.md`. */
export type RefusalReason = 'never_wrote' | 'window_closed';
