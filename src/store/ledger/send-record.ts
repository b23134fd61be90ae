import type { ConversationId } from '../../domain/conversation-id.ts';
import type { RefusalReason, SendFailure } from '../../domain/error-codes.ts';
import type { SendId } from '../../domain/send-id.ts';
import type { Author, Guarantee, Purpose } from '../../domain/send.ts';
import type { OutboundMessage } from '../../messenger/outbound/outbound-message.ts';
import type { SendClass } from '../../messenger/outbound/send-api.ts';
import type { Verdict } from '../../policy/verdict.ts';
import type { Contact } from '../contacts.ts';
import type { OpenBreaker } from '../page-circuit-breaker.ts';
import type { SendStatus } from './send-states.ts';

/** The facts of a send that are recorded before Meta is called. */
export interface NewSend {
  readonly sendId: SendId;
  readonly conversation: ConversationId;
  readonly author: Author;
  readonly purpose: Purpose;
  readonly guarantee: Guarantee;
  readonly message: OutboundMessage;
  /** What asked for it: `plugin faq`, `sequence spring-offer`, `the fallback`. */
  readonly source?: string;
  /** The name of the operator who wrote it. */
  readonly operator?: string;
}

/** The record of a send. */
export interface LedgerEntry {
  readonly status: SendStatus;
  /** Why the send is not `sent`; missing while it is `calling`. */
  readonly code?: string;
  /** Meta's id of the message; set when the status is `sent`. */
  readonly messageId?: string;
  /** Calls of the Graph API so far, the running one included. */
  readonly attempts: number;
  /** When the record was made; epoch ms by the person's clock. */
  readonly createdAt: number;
  /** Since when the outcome is unknown; epoch ms, real time. */
  readonly unconfirmedSince?: number;
}

/** The policy's verdict on a send, and whether the send is the probe of a half-open circuit breaker. */
export type SendVerdict = Verdict & {
  /** Set for a probe: the Page's breaker then lets the next one through later. Epoch ms, real time. */
  readonly probesAt?: number;
};

/** What the store knows of a send, inside the transaction that writes the record. */
export interface SendFacts {
  readonly contact?: Contact;
  /** The Page's circuit breaker, if it is open. */
  readonly page?: OpenBreaker;
  /** The status of a utility message's template, if it is known. */
  readonly templateStatus?: string;
}

/** Asks the policy. */
export type AskPolicy = (facts: SendFacts) => SendVerdict;

/** The right to call Meta for a send. For one attempt, exactly one caller gets it. */
export interface CallPermit {
  readonly sendClass: SendClass;
  /** The number of this attempt, from 1. What is recorded about it counts only until another attempt follows. */
  readonly attempt: number;
  /** The call is the probe of a half-open circuit breaker. */
  readonly isProbe: boolean;
  /** When the person last did something that opens the window; epoch ms by their clock. */
  readonly personActedAt?: number;
}

/** The record of a send, with the permit if this caller may call Meta. */
export interface OpenedSend {
  readonly entry: LedgerEntry;
  readonly permit?: CallPermit;
}

/** An end other than `sent`; `code` says why. */
export type SendEnd =
  | { readonly status: 'refused'; readonly code: RefusalReason }
  | { readonly status: 'failed'; readonly code: SendFailure }
  | { readonly status: 'unknown'; readonly code: 'no_echo' };

/** Sends that are not `sent`, grouped by status and code. */
export interface FailureGroup {
  readonly status: Exclude<SendStatus, 'sent'>;
  readonly code: string;
  readonly sends: number;
  /** When the last of them ended or, if none has, was recorded; epoch ms by the person's clock. */
  readonly lastAt: number;
}
