import type { Duration } from './duration.ts';
import type { ConversationId } from '../messenger/conversation.ts';
import type { MessageEvent, PostbackEvent } from '../messenger/inbound-event.ts';
import type { Sayable } from '../messenger/outbound-message.ts';
import type { ContactCard, SendOutcome, Topic } from '../workflows/contract.ts';
import type { Log } from './plugin.ts';

/** What `defineSequence` takes: a follow-up as a function that waits. */
export interface Sequence {
  /** In kebab-case; the workflow's type in Temporal and part of its id. */
  readonly name: string;
  /** The topic, or topics, that start it: `lead-capture.completed`. */
  readonly startOn?: string | readonly string[];
  /**
   * What ends it early: `reply`, `handoff`, `opt-out` (the person wrote "stop"), or a topic of your own. A reply that
   * `waitForReply` is waiting for ends nothing.
   */
  readonly stopOn?: readonly string[];
  /** Nothing is sent between these hours of the person's day; it waits for their end. */
  readonly quietHours?: QuietHours;
  run(seq: SequenceContext): Promise<void>;
}

/** `21:00` to `08:00`, by the contact's time zone, else by `timeZone`, else by UTC. */
export interface QuietHours {
  readonly from: string;
  readonly to: string;
  /** An IANA name: `Europe/Lisbon`. */
  readonly timeZone?: string;
}

/** What a sequence can see and do. */
export interface SequenceContext {
  readonly conversation: ConversationId;
  readonly contact: ContactCard;
  /** What the start was given: the data of the topic. */
  readonly data: unknown;
  /** Epoch ms. Use it in place of `Date.now()`. */
  readonly now: number;
  readonly log: Log;
  /** Waits: `'20 hours'`, `'3 days'`, or ms. */
  sleep(duration: Duration): Promise<void>;
  /** Waits until a moment, epoch ms. */
  sleepUntil(at: number): Promise<void>;
  /** Says something, after the quiet hours. Never throws: what became of it is in the outcome. */
  send(message: Sayable): Promise<SendOutcome>;
  /** The person's next message or tap, or `undefined` when none came in time. */
  waitForReply(timeout: Duration): Promise<MessageEvent | PostbackEvent | undefined>;
  /** The next topic of that name, or `undefined` when none came in time. */
  waitFor(topic: string, timeout: Duration): Promise<Topic | undefined>;
}

/** Types a sequence; gives back what it is given. */
export function defineSequence(sequence: Sequence): Sequence {
  return sequence;
}
