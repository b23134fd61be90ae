/** Signals, updates, queries, inputs and search attributes of the workflows. Names and payloads are on the wire. */

import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { ContactCard } from '../../domain/contact.ts';
import type { ConversationId } from '../../domain/conversation-id.ts';
import type { HoldReason, RefusalReason } from '../../domain/error-codes.ts';
import type { TagChange } from '../../domain/tags.ts';
import type { Topic } from '../../domain/topic.ts';
import type { MessageEvent, PostbackEvent } from '../../messenger/inbound/inbound-event.ts';
import type { InboxItem } from '../../messenger/inbound/inbox-item.ts';

/** Inbound events of one conversation, oldest first. */
export const inboundEventsSignal = defineSignal<[readonly InboxItem[]]>('inboundEvents');
/** A sequence reports its end to its conversation. */
export const sequenceEndedSignal = defineSignal<[SequenceEnd]>('sequenceEnded');
/** A sequence tells its conversation which tags it changed; the store has the change already. */
export const tagsChangedSignal = defineSignal<[TagChange]>('tagsChanged');
/**
 * When this workflow does something without being signalled, epoch ms by its own clock; `undefined` when it never will,
 * a time in the past while it is working.
 */
export const nextDueQuery = defineQuery<number | undefined>('nextDue');
/** Answer of `nextDue` while the workflow is working: a time that has always passed. */
export const WORKING = 0;
/** Names of the sequences that a conversation believes to be running. */
export const openSequencesQuery = defineQuery<readonly string[]>('openSequences');

/** What a conversation remembers, for the developer of its bot; `undefined` until it is open. */
export const inspectQuery = defineQuery<ConversationInspection | undefined>('inspect');

/** The memory of a conversation and what it plans. */
export interface ConversationInspection {
  /** The states that plugins keep of this person, by the plugin's name. */
  readonly plugins: Readonly<Record<string, { readonly version: number; readonly state: object }>>;
  readonly tags: readonly string[];
  /** What it does without being signalled, the next first; times are epoch ms by the person's clock. */
  readonly timers: readonly ConversationTimer[];
}

/** Something that a conversation does by itself. */
export interface ConversationTimer {
  readonly at: number;
  readonly summary: string;
  /** The note of a wake-up, for its plugin. */
  readonly note?: string;
  /** Set when the bot's parts are not asked: the conversation continues as new, or closes. */
  readonly isUpkeep?: true;
}

/** A broadcast reached this person: their conversation starts its sequence, unless an operator answers. */
export const beginBroadcastSignal = defineSignal<[BroadcastBegin]>('beginBroadcast');
/** People that a broadcast has reached and left out so far. */
export const broadcastTallyQuery = defineQuery<BroadcastTally>('tally');

/** The person wrote or tapped: a run that stops on replies and waits for none ends before the plugins answer. */
export const personRepliedSignal = defineSignal<[]>('personReplied');
/**
 * A conversation passes the person's message or tap to its sequences, after the plugins; `id` is the same when the turn
 * runs again. Signals of older versions have no `id`.
 */
export const replySignal = defineSignal<[MessageEvent | PostbackEvent, id?: string]>('reply');
/** No plugin handled a reply: the run answers with `offerAnswered` whether it waits for it, and gets it as the `reply` of this `id`. */
export const offerReplySignal = defineSignal<[MessageEvent | PostbackEvent, id: string]>('offerReply');
/** A sequence answers an offer of its conversation. */
export const offerAnsweredSignal = defineSignal<[OfferAnswer]>('offerAnswered');
/** A sequence must end: an operator took the conversation over, or somebody stopped it. */
export const stopSequenceSignal = defineSignal<[reason?: string]>('stop');
/** The reason of a `stop` that somebody sent by hand without one. */
export const BY_HAND = 'hand';
/** Whether a sequence was stopped and only finishes the step it is in. */
export const isEndingQuery = defineQuery<boolean>('isEnding');
/** A topic was emitted; a sequence may wait for it or stop on it. */
export const topicSignal = defineSignal<[Topic]>('topic');

/** Search attribute of conversations and sequences. */
export const pageIdKey = defineSearchAttributeKey('PageId', SearchAttributeType.KEYWORD);
/** Search attribute. Of a conversation: the names of its open sequences. Of a sequence: `{name}@{version}`. */
export const sequencesKey = defineSearchAttributeKey('Sequences', SearchAttributeType.KEYWORD_LIST);

/**
 * How a run of a sequence ended: it ran to its end (`answered` when its last wait for a reply got one), a reply, topic or
 * operator stopped it, a refusal in its `endOn` ended it, it threw, or somebody cancelled the workflow.
 */
export type SequenceStatus = 'finished' | 'answered' | 'stopped' | 'refused' | 'failed' | 'cancelled';

/** The end of a run of a sequence, as it reports it to its conversation. */
export interface SequenceEnd {
  readonly name: string;
  /** Id of the cause of the run that ended: another run may be under way already. */
  readonly occasion?: string;
  /** For people: `finished`, `stopped by reply`, `failed: …`. */
  readonly result: string;
  /** Missing in signals of older versions. */
  readonly status?: SequenceStatus;
}

/** Whether the run failed. Signals of older versions say so only at the beginning of `result`. */
export function hasFailed({ status, result }: SequenceEnd): boolean {
  return status === undefined ? result.startsWith('failed') : status === 'failed';
}

/** Whether a run waits for the reply that it was offered. */
export interface OfferAnswer {
  /** The sequence's name. */
  readonly name: string;
  /** The id of the offer. */
  readonly id: string;
  readonly isTaken: boolean;
}

/** Input of the broadcast workflow. */
export interface BroadcastInput {
  readonly name: string;
  /**
   * Nobody gets the same edition twice. Missing for a run of a schedule: it is for those whose clock shows the broadcast's
   * time when the run is due, and each of them gets the edition of their own date.
   */
  readonly edition?: string;
  /** When a run of a schedule was due, epoch ms; set when it continues as new. */
  readonly scheduledAt?: number;
  /** Set when it continues as new: the last person, the round, and the tally so far. */
  readonly after?: ConversationId;
  readonly round?: number;
  readonly tally?: BroadcastTally;
}

/** Numbers of people of a broadcast. */
export interface BroadcastTally {
  /** Whose sequence was started. */
  readonly begun: number;
  /** Left out, by {@link LeftOutReason}. */
  readonly leftOut: Readonly<Record<string, number>>;
}

/** Why a broadcast leaves a person out; `had_it_already`: the same edition reached them before. */
export type LeftOutReason = RefusalReason | HoldReason | 'had_it_already';

/** Which broadcast reached a person; `occasion` is the id of its cause. */
export interface BroadcastBegin {
  readonly name: string;
  readonly occasion: string;
}

/** Input of the conversation workflow. */
export interface ConversationInput {
  readonly conversation: ConversationId;
  /** The state of the run before this one, when it continued as new. */
  readonly state?: unknown;
  /** In tests and `dev` only: how far this person's clock was ahead of the Temporal server's when the run began, ms. */
  readonly clockAheadMs?: number;
}

/** Input of a sequence workflow. */
export interface SequenceInput {
  readonly conversation: ConversationId;
  /** Which version of the sequence runs, to its end. Default 1. */
  readonly version?: number;
  /** Id of the cause. Send ids are made of it, so that a second start with the same cause repeats no send. */
  readonly occasion: string;
  readonly contact: ContactCard;
  /** Plain JSON. */
  readonly data?: unknown;
  /** As in {@link ConversationInput.clockAheadMs}. */
  readonly clockAheadMs?: number;
}
