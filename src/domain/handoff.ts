import type { ErrorClass } from './error-codes.ts';

/** An operator takes the conversation over; the bot stays silent. */
export interface TakeOver {
  /** Why, in words for Temporal's UI and for plugins. */
  readonly reason: string;
  /** How long the bot is silent at most, ms. Default: until the conversation is given back. */
  readonly forMs?: number;
}

/** What to do about which app answers in a thread, under Meta's Conversation Routing (read 2026-10-06). */
export type ThreadControlRequest =
  /** Another app goes on; without `appId` Meta's own inbox, where operators answer. */
  | { readonly action: 'pass'; readonly appId?: string }
  /** `take` is for the Page's default app alone, `request` where routing is not configured. */
  | { readonly action: 'take' | 'request' | 'release' };

/** Meta's answer; `code` is the class of its error, as in `docs/errors.md`. */
export type ThreadControlOutcome =
  | { readonly status: 'done' }
  | { readonly status: 'refused'; readonly code: ErrorClass }
  | { readonly status: 'unknown' };
