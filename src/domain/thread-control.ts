import type { ErrorClass } from './error-codes.ts';

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
