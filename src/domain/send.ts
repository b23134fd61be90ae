import type { RefusalReason, SendFailure } from './error-codes.ts';

/** Who wrote a message: the bot, or an operator, to whom Meta allows more. */
export type Author = 'bot' | 'human';

/** Why a message is sent: `reply` to what the person did, or `update` on the business's own initiative. */
export type Purpose = 'reply' | 'update';

/** What to do when the outcome of a send is not known and no echo comes: send it again, or give up as `unknown`. */
export type Guarantee = 'at-least-once' | 'at-most-once';

/** The outcome of a send for plugins and sequences: `send` never throws. */
export type SendOutcome =
  /** Meta took it. */
  | { readonly status: 'sent'; readonly messageId: string }
  /** Meta's rules forbid it, or the person does not want it. */
  | { readonly status: 'refused'; readonly reason: RefusalReason }
  /** It is not tried again; `code` has a row in `docs/errors.md`. */
  | { readonly status: 'failed'; readonly code: SendFailure }
  /** It may have been delivered, and is not sent again. */
  | { readonly status: 'unknown' };

/** The outcome of a send that did not certainly reach the person. */
export type UnsentOutcome = Exclude<SendOutcome, { readonly status: 'sent' }>;

/** An outcome in words: `refused: window_closed`, `failed: bad_request`, `its outcome is unknown`. */
export function describeUnsent(outcome: UnsentOutcome): string {
  switch (outcome.status) {
    case 'refused':
      return `refused: ${outcome.reason}`;
    case 'failed':
      return `failed: ${outcome.code}`;
    case 'unknown':
      return 'its outcome is unknown';
  }
}
