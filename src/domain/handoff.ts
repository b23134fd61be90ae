import type { ErrorClass } from './error-codes.ts';

/** An operator takes the conversation over; the bot stays silent. */
export interface TakeOver {
  /** Why, in words for Temporal's UI and for plugins. */
  readonly reason: string;
  /** How long the bot is silent at most, ms. Default: until the conversation is given back. */
  readonly forMs?: number;
}

/** A person of the business who answers, by the name with which they log in. */
export interface NamedOperator {
  readonly name: string;
}

/** The longest note with which an operator gives a conversation back. */
export const MAX_HANDBACK_NOTE_CHARS = 2000;

/** The end of a time in which operators answered instead of the bot. */
export interface Handback {
  /** Epoch ms. */
  readonly at: number;
  /** In everthread's words: `given back`, `time is up`, `the thread was passed back`. */
  readonly reason: string;
  /** What the operator wrote down for the bot; at most {@link MAX_HANDBACK_NOTE_CHARS} characters. */
  readonly note?: string;
  /** The operator who gave it back, by name. */
  readonly by?: string;
  /** When an operator last wrote to the person; missing when none did. Epoch ms. */
  readonly answeredAt?: number;
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

/** Who answers in a conversation: the bot; nobody yet, because the bot handed over; or an operator. */
export const HANDOFF_STATES = ['waiting', 'operator', 'bot'] as const;
/** One of {@link HANDOFF_STATES}. */
export type HandoffState = (typeof HANDOFF_STATES)[number];

/**
 * A change of who answers in a conversation. `at` is epoch ms by the person's clock; `until`, also epoch ms, is when the bot
 * answers again by itself.
 */
export type HandoffChange =
  /** The bot handed over, and no operator has taken the conversation. */
  | { readonly state: 'waiting'; readonly at: number; readonly reason: string; readonly until?: number }
  /** An operator answers; without `by` somebody outside everthread, such as in Meta's inbox. */
  | {
      readonly state: 'operator';
      readonly at: number;
      readonly reason: string;
      readonly by?: string;
      readonly until?: number;
    }
  /** The bot answers again. */
  | { readonly state: 'bot'; readonly at: number };

/** Who answers in a conversation, as it is stored. */
export interface Handoff {
  readonly state: HandoffState;
  /** The operator's name; missing while nobody holds the conversation, or somebody outside everthread does. */
  readonly heldBy?: string;
  readonly reason?: string;
  /** Since when the person waits for an operator, epoch ms; only in the state `waiting`. */
  readonly waitingSince?: number;
  readonly until?: number;
  /** Operators have seen everything up to then, epoch ms. */
  readonly seenAt?: number;
  /** An operator snoozed the conversation; whether it still is, {@link snoozedUntil} knows. */
  readonly snooze?: Snooze;
}

/** A conversation is left out of the list of those that wait, for some time. Epoch ms. */
export interface Snooze {
  /** Real time. */
  readonly until: number;
  /** The person's latest action when it was snoozed. */
  readonly after: number;
}

/** The end of a snooze; `undefined` if there is none, it is over, or the person did something since. */
export function snoozedUntil(
  { state, snooze }: Pick<Handoff, 'state' | 'snooze'>,
  latestActionAt: number,
  now: number,
): number | undefined {
  if (state !== 'waiting' || !snooze) return undefined;
  return snooze.until > now && latestActionAt <= snooze.after ? snooze.until : undefined;
}
