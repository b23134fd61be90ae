import { HUMAN_AGENT_MS, isWindowOpen } from './messaging-window.ts';

/** Who says it. A person's own words are allowed more than a bot's. */
export type Author = 'bot' | 'human';

/** Why it is said: an answer to what the person did, or on the business's own initiative. */
export type Purpose = 'reply' | 'update';

/** Why Meta's rules forbid a send. Every one has a row in `docs/errors.md`. */
export type RefusalReason = 'never_wrote' | 'window_closed';

/** How Meta is asked. Only a verdict can name a tag; no bot can. */
export type SendClass =
  | { readonly messaging_type: 'RESPONSE' | 'UPDATE' }
  | { readonly messaging_type: 'MESSAGE_TAG'; readonly tag: 'HUMAN_AGENT' };

export type Verdict =
  | { readonly isAllowed: true; readonly sendClass: SendClass }
  | { readonly isAllowed: false; readonly reason: RefusalReason };

/** What the verdict depends on. Times are epoch ms. */
export interface Case {
  readonly author: Author;
  readonly purpose: Purpose;
  /** When the person last did something that opens the window; `undefined` when they never did. */
  readonly windowOpenedAt: number | undefined;
  readonly now: number;
}

/** May this be said, to this person, by this author, now? */
export function verdict({ author, purpose, windowOpenedAt, now }: Case): Verdict {
  if (windowOpenedAt === undefined) return { isAllowed: false, reason: 'never_wrote' };
  if (isWindowOpen(windowOpenedAt, now)) {
    return { isAllowed: true, sendClass: { messaging_type: purpose === 'reply' ? 'RESPONSE' : 'UPDATE' } };
  }
  if (author === 'human' && isWindowOpen(windowOpenedAt, now, HUMAN_AGENT_MS)) {
    return { isAllowed: true, sendClass: { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' } };
  }
  return { isAllowed: false, reason: 'window_closed' };
}
