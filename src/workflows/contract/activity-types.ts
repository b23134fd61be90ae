/** The activities that the workflows call, with their inputs and results. `src/activities` implements them. */

import type { ContactCard, ContactQuery } from '../../domain/contact.ts';
import type { ConversationId } from '../../domain/conversation-id.ts';
import type { SendFailure } from '../../domain/error-codes.ts';
import type { ExternalId } from '../../domain/external-id.ts';
import type { HandoffChange, ThreadControlOutcome, ThreadControlRequest } from '../../domain/handoff.ts';
import type { Lead } from '../../domain/lead.ts';
import type { EmittedTopic } from '../../domain/outgoing-event.ts';
import type { SendId } from '../../domain/send-id.ts';
import type { Author, Guarantee, Purpose, SendOutcome } from '../../domain/send.ts';
import type { Runs, SequenceStart } from '../../domain/sequence-start.ts';
import type { TagChange, Tags } from '../../domain/tags.ts';
import type { OptSignal } from '../../messenger/inbound/opt-signal.ts';
import type { MediaType } from '../../messenger/outbound/media.ts';
import type { OutboundPart } from '../../messenger/outbound/sayable.ts';
import type { SenderAction } from '../../messenger/outbound/sender-action.ts';
import type { LocalTime } from '../../policy/local-time.ts';
import type { MessageClass } from '../../policy/verdict.ts';
import type { BroadcastTally, SequenceInput } from './messages.ts';

/** everthread's own activities. Those of a bot's developer are called by `bot-activities.ts`. */
export interface EverthreadActivities {
  /** One phase of a send: checks Meta's rules, calls the Send API, records the outcome in the ledger. */
  sendMessage(request: SendRequest): Promise<SendAttempt>;
  /** Ends a send that has no outcome yet, so that nothing tries it again. Resolves to its outcome. */
  withdrawSend(sendId: SendId): Promise<SendOutcome>;
  /** Looks up the attachment id of a file, or uploads the file. */
  keepAttachment(request: AttachmentRequest): Promise<AttachmentResult | { readonly status: 'deferred' }>;
  /** Best effort: never throws, and does nothing while the window is closed or the Page is busy. */
  senderAction(conversation: ConversationId, action: SenderAction): Promise<void>;
  /** Reads what the store has of a person whose conversation opens. */
  openConversation(conversation: ConversationId): Promise<OpenedConversation>;
  /** Saves the state of a conversation that continues as new or ends, unless the store has a newer one. */
  saveSnapshot(conversation: ConversationId, state: unknown): Promise<void>;
  /** Saves a lead, and puts it into the outbox. Idempotent by `leadId`. */
  saveLead(lead: Lead): Promise<void>;
  /** Passes, takes, requests or releases a thread. Idempotent. Throws on failures that may pass. */
  threadControl(conversation: ConversationId, request: ThreadControlRequest): Promise<ThreadControlOutcome>;
  /** Records who answers from now on, for the lists of operators. Idempotent; a late change changes nothing. */
  recordHandoff(conversation: ConversationId, change: HandoffChange): Promise<void>;
  /** Records that the person reached a step of a funnel; only the first time counts. */
  recordStep(conversation: ConversationId, funnel: string, step: string, at: number): Promise<void>;
  /** Records an opt-out or opt-in. Its name is on the wire and older than its term. */
  recordWish(conversation: ConversationId, signal: OptSignal, at: number): Promise<void>;
  /** Resolves to all tags of the person after the change. */
  changeTags(conversation: ConversationId, change: TagChange): Promise<Tags>;
  /** Remembers by which ids other systems know the person. An id belongs to the person who was linked last. */
  linkExternalIds(conversation: ConversationId, ids: readonly ExternalId[]): Promise<void>;
  /** Puts topics of the bot into the outbox, for other systems that want them. Idempotent by their keys. */
  putTopics(conversation: ConversationId, topics: readonly EmittedTopic[]): Promise<void>;
  /** Starts a sequence by the person's clock, or finds it running. */
  startSequence(name: string, input: SequenceInput, runs?: Runs): Promise<SequenceStart>;
  /** When Meta's window closes for this person, epoch ms; `undefined` for a person who never opened it. */
  windowClosesAt(conversation: ConversationId): Promise<number | undefined>;
  /** Starts a broadcast's sequence for as many people as a few seconds allow. */
  broadcastStep(request: BroadcastStepRequest): Promise<BroadcastStep>;
}

/** Asks for one send. */
export interface SendRequest extends OutboundPart {
  readonly sendId: SendId;
  readonly conversation: ConversationId;
  readonly author: Author;
  readonly purpose: Purpose;
  /** Who asked for it, for logs and traces: `plugin faq`, `sequence spring-offer`, `the fallback`. */
  readonly source: string;
  /** The name of the operator who wrote it; missing for the bot's. */
  readonly operator?: string;
  readonly guarantee: Guarantee;
  /** `local`: one quick try in the workflow task. `durable`: retries that survive crashes and deploys. */
  readonly phase: 'local' | 'durable';
  /**
   * For a send that a conversation waits for: the person's last action that it has handled, epoch ms. A later one waits for
   * this send, which must not take long then.
   */
  readonly handledUntil?: number;
}

/** The result of one phase of a send; `deferred` leaves it to the durable phase. */
export type SendAttempt = SendOutcome | { readonly status: 'deferred' };

/** A file that Meta stores for a Page. */
export interface AttachmentSource {
  readonly conversation: ConversationId;
  readonly type: MediaType;
  /** A URL, or a path relative to the bot's file. */
  readonly source: { readonly url: string } | { readonly file: string };
}

/** Asks for the attachment id of a file. */
export interface AttachmentRequest extends AttachmentSource {
  /** An id that Meta no longer knows. */
  readonly expired?: string;
  /** `local`: only looks the id up. `durable`: uploads the file when there is none. */
  readonly phase: 'local' | 'durable';
  /** As in {@link SendRequest}. */
  readonly handledUntil?: number;
}

/** The attachment id of a file, or why there is none. The name of the status is on the wire; `code` has a row in `docs/errors.md`. */
export type AttachmentResult =
  | { readonly status: 'kept'; readonly attachmentId: string }
  | { readonly status: 'failed'; readonly code: SendFailure };

/** What the store has of a person whose conversation opens. */
export interface OpenedConversation {
  /** The last state that was saved, with those sequences that are running. */
  readonly snapshot?: unknown;
  readonly contact: ContactCard;
  /** Missing for a person who was never tagged. */
  readonly tags?: Tags;
}

/** Asks for the next step of a broadcast. */
export interface BroadcastStepRequest {
  readonly name: string;
  /** The id of the edition's cause; missing where {@link due} is given. */
  readonly occasion?: string;
  /** Only those whose clock shows `time` at `at`, epoch ms; each gets the edition of their date. */
  readonly due?: { readonly at: number; readonly time: LocalTime };
  /** Selects the people. */
  readonly query: ContactQuery;
  readonly messageClass: MessageClass;
  /** How many people per second, 0.1 to 40. */
  readonly perSecond: number;
  /** The last person of the step before. */
  readonly after?: ConversationId;
}

/** The result of one step of a broadcast. */
export interface BroadcastStep {
  readonly tally: BroadcastTally;
  /** The last person of this step. Missing when nobody is left. */
  readonly after?: ConversationId;
  /** True when nobody is left. */
  readonly isDone: boolean;
}
