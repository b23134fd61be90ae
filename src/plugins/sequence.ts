import type { ContactCard } from '../domain/contact-card.ts';
import type { ConversationId } from '../domain/conversation-id.ts';
import type { RefusalReason } from '../domain/error-codes.ts';
import type { SendOutcome } from '../domain/send.ts';
import type { Runs } from '../domain/sequence-start.ts';
import type { MessageEvent, PostbackEvent } from '../messenger/inbound/inbound-event.ts';
import type { Sayable } from '../messenger/outbound/outbound-message.ts';
import type { Duration } from './duration.ts';
import type { NoActivities, ActivityFunctions, DeclaredActivities } from './plugin-activities.ts';
import type { Logger } from './plugin.ts';
import type { KnownTopic, StopName, TopicData, TopicName } from './topics.ts';

/**
 * What `defineSequence` takes: a follow-up as a function that waits. A run of it is a workflow of its own in Temporal, of
 * that name; it goes on when the conversation closes, when workers die and through deploys.
 *
 * It ends with words that a person can read: `finished`; `answered`, when the last thing it waited for was a reply and one
 * came; `stopped by reply` (or by another reason); `window closed` and the like, for a refusal in `endOn`; `failed: …`.
 */
export interface Sequence<Activities extends ActivityFunctions = NoActivities, Start extends TopicName = TopicName> {
  /** In kebab-case; the workflow's type in Temporal and part of its id. */
  readonly name: string;
  /**
   * Default 1. Wording and delays may change under runs that are waiting; anything else is a new version, listed in the bot
   * beside the old one until `everthread check` says that nobody is in that any more. A start takes the highest.
   */
  readonly version?: number;
  /** The topic, or topics, that start it: `lead-capture.completed`. */
  readonly startOn?: Start | readonly Start[];
  /**
   * What ends it early: `reply`, `handoff`, `opt-out` (the person wrote "stop"), or a topic of your own. While
   * `waitForReply` is waiting no reply ends anything, fitting or not.
   */
  readonly stopOn?: readonly StopName[];
  /**
   * What a start does while, or after, the person is in it:
   * - `one_at_a_time` (default): nothing while a run is under way; later a new one.
   * - `restart`: ends the run that is under way and begins anew.
   * - `once`: nothing, for ever.
   */
  readonly runs?: Runs;
  /**
   * Refusals that end it: `['window_closed']`. Without it a send that is refused ends nothing, and `seq.send` gives the
   * reason.
   */
  readonly endOn?: readonly RefusalReason[];
  /** Nothing is sent between these hours of the person's day; it waits for their end. Default: those of the bot. */
  readonly quietHours?: QuietHours;
  /** Its outside half, as a plugin's: see {@link declareActivities}. */
  readonly activities?: DeclaredActivities<Activities>;
  run(seq: SequenceContext<Activities, [Start] extends [never] ? unknown : TopicData<Start>>): Promise<void>;
}

/** `21:00` to `08:00`, by the contact's time zone, else by `timeZone`, else by UTC. */
export interface QuietHours {
  readonly from: string;
  readonly to: string;
  /** An IANA name: `Europe/Lisbon`. */
  readonly timeZone?: string;
}

/** What a person may answer with. */
export type Reply = MessageEvent | PostbackEvent;

/** Which replies are meant: those whose words or payload fit, or that the function says yes to. */
export type Matching = RegExp | ((reply: Reply) => boolean);

/** What a sequence can see and do. */
export interface SequenceContext<Activities extends ActivityFunctions = NoActivities, Data = unknown> {
  readonly conversation: ConversationId;
  readonly contact: ContactCard;
  /** What the start was given: the data of the topic. */
  readonly data: Data;
  /** Epoch ms. Use it in place of `Date.now()`. */
  readonly now: number;
  readonly log: Logger;
  /**
   * Its own activities, as declared in {@link Sequence.activities}. One that has begun is finished when the sequence is
   * stopped; one that fails for good throws.
   */
  readonly activities: Activities;
  /** Waits: `'20 hours'`, `'3 days'`, or ms. */
  sleep(duration: Duration): Promise<void>;
  /** Waits until a moment, epoch ms; not at all for one that has passed. */
  sleepUntil(at: number): Promise<void>;
  /**
   * Waits until so long before Meta's window closes for this person. A reply opens it anew, and the wait goes on with it.
   *
   * ```ts
   * const closesAt = await seq.untilWindowCloses({ before: '2 hours' });
   * if (closesAt !== undefined) await seq.send('Shall I keep the mug for you?');
   * ```
   * @returns when it closes, epoch ms; `undefined`, at once, for one that is closed or was never opened.
   */
  untilWindowCloses(moment: { readonly before: Duration }): Promise<number | undefined>;
  /** Says something, after the quiet hours. Never throws: what became of it is in the outcome. */
  send(message: Sayable): Promise<SendOutcome>;
  /**
   * The person's next message or tap, or `undefined` when none came in time. With `matching`, the next that fits; others
   * are left to the plugins, and the wait goes on. What came while a message or an activity was on its way counts.
   */
  waitForReply(timeout: Duration, matching?: Matching): Promise<Reply | undefined>;
  /** The next topic of that name, or `undefined` when none came in time. */
  waitFor<Name extends TopicName>(topic: Name, timeout: Duration): Promise<KnownTopic<Name> | undefined>;
  /** Puts a tag on the person, in the conversation and in the store, also when the conversation has closed. */
  tag(tag: string): Promise<void>;
  untag(tag: string): Promise<void>;
}

/**
 * Types a sequence; gives back what it is given.
 *
 * ```ts
 * export const springOffer = defineSequence({
 *   name: 'spring-offer',
 *   startOn: 'lead-capture.completed',
 *   stopOn: ['handoff'],
 *   async run(seq) {
 *     await seq.sleep('20 hours');
 *     await seq.send('Any questions about our offer?');
 *     const reply = await seq.waitForReply('3 days');
 *     if (reply === undefined) await seq.tag('silent');
 *   },
 * });
 * ```
 */
export function defineSequence<Activities extends ActivityFunctions = NoActivities, Start extends TopicName = never>(
  sequence: Sequence<Activities, Start>,
): Sequence<Activities, Start> {
  return sequence;
}
