/**
 * All that the outside may know of a workflow: names, ids, messages, inputs, and the activities it asks for.
 * The other side of each line is in `conversation.ts` and `sequence.ts`.
 */
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ConversationId } from '../../domain/conversation-id.ts';
import type { InboundEvent, MessageEvent, PostbackEvent } from '../../messenger/inbound/inbound-event.ts';
import type { MediaType } from '../../messenger/outbound/media.ts';
import type { Wish } from '../../messenger/inbound/opt-signal.ts';
import type { OutboundPart } from '../../messenger/outbound/sayable.ts';
import type { SenderAction } from '../../messenger/outbound/sender-action.ts';
import type { Author, MessageClass, Purpose, RefusalReason } from '../../policy/verdict.ts';
import type { ContactQuery } from '../../store/audience.ts';

export const TASK_QUEUE = 'everthread';
export const CONVERSATION_TYPE = 'conversation';

/** `sequence:{name}:{conversation id}`: one run of a sequence per person at a time. */
export function sequenceId(name: string, conversation: ConversationId): string {
  return `sequence:${name}:${conversation}`;
}

export const BROADCAST_TYPE = 'broadcast';

/** One run of a broadcast at a time. */
export function broadcastId(name: string): string {
  return `broadcast:${name}`;
}

/** What an edition of a broadcast starts a person's sequence by: the same edition says nothing twice to anybody. */
export function broadcastOccasion(name: string, edition: string): string {
  return `b-${name}-${edition}`;
}

/** The name of the first send of a person's sequence. */
export function broadcastSendId(conversation: ConversationId, name: string, occasion: string): string {
  return `${conversation}/${occasion}/${name}/0`;
}

/** An event with its place in the inbox; the number is what a turn and its sends are named after. */
export interface InboxItem {
  readonly inboxId: number;
  readonly event: InboundEvent;
}

/** Several waiting events of one conversation, oldest first. */
export const inboundEventsSignal = defineSignal<[readonly InboxItem[]]>('inboundEvents');
/** A sequence tells its conversation how it ended. */
export const sequenceEndedSignal = defineSignal<[SequenceEnd]>('sequenceEnded');
/** A sequence tells its conversation what it made of the person's tags; the store knows already. */
export const tagsChangedSignal = defineSignal<[TagChange]>('tagsChanged');
/** A person of the business answers from now on; the bot is silent. */
export const takeOverUpdate = defineUpdate<void, [TakeOver]>('takeOver');
/** The bot answers again. */
export const giveBackUpdate = defineUpdate<void, []>('giveBack');
/**
 * When something will happen by itself in this workflow, epoch ms in its own time; `undefined` when nothing will,
 * a moment in the past while it is at work.
 */
export const nextDueQuery = defineQuery<number | undefined>('nextDue');

/** Names of the sequences that a conversation believes to be running. */
export const openSequencesQuery = defineQuery<readonly string[]>('openSequences');

/** A broadcast has reached this person: their conversation begins its sequence, unless a person of the business answers. */
export const beginBroadcastSignal = defineSignal<[BroadcastBegin]>('beginBroadcast');
export const broadcastTallyQuery = defineQuery<BroadcastTally>('tally');

/** A conversation tells its sequences what the person did. */
export const replySignal = defineSignal<[MessageEvent | PostbackEvent]>('reply');
/** A sequence must end: the conversation was handed over, or somebody said so. */
export const stopSequenceSignal = defineSignal<[reason: string]>('stop');
/** Whether a sequence is about to end: it was stopped, and does no more than finish what it began. */
export const isEndingQuery = defineQuery<boolean>('isEnding');

/** Something happened that a sequence may wait for or stop on. */
export const topicSignal = defineSignal<[Topic]>('topic');

/** Search attributes that conversations and sequences share. */
export const pageIdKey = defineSearchAttributeKey('PageId', SearchAttributeType.KEYWORD);
/** Of a conversation: the names of its open sequences. Of a sequence: `{name}@{version}`. */
export const sequencesKey = defineSearchAttributeKey('Sequences', SearchAttributeType.KEYWORD_LIST);

