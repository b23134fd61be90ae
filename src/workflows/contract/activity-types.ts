/** The activities that the workflows call, with their inputs and results. `src/activities` implements them. */

import type { ContactCard } from '../../domain/contact-card.ts';
import type { ContactQuery } from '../../domain/contact-query.ts';
import type { ConversationId } from '../../domain/conversation-id.ts';
import type { SendFailure } from '../../domain/error-codes.ts';
import type { Lead } from '../../domain/lead.ts';
import type { SendId } from '../../domain/send-id.ts';
import type { Author, Guarantee, Purpose, SendOutcome } from '../../domain/send.ts';
import type { Runs, SequenceStart } from '../../domain/sequence-start.ts';
import type { TagChange, Tags } from '../../domain/tags.ts';
import type { ThreadControlOutcome, ThreadControlRequest } from '../../domain/thread-control.ts';
import type { OptSignal } from '../../messenger/inbound/opt-signal.ts';
import type { MediaType } from '../../messenger/outbound/media.ts';
import type { OutboundPart } from '../../messenger/outbound/sayable.ts';
import type { SenderAction } from '../../messenger/outbound/sender-action.ts';
import type { MessageClass } from '../../policy/verdict.ts';
import type { BroadcastBegin, BroadcastTally, SequenceInput } from './messages.ts';

/** everthread's own activities. An author's activities are not among them: `authors-activities.ts` calls those. */
export interface EverthreadActivities {
  sendMessage(request: SendRequest): Promise<SendAttempt>;
  /** Ends a send that is not settled yet, so that nothing tries it again. Resolves to its outcome. */
  withdrawSend(sendId: SendId): Promise<SendOutcome>;
  /** Finds the id of a file at Meta, or uploads the file. */
  keepAttachment(request: AttachmentRequest): Promise<AttachmentResult | { readonly status: 'deferred' }>;
  /** Best effort: never throws, and does nothing while the window is closed or the Page is busy. */
  senderAction(conversation: ConversationId, action: SenderAction): Promise<void>;
  openConversation(conversation: ConversationId): Promise<OpenedConversation>;
  saveSnapshot(conversation: ConversationId, state: unknown): Promise<void>;
  saveLead(lead: Lead): Promise<void>;
  /** Idempotent. Throws on failures that may pass. */
  threadControl(conversation: ConversationId, request: ThreadControlRequest): Promise<ThreadControlOutcome>;
  recordStep(conversation: ConversationId, funnel: string, step: string, at: number): Promise<void>;
  /** Records an opt-out or opt-in. Its name is on the wire and older than its term. */
  recordWish(conversation: ConversationId, signal: OptSignal, at: number): Promise<void>;
  /** Resolves to all tags of the person after the change. */
  changeTags(conversation: ConversationId, change: TagChange): Promise<Tags>;
  /** Starts a sequence at the person's time, or finds it running. */
  startSequence(name: string, input: SequenceInput, runs?: Runs): Promise<SequenceStart>;
  /** When Meta's window closes for this person, epoch ms; `undefined` for a person who never opened it. */
  windowClosesAt(conversation: ConversationId): Promise<number | undefined>;
  /** Begins a broadcast with as many people as a few seconds allow. */
  broadcastStep(request: BroadcastStepRequest): Promise<BroadcastStep>;
}

/** Asks for one send. */
export interface SendRequest extends OutboundPart {
  readonly sendId: SendId;
  readonly conversation: ConversationId;
  readonly author: Author;
  readonly purpose: Purpose;
  /** Who asked for it, for logs: `plugin faq`, `sequence spring-offer`, `the fallback`. */
  readonly source: string;
  readonly guarantee: Guarantee;
  /** `local`: one quick try inside the workflow task. `durable`: the rest, with retries that survive everything. */
  readonly phase: 'local' | 'durable';
}

/** The result of one phase of a send; `deferred` leaves it to the durable phase. */
export type SendAttempt = SendOutcome | { readonly status: 'deferred' };

/** A file that Meta stores for a Page. */
export interface AttachmentSource {
  readonly conversation: ConversationId;
  readonly type: MediaType;
  /** An address, or a path beside the bot's file. */
  readonly source: { readonly url: string } | { readonly file: string };
}

/** Asks for the attachment id of a file. */
export interface AttachmentRequest extends AttachmentSource {
  /** An id that Meta no longer knows. */
  readonly expired?: string;
  /** `local`: only looks the id up. `durable`: uploads the file when there is none. */
  readonly phase: 'local' | 'durable';
}

/** The attachment id of a file, or why there is none; `code` has a row in `docs/errors.md`. */
export type AttachmentResult =
  | { readonly status: 'kept'; readonly attachmentId: string }
  | { readonly status: 'failed'; readonly code: SendFailure };

/** What a conversation finds in the store when it opens. */
export interface OpenedConversation {
  /** The state with which it closed the last time. */
  readonly snapshot?: unknown;
  readonly contact: ContactCard;
  /** Missing for a person who was never tagged. */
  readonly tags?: Tags;
}

/** Which people of a broadcast come next, and how fast. */
export interface BroadcastStepRequest extends BroadcastBegin {
  readonly query: ContactQuery;
  readonly messageClass: MessageClass;
  readonly perSecond: number;
  readonly after?: ConversationId;
}

/** What one step of a broadcast did, and where the next begins. */
export interface BroadcastStep {
  readonly tally: BroadcastTally;
  readonly after?: ConversationId;
  /** Nobody is left. */
  readonly isDone: boolean;
}
