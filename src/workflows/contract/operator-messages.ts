/** What operators ask of a conversation, and what it answers. Names and payloads are on the wire. */

import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type { NamedOperator, TakeOver } from '../../domain/handoff.ts';
import type { SendId } from '../../domain/send-id.ts';
import type { SendOutcome } from '../../domain/send.ts';
import type { SequenceStart } from '../../domain/sequence-start.ts';
import type { TurnRecord } from '../../domain/turn-record.ts';
import type { Sayable } from '../../messenger/outbound/outbound-message.ts';

/** An operator answers from now on; the bot is silent. Older versions resolved to nothing. */
export const takeOverUpdate = defineUpdate<TakeOverResult, [TakeOverRequest]>('takeOver');
/** The bot answers again. Older versions sent and resolved to nothing. */
export const giveBackUpdate = defineUpdate<GiveBackResult, [GiveBackRequest | undefined]>('giveBack');
/** An operator writes to the person. The same key twice is one message. */
export const operatorMessageUpdate = defineUpdate<OperatorMessageResult, [OperatorMessageRequest]>('operatorMessage');
/** An operator's message that goes out later. The same key twice is one message. */
export const scheduleMessageUpdate = defineUpdate<ScheduleMessageResult, [ScheduleMessageRequest]>('scheduleMessage');
/** A message that was to go out later does not go out. */
export const cancelScheduledUpdate = defineUpdate<CancelScheduledResult, [CancelScheduledRequest]>('cancelScheduled');
/** An operator starts a sequence for the person. The same key twice is one start. */
export const startSequenceUpdate = defineUpdate<StartSequenceResult, [StartSequenceRequest]>('startSequence');
/** What a conversation knows about itself. */
export const conversationViewQuery = defineQuery<ConversationView>('view');
/** What a run of a sequence waits for; `undefined` while it works. */
export const waitsForQuery = defineQuery<SequenceWait | undefined>('waitsFor');

/** Asks for the conversation. Without an operator, as from Temporal's UI, it is never refused. */
export interface TakeOverRequest extends TakeOver {
  readonly operator?: NamedOperator;
  /** Also from another operator who has it: an admin may. */
  readonly force?: boolean;
}

/** Hands the conversation back to the bot. Without an operator, as from Temporal's UI, it is never refused. */
export interface GiveBackRequest {
  readonly operator?: NamedOperator;
  /** Also when another operator has it: an admin may. */
  readonly force?: boolean;
  /** A word for the bot. */
  readonly note?: string;
}

/** An operator's own words. */
export interface OperatorMessageRequest {
  /** Idempotency key: letters, digits, `-` and `_`. The send id is made of it. */
  readonly key: string;
  readonly operator: NamedOperator;
  readonly message: Sayable;
}

/** How many messages of operators may wait in a conversation. */
export const MAX_SCHEDULED_MESSAGES = 20;

/** An operator's own words for later. */
export interface ScheduleMessageRequest extends OperatorMessageRequest {
  /** When it goes out, epoch ms by the person's clock. */
  readonly at: number;
}

/** What became of a message for later; `full`: {@link MAX_SCHEDULED_MESSAGES} wait. */
export interface ScheduleMessageResult {
  readonly status: 'scheduled' | 'full' | 'pending';
}

/** Names a message that waits by its send id. */
export interface CancelScheduledRequest {
  /** As in {@link OperatorMessageRequest}. */
  readonly key: string;
  readonly sendId: SendId;
}

/** Whether the message will not go out. */
export interface CancelScheduledResult {
  readonly status: 'cancelled' | 'not_scheduled' | 'pending';
}

/** A message of an operator that waits for its time. */
export interface ScheduledMessage {
  readonly sendId: SendId;
  readonly operator: string;
  readonly text: string;
  /** Epoch ms. */
  readonly at: number;
}

/** Asks for a run of a sequence. */
export interface StartSequenceRequest {
  /** As in {@link OperatorMessageRequest}; the cause of the run is made of it. */
  readonly key: string;
  readonly name: string;
  /** Plain JSON. */
  readonly data?: unknown;
}

/** Another operator has the conversation: who, and since when (epoch ms; missing when an older version recorded it). */
export interface HeldByOther {
  readonly status: 'held';
  readonly operator: string;
  readonly since?: number;
}

/** Whether the operator has the conversation now. */
export type TakeOverResult = { readonly status: 'taken' } | HeldByOther;

/** Whether the bot answers again. */
export type GiveBackResult = { readonly status: 'given_back' } | HeldByOther;

/** What became of an operator's message; `pending` until it has an outcome, which the ledger then has under the send id. */
export type OperatorMessageResult =
  | HeldByOther
  | ({ readonly sendId: SendId } & (SendOutcome | { readonly status: 'pending' }));

/** What became of the start; `unknown_sequence`: the bot has none of that name. */
export interface StartSequenceResult {
  readonly status: SequenceStart | 'unknown_sequence' | 'pending';
}

/** A conversation as its own workflow knows it. Times are epoch ms by the person's clock. */
export interface ConversationView {
  /** Missing while the bot answers. */
  readonly human?: {
    readonly reason: string;
    /** Who has it, by name. */
    readonly operator?: string;
    readonly since?: number;
    readonly until?: number;
  };
  /** Messages of operators that wait for their time, the next one first. Missing in answers of older versions. */
  readonly scheduled?: readonly ScheduledMessage[];
  /** Names of the sequences that it believes to be running. */
  readonly sequences: readonly string[];
  /** How far the person has come in each plugin that says so. */
  readonly progress: readonly { readonly plugin: string; readonly progress: string }[];
  /** What the parts of the bot answered in the last turns, oldest first. Missing in answers of older versions. */
  readonly turns?: readonly TurnRecord[];
}

/** What a run of a sequence waits for. */
export interface SequenceWait {
  /** In words: `Sleeps 2 hours`, `Waits for a reply`. */
  readonly what: string;
  /** At the latest; epoch ms by the person's clock. */
  readonly until: number;
}