export interface TakeOver {
  readonly reason: string;
  /** For how long the bot stays silent at most; left out: until given back. */
  readonly forMs?: number;
}

export interface Topic {
  readonly name: string;
  readonly data?: unknown;
}

/** What somebody said in a talk, cut when it is long; what has no words stands in brackets: `[image]`. */
export interface Line {
  /** Epoch ms. */
  readonly at: number;
  readonly by: 'person' | 'bot' | 'human' | 'other app';
  readonly text: string;
}

export interface TagChange {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** So many tags a person has at most; they are a search attribute, and all fit into its 2 KB. */
export const MOST_TAGS = 20;
export const LONGEST_TAG = 50;

export interface SequenceEnd {
  readonly name: string;
  /** What started the run that ended: another one may run already. */
  readonly occasion?: string;
  /** What a person can read: `finished`, `stopped by reply`, `failed: …`. */
  readonly result: string;
}

export interface BroadcastInput {
  readonly name: string;
  readonly edition: string;
  /** Who was looked at last, in which round, and what became of all, when it continued as new. */
  readonly after?: ConversationId;
  readonly round?: number;
  readonly tally?: BroadcastTally;
}

/** People, by what became of them. */
export interface BroadcastTally {
  readonly begun: number;
  readonly leftOut: Readonly<Record<string, number>>;
}

export interface BroadcastBegin {
  readonly name: string;
  readonly occasion: string;
}

export interface BroadcastStepRequest extends BroadcastBegin {
  readonly query: ContactQuery;
  readonly messageClass: MessageClass;
  readonly perSecond: number;
  readonly after?: ConversationId;
}

export interface BroadcastStep {
  readonly tally: BroadcastTally;
  readonly after?: ConversationId;
  /** Nobody is left. */
  readonly isDone: boolean;
}

export interface ConversationInput {
  readonly conversation: ConversationId;
  /** The state of the run before this one, when it continued as new. */
  readonly state?: unknown;
  /** Test and dev only: how far this person's clock was ahead of the engine's when the run began. */
  readonly clockAheadMs?: number;
}

export interface SequenceInput {
  readonly conversation: ConversationId;
  /** Which version of the sequence it runs to its end; left out: 1. */
  readonly version?: number;
  /** What started it; its sends are named after this, so that a second start repeats none. */
  readonly occasion: string;
  readonly contact: ContactCard;
  readonly data?: unknown;
  readonly clockAheadMs?: number;
}

/** One thing to say, named so that saying it again is recognised. */
export interface SendRequest extends OutboundPart {
  /** `{conversation}/{occasion}/{ordinal}`; travels to Meta as `message.metadata` and back in the echo. */
  readonly sendId: string;
  readonly conversation: ConversationId;
  readonly author: Author;
  readonly purpose: Purpose;
  /** Who asked for it, for logs: `plugin faq`, `sequence spring-offer`, `the fallback`. */
  readonly source: string;
  /** What to do when nobody knows whether Meta took it and no echo comes. */
  readonly guarantee: 'at-least-once' | 'at-most-once';
  /** `local`: one quick try inside the workflow task. `durable`: the rest, with retries that survive everything. */
  readonly phase: 'local' | 'durable';
}

/** The `code` of a send that failed because Meta no longer has its file. */
export const ATTACHMENT_EXPIRED = 'attachment_expired';

/** The `code` of what the bot could not say before a person took over. */
export const TAKEN_OVER = 'taken_over';

/** What became of a send. */
export type SendOutcome =
  | { readonly status: 'sent'; readonly messageId: string }
  | { readonly status: 'refused'; readonly reason: RefusalReason }
  | { readonly status: 'failed'; readonly code: string }
  | { readonly status: 'unknown' };

/** What the local phase may answer besides: the durable phase must settle it. */
export type SendAttempt = SendOutcome | { readonly status: 'deferred' };

/** A file that Meta shall keep for a Page. */
export interface ToKeep {
  readonly conversation: ConversationId;
  readonly type: MediaType;
  /** An address, or a path beside the bot's file. */
  readonly source: { readonly url: string } | { readonly file: string };
}

export interface KeepRequest extends ToKeep {
  /** An id that Meta no longer knows. */
  readonly expired?: string;
  /** `local`: only what is known already. `durable`: uploads it. */
  readonly phase: 'local' | 'durable';
}

export type Kept =
  | { readonly status: 'kept'; readonly attachmentId: string }
  | { readonly status: 'failed'; readonly code: string };

export interface Lead {
  /** Derived from the occasion, so that saving it again changes nothing. */
  readonly leadId: string;
  readonly conversation: ConversationId;
  readonly form: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly consent?: Consent;
  readonly at: number;
}

/** The words about the use of their answers that a person was told or agreed to, and when (epoch ms). */
export interface Consent {
  readonly text: string;
  readonly at: number;
  readonly given: 'told' | 'agreed';
}

/** What to do about who answers in a thread, under Meta's Conversation Routing (read 2026-10-06). */
export type ThreadControlRequest =
  /** Another app goes on; left out: Meta's own inbox, where people answer. */
  | { readonly action: 'pass'; readonly appId?: string }
  /** `take` is for the Page's default app alone, `request` where routing is not configured. */
  | { readonly action: 'take' | 'request' | 'release' };

/** What Meta made of it; `code` is the class of its error, as in `docs/errors.md`. */
export type ThreadControlOutcome =
  | { readonly status: 'done' }
  | { readonly status: 'refused'; readonly code: string }
  | { readonly status: 'unknown' };

/** What a conversation finds when it opens. */
export interface OpenedConversation {
  /** The state it closed with the last time. */
  readonly snapshot?: unknown;
  readonly contact: ContactCard;
  /** As the store has them; left out for a person who was never tagged. */
  readonly tags?: readonly string[];
}

/** What a second start does: nothing while a run is under way, a new run in its place, or nothing for ever. */
export type Runs = 'one_at_a_time' | 'restart' | 'once';

/** What became of a start; `already_ran` only for sequences that run once. */
export type SequenceStart = 'started' | 'already_running' | 'already_ran';

/** What is known of a person. */
export interface ContactCard {
  readonly firstName?: string;
  readonly lastName?: string;
  /** `pt_PT`, as Meta writes it. */
  readonly locale?: string;
  /** An IANA name: `Europe/Lisbon`. */
  readonly timeZone?: string;
}

/** The outside half of the two workflows, implemented in `src/activities`. */
export interface EverthreadActivities {
  sendMessage(request: SendRequest): Promise<SendAttempt>;
  /** Nobody tries any more: what was not sent by now is not sent. Gives what became of it. */
  withdrawSend(sendId: string): Promise<SendOutcome>;
  /** Finds or makes the id of a file at Meta. */
  keepAttachment(request: KeepRequest): Promise<Kept | { readonly status: 'deferred' }>;
  /** At best effort: never throws, and does nothing while the window is closed or the Page is busy. */
  senderAction(conversation: ConversationId, action: SenderAction): Promise<void>;
  openConversation(conversation: ConversationId): Promise<OpenedConversation>;
  saveSnapshot(conversation: ConversationId, state: unknown): Promise<void>;
  saveLead(lead: Lead): Promise<void>;
  /** Doing it again changes nothing. Throws what may pass. */
  threadControl(conversation: ConversationId, request: ThreadControlRequest): Promise<ThreadControlOutcome>;
  recordStep(conversation: ConversationId, funnel: string, step: string, at: number): Promise<void>;
  recordWish(conversation: ConversationId, wish: Wish, at: number): Promise<void>;
  /** Gives the tags that are there then. */
  changeTags(conversation: ConversationId, change: TagChange): Promise<readonly string[]>;
  /** Starts it at the person's time, or finds it running. */
  startSequence(name: string, input: SequenceInput, runs?: Runs): Promise<SequenceStart>;
  /** When Meta's window closes for this person as things are, epoch ms; `undefined` for one who never opened it. */
  windowClosesAt(conversation: ConversationId): Promise<number | undefined>;
  /** Has as many people of a broadcast begin as some seconds allow. */
  broadcastStep(request: BroadcastStepRequest): Promise<BroadcastStep>;
}

/** What time it is for a person: the real time, except where the time machine moved it. Epoch ms. */
export interface Clock {
  now(conversation: ConversationId): number;
}
