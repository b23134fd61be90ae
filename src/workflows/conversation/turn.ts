import type { Cause } from '../../domain/cause.ts';
import type { ConversationId } from '../../domain/conversation-id.ts';
import type { TakeOver } from '../../domain/handoff.ts';
import type { Topic } from '../../domain/topic.ts';
import { freezeJson } from '../../plugins/plain-json.ts';
import type { CallOrdinals } from '../bot-activities.ts';
import type { SendCancellation } from '../outbound/send-cancellation.ts';
import type { ConversationState } from './conversation-state.ts';
import type { OfferAnswers } from './offer-answers.ts';

/** What all turns of a conversation share. */
export interface TurnParts {
  readonly conversation: ConversationId;
  readonly state: ConversationState;
  /** The person's time, epoch ms. */
  readonly now: () => number;
  readonly hookDeadline: HookDeadline;
  readonly cancellation: SendCancellation;
  readonly offerAnswers: OfferAnswers;
  /** Updates what Temporal's UI shows, in the middle of a turn. */
  readonly updateVisibility: () => void;
}

/** One turn of a conversation; all hooks of the turn share it. */
export interface Turn extends TurnParts {
  readonly cause: Cause;
  /** Whether the conversation was idle when the event came, so that it follows everything that the bot had said. */
  wasIdle?: boolean;
  /** Number of sends so far, of all hooks together; the ordinal of the next send. */
  sends: number;
  /** Counts the calls of the developer's activities, and the leads of each form. */
  readonly callCounts: CallOrdinals;
  /** Number of topics for other systems so far. */
  emits: number;
  /** Number of wake-ups that were asked for. */
  wakeUps: number;
  /** Resolves when the last typing indicator was shown or failed. */
  typing?: Promise<void>;
  /** Resolves when the last reaction was set or failed. */
  reaction?: Promise<void>;
  /** Resolves when the last send is over, whatever its outcome. */
  lastSend?: Promise<void>;
  /** Topics that were emitted and not delivered yet. */
  topics: readonly Topic[];
  /** What the parts of the bot have answered; missing in a turn that no event began. */
  record?: { readonly answers: string[] };
  /** Set by a hook that hands the conversation to an operator. */
  takeOver?: TakeOver;
}

/** Set while a hook waits for a promise that its context did not create: when the hook is given up, epoch ms. */
export interface HookDeadline {
  until?: number | undefined;
}

/** What hooks change besides sends. Each value is replaced, never changed in place, so that it can be restored. */
type Effects = Pick<ConversationState, 'tags' | 'wakeUps' | 'links'> & Pick<Turn, 'topics' | 'takeOver'>;

/** The effects so far, to restore them when the next hook fails. */
export function effectsOf({ state, topics, takeOver }: Turn): Effects {
  const { tags, wakeUps, links } = state;
  return { tags, wakeUps, topics, ...(links && { links }), ...(takeOver && { takeOver }) };
}

/** Undoes the effects of a hook that failed. */
export function restoreEffects(turn: Turn, { tags, wakeUps, links, topics, takeOver }: Effects): void {
  turn.state.tags = tags;
  turn.state.wakeUps = wakeUps;
  if (links) turn.state.links = links;
  else delete turn.state.links;
  turn.topics = topics;
  if (takeOver) turn.takeOver = takeOver;
  else delete turn.takeOver;
}

/** Begins a turn; everything it sends, saves and starts is named after its cause. */
export function newTurn(parts: TurnParts, cause: Cause): Turn {
  freezeJson(parts.state.contact);
  return { ...parts, cause, sends: 0, callCounts: new Map(), emits: 0, wakeUps: 0, topics: [] };
}
