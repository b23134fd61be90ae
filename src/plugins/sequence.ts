import type { ContactCard } from '../domain/contact.ts';
import type { ConversationId } from '../domain/conversation-id.ts';
import type { RefusalReason } from '../domain/error-codes.ts';
import type { SendOutcome } from '../domain/send.ts';
import type { Runs } from '../domain/sequence-start.ts';
import type { MessageEvent, PostbackEvent } from '../messenger/inbound/inbound-event.ts';
import type { Sayable } from '../messenger/outbound/outbound-message.ts';
import type { LocalTime } from '../policy/local-time.ts';
import type { Duration } from './duration.ts';
import type { NoActivities, ActivityFunctions, DeclaredActivities } from './plugin-activities.ts';
import type { Logger } from './plugin.ts';
import type { KnownTopic, StopName, TopicData, TopicName } from './topics.ts';

/**
 * A sequence, as {@link defineSequence} takes it: a follow-up written as a function that waits. Each run is a workflow of
 * its own in Temporal, under the sequence's name; it outlives the conversation, crashes of workers and deploys.
 *
 * The result of a run, in Temporal's UI: `finished`; `answered`, when the last thing it waited for was a reply and one came;
 * `stopped by reply` (or by another reason); `window closed` and the like, for a refusal in `endOn`; `failed: …`. Sends that
 * did not go out are added: `finished; 1 send refused: window_closed`.
 */
export interface Sequence<Activities extends ActivityFunctions = NoActivities, Start extends TopicName = TopicName> {
  /** In kebab-case, at most 40 characters. The workflow type in Temporal, and part of the workflow id. */
  readonly name: string;
  /**
   * A whole number from 1. Wording and delays may change under runs that wait; for any other change list a new version in
   * the bot beside the old one, until `everthread check` says that no run uses the old one. New runs use the highest
   * version; running ones finish on theirs. Default: 1.
   */
  readonly version?: number;
  /** The topic, or topics, that start it: `lead-capture.completed`. Default: only `ctx.startSequence` does. */
  readonly startOn?: Start | readonly Start[];
  /**
   * What stops a run: `reply`, `handoff`, `opt-out` (the person wrote "stop"), or a topic of your own. While `waitForReply`
   * waits no reply stops the run, whether it fits or not. Default: nothing.
   */
  readonly stopOn?: readonly StopName[];
  /**
   * What a second start for the same person does:
   * - `one_at_a_time` (default): nothing while a run is under way; later a new run.
   * - `restart`: stops the run that is under way and begins a new one.
   * - `once`: nothing, for ever.
   */
  readonly runs?: Runs;
  /** Refusals that end a run: `['window_closed']`. Default: none; `seq.send` resolves to the refusal and the run goes on. */
  readonly endOn?: readonly RefusalReason[];
  /** Between these hours of the person's day it sends nothing; sends wait for their end. Default: those of the bot. */
  readonly quietHours?: QuietHours;
  /** The activities that it may call, from {@link declareActivities}. Default: none. */
  readonly activities?: DeclaredActivities<Activities>;
  /** The steps of a run. It may await only what its context offers. */
  run(seq: SequenceContext<Activities, [Start] extends [never] ? unknown : TopicData<Start>>): Promise<void>;
}

/** Hours of a day, which may cross midnight: by the person's time zone, else by `timeZone`, else in UTC. */
export interface QuietHours {
  /** `21:00`, from 00:00 to 23:59. */
  readonly from: string;
  /** `08:00`. The same time as `from` means no quiet hours. */
  readonly to: string;
  /** For people whose time zone is not known; an IANA name: `Europe/Lisbon`. Default: UTC. */
  readonly timeZone?: string;
}

/** A reply of the person: a message or a tap. */
export type Reply = MessageEvent | PostbackEvent;

/** Which replies fit: those whose text or payload the pattern matches, or for which the function returns true. */
export type Matching = RegExp | ((reply: Reply) => boolean);

/** What a run of a sequence can see and do. */
export interface SequenceContext<Activities extends ActivityFunctions = NoActivities, Data = unknown> {
  /** The conversation's id: channel, Page and person. */
  readonly conversation: ConversationId;
  /** What Meta's profile said of the person when the run began. */
  readonly contact: ContactCard;
  /** The data of the topic that started the run, or those given to `ctx.startSequence`. */
  readonly data: Data;
  /** Epoch ms. Use it instead of `Date.now()`. */
  readonly now: number;
  /** The log of the worker; each line names the sequence. */
  readonly log: Logger;
  /**
   * The activities that the sequence declares in {@link Sequence.activities}. One that has begun is finished when the run is
   * stopped; one that fails for good throws.
   */
  readonly activities: Activities;
  /** Waits for `'20 hours'`, `'3 days'`, or ms as a number. */
  sleep(duration: Duration): Promise<void>;
  /**
   * Waits until a time, epoch ms, where one that has passed is no wait; or until the next such time by the person's clock,
   * which is always ahead.
   *
   * ```ts
   * await seq.sleepUntil({ weekday: 'working day', at: '09:00' });
   * ```
   */
  sleepUntil(time: number | LocalTime): Promise<void>;
  /**
   * Waits until `before` Meta's window closes for this person. A reply opens the window anew, and the wait goes on with it.
   *
   * ```ts
   * const closesAt = await seq.untilWindowCloses({ before: '2 hours' });
   * if (closesAt !== undefined) await seq.send('Shall I keep the mug for you?');
   * ```
   * @returns when the window closes, epoch ms; `undefined`, at once, if it is closed or was never opened.
   */
  untilWindowCloses(options: { readonly before: Duration }): Promise<number | undefined>;
  /**
   * Sends a message, after the quiet hours. At most 20 without a wait; more throw. A failure does not throw: see the
   * outcome.
   */
  send(message: Sayable): Promise<SendOutcome>;
  /**
   * Waits for the person's next message or tap; resolves to `undefined` when none came in time. With `matching` it waits for
   * the next one that fits. Plugins are offered each reply first; one that fits and that no plugin handles gets no fallback.
   * Replies that came during a send or an activity count.
   */
  waitForReply(timeout: Duration, matching?: Matching): Promise<Reply | undefined>;
  /** Waits for the next topic of this name; resolves to `undefined` when none came in time. */
  waitFor<Name extends TopicName>(topic: Name, timeout: Duration): Promise<KnownTopic<Name> | undefined>;
  /** Adds a tag of at most 50 characters, also when the conversation has closed. A 21st tag is left out. */
  tag(tag: string): Promise<void>;
  /** Removes a tag, also when the conversation has closed. */
  untag(tag: string): Promise<void>;
  /** Remembers that another system knows the person by this id, as `ctx.link` does. */
  link(system: string, id: string): Promise<void>;
}

/**
 * Infers the types of a sequence and returns the sequence as it is.
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
