import type { Cause } from '../../domain/cause.ts';
import type { ConversationId } from '../../domain/conversation-id.ts';
import type { TakeOver } from '../../domain/take-over.ts';
import type { Topic } from '../../domain/topic.ts';
import { frozen } from '../../plugins/plain-json.ts';
import type { CallCounts } from '../authors-activities.ts';
import type { SendCancellation } from '../outbound/send-cancellation.ts';
import type { ConversationState } from './conversation-state.ts';

/** What one turn of a conversation works with, shared by all hooks of that turn. */
export interface Turn {
  readonly conversation: ConversationId;
  readonly state: ConversationState;
  readonly cause: Cause;
  readonly now: () => number;
  readonly hookDeadline: HookDeadline;
  readonly cancellation: SendCancellation;
  /** Brings Temporal's UI up to date in the middle of a turn. */
  readonly show: () => void;
  /** Counts the sends of this turn, all hooks together. */
  ordinal: number;
  /** Counts the calls of the author's activities, and the leads of each form. */
  readonly calls: CallCounts;
  /** Counts the wake-ups that were asked for. */
  wakes: number;
  /** The last typing and the last reaction, which settle when they were shown, or were not. */
  typing?: Promise<void>;
  reaction?: Promise<void>;
  /** Settles when the last message that was asked for has gone out, or has not. */
  said?: Promise<void>;
  /** Emitted and not told to anybody yet. */
  topics: readonly Topic[];
  /** Set by a hook that wants a person to go on. */
  takeOver?: TakeOver;
}

/** Until when a hook that waits for nothing of ours is waited for, epoch ms. */
export interface HookDeadline {
  until?: number | undefined;
}

/** What hooks ask for besides sends; all of it is replaced, never changed in place. */
type Effects = Pick<ConversationState, 'tags' | 'wakeUps'> & Pick<Turn, 'topics' | 'takeOver'>;

/** What there is now, to come back to when a hook fails. */
export function effectsOf({ state, topics, takeOver }: Turn): Effects {
  return { tags: state.tags, wakeUps: state.wakeUps, topics, ...(takeOver && { takeOver }) };
}

export function undo(turn: Turn, { tags, wakeUps, topics, takeOver }: Effects): void {
  turn.state.tags = tags;
  turn.state.wakeUps = wakeUps;
  turn.topics = topics;
  if (takeOver) turn.takeOver = takeOver;
  else delete turn.takeOver;
}

export function newTurn(
  parts: Pick<Turn, 'conversation' | 'state' | 'now' | 'hookDeadline' | 'cancellation' | 'show'>,
  cause: Cause,
): Turn {
  frozen(parts.state.contact);
  return { ...parts, cause, ordinal: 0, calls: new Map(), wakes: 0, topics: [] };
}
