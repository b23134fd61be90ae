import { frozen } from '../../plugins/plain-json.ts';
import type { ConversationId } from '../../domain/conversation-id.ts';
import type { TakeOver, Topic } from '../contract/index.ts';
import type { ConversationState } from './conversation-state.ts';
import type { Hush } from '../outbound/send-cancellation.ts';
import type { CallCounts } from '../authors-activities.ts';

/** What one turn of a conversation works with, shared by all hooks of that turn. */
export interface Turn {
  readonly conversation: ConversationId;
  readonly state: ConversationState;
  /**
   * What this turn's sends are named after, the same when everything is done again: `i{inbox id}` for what came in,
   * `w…` for a wake-up, after what asked for it; `t…` and `g…` for a talk that is taken over and given back.
   */
  readonly occasion: string;
  readonly now: () => number;
  readonly rest: Rest;
  readonly hush: Hush;
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
export interface Rest {
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
  parts: Pick<Turn, 'conversation' | 'state' | 'now' | 'rest' | 'hush' | 'show'>,
  occasion: string,
): Turn {
  frozen(parts.state.contact);
  return { ...parts, occasion, ordinal: 0, calls: new Map(), wakes: 0, topics: [] };
}
