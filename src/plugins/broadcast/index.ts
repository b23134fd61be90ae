import { messageClass, type Sayable } from '../../messenger/outbound/outbound-message.ts';
import { outboundMessage } from '../../messenger/outbound/sayable.ts';
import { isQuarter, type LocalTime } from '../../policy/local-time.ts';
import { optionsOf } from '../options.ts';
import { checkSegment, type Segment } from '../segment.ts';
import { defineSequence, type QuietHours, type Sequence } from '../sequence.ts';

/** The options of {@link broadcast}. */
export interface BroadcastOptions extends Pick<Sequence, 'quietHours' | 'stopOn'> {
  /** In kebab-case, at most 40 characters; different from the names of the bot's sequences. */
  readonly name: string;
  /** A segment, or the name of one of the bot's `segments`. `{}` is everybody the bot has met. */
  readonly to: string | Segment;
  /** The message for each of them. Give either `say` or `run`. */
  readonly say?: Sayable;
  /** A sequence for each of them, for more than one message. */
  readonly run?: Sequence['run'];
  /** How many people per second get it, 0.1 to 40; the Page's rate limit applies as well. Default: 10. */
  readonly perSecond?: number;
  /**
   * When it starts by itself, by the clock of each person: `{ at: '20:00' }` every evening, `{ weekday: 'monday', at: '09:00' }`.
   * A full quarter of an hour. Default: only `everthread broadcast` and operators start it.
   */
  readonly every?: LocalTime;
}

/** A sequence for everybody in a segment who may be sent messages; `everthread broadcast` starts it. */
export interface Broadcast {
  /** The argument of `everthread broadcast`. */
  readonly name: string;
  /** A segment, or the name of one of the bot's `segments`. */
  readonly to: string | Segment;
  /** People per second. */
  readonly perSecond: number;
  /** Which of Meta's rules its first message falls under; decides who may get it. */
  readonly messageClass: ReturnType<typeof messageClass>;
  /** When it starts by itself; `undefined`: never. */
  readonly every?: LocalTime;
  /** Runs once for each person. */
  readonly sequence: Sequence;
}

/** The activity of a broadcast step waits between two people, so the rate cannot be lower. */
const MIN_PEOPLE_PER_SECOND = 0.1;
const MAX_PEOPLE_PER_SECOND = 40;

/**
 * Defines a message or a sequence for a segment, for the bot's `broadcasts`. `everthread broadcast <name>` starts it.
 *
 * @throws BotError `bot_invalid`, with the option that is wrong.
 */
export function broadcast(given: BroadcastOptions): Broadcast {
  const check = optionsOf('broadcast');
  check.known(given, {
    name: true,
    to: true,
    say: true,
    run: true,
    perSecond: true,
    every: true,
    quietHours: true,
    stopOn: true,
  });
  const { name, to, say, run, perSecond = 10, every, ...options } = given;
  check.name('name', name);
  if (typeof to !== 'string') checkSegment('broadcast', 'to', to);
  check.that((say === undefined) !== (run === undefined), 'say', 'given, or else "run"', say);
  if (say !== undefined) check.sayable('say', say);
  if (run !== undefined) check.that(typeof run === 'function', 'run', 'a function', run);
  const isRate = Number.isFinite(perSecond) && perSecond >= MIN_PEOPLE_PER_SECOND && perSecond <= MAX_PEOPLE_PER_SECOND;
  check.that(isRate, 'perSecond', `a number from ${MIN_PEOPLE_PER_SECOND} to ${MAX_PEOPLE_PER_SECOND}`, perSecond);
  if (every !== undefined) {
    check.localTime('every', every);
    check.that(isQuarter(every), 'every', "at a full quarter of an hour, such as { at: '20:15' }", every);
  }
  return {
    name,
    to,
    perSecond,
    ...(every && { every }),
    messageClass: say === undefined ? 'ordinary' : messageClass(outboundMessage(say)),
    sequence: defineSequence({
      ...options,
      name,
      run: run ?? (async (seq) => void (say !== undefined && (await seq.send(say)))),
    }),
  };
}

/** When a broadcast of a bot with these quiet hours starts; people without a time zone of their own have the one that it names. */
export function scheduleOf({ every, sequence }: Broadcast, hours: QuietHours | undefined): LocalTime | undefined {
  const timeZone = every?.timeZone ?? (sequence.quietHours ?? hours)?.timeZone;
  return every && { ...every, ...(timeZone !== undefined && { timeZone }) };
}
