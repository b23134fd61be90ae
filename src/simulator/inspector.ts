import type { ConversationId } from '../domain/conversation-id.ts';
import type { Recording } from '../recording/recording.ts';

/** Looks inside the bot: what it remembers of a person, what it plans, and what became of a message. */
export interface Inspector {
  /** Resolves within a few seconds, also while Temporal is away: `missing` then says what is not known. */
  inspect(conversation: ConversationId): Promise<Inspection>;
  /** What became of a message; `id` is Meta's message id, a send id, or `i` and an inbox id. */
  trace(id: string): Promise<MessageTrace | undefined>;
  /** Resolves when nothing of the conversation waits or works. */
  settled(conversation: ConversationId): Promise<void>;
  /** The conversation as steps that can be taken again; `undefined` before its first. */
  record(conversation: ConversationId): Promise<Recording | undefined>;
  /** Ends the conversation and its sequences: the person is gone. */
  end(conversation: ConversationId): Promise<void>;
}

/** The inside of one conversation. All times are epoch ms by the person's clock. */
export interface Inspection {
  /** The states that plugins keep of this person. */
  readonly plugins: readonly { readonly name: string; readonly version: number; readonly state: object }[];
  readonly tags: readonly string[];
  /** Why the bot is silent; missing while it answers. */
  readonly human?: { readonly reason: string; readonly operator?: string; readonly until?: number };
  readonly sequences: readonly InspectedSequence[];
  /** What the conversation does by itself, the next first. */
  readonly timers: readonly InspectedTimer[];
  /** What the bot's parts answered in the last turns. */
  readonly turns: readonly InspectedTurn[];
  /** Messages of the bot that are not at Meta, oldest first. */
  readonly unsent: readonly UnsentMessage[];
  /** The conversation in Temporal, and its present run; missing before it began. */
  readonly workflowId: string;
  readonly runId?: string;
  /** What is not known, and why, each in a sentence. */
  readonly missing: readonly string[];
}

/** A running sequence. */
export interface InspectedSequence {
  readonly name: string;
  readonly workflowId: string;
  readonly runId?: string;
  /** In words: `Sleeps 2 hours`; missing while it works. */
  readonly waitsFor?: string;
  readonly until?: number;
}

/** Something that a conversation does by itself. */
export interface InspectedTimer {
  readonly at: number;
  readonly summary: string;
  /** The note of a wake-up. */
  readonly note?: string;
  /** Set when the bot's parts are not asked: the conversation continues as new, or closes. */
  readonly isUpkeep?: true;
}

/** A turn that events began. */
export interface InspectedTurn {
  /** The trace id of each event, and when it happened by Meta's clock. */
  readonly events: readonly { readonly id: string; readonly at: number }[];
  /** Who was asked, in which hook, and the answer: `handled`, `pass`, `failed`, `disabled`, `silent`. */
  readonly answers: readonly { readonly hook: string; readonly who: string; readonly answer: string }[];
}

/** A message of the bot that Meta does not have, or not for certain. */
export interface UnsentMessage {
  readonly sendId: string;
  readonly at: number;
  readonly text: string;
  /** `refused`, `failed`, `waiting`, …: as the ledger has it. */
  readonly status: string;
  /** Why: a code of docs/errors.md. */
  readonly code?: string;
}

/** What became of one message, in the order of cause. */
export interface MessageTrace {
  readonly steps: readonly TraceStep[];
  /** What is not known, and why, each in a sentence. */
  readonly missing: readonly string[];
}

/** One step of a trace. */
export interface TraceStep {
  /** ISO time; null: its place says when. */
  readonly at: string | null;
  readonly what: string;
  readonly words: string;
  readonly reason: string | null;
}
