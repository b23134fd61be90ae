import { messageClass, type Sayable } from '../../messenger/outbound/outbound-message.ts';
import { outboundMessage } from '../../messenger/outbound/sayable.ts';
import { optionsOf } from '../options.ts';
import { checkSegment, type Segment } from '../segment.ts';
import { defineSequence, type Sequence } from '../sequence.ts';

export interface BroadcastOptions extends Pick<Sequence, 'quietHours' | 'stopOn'> {
  /** In kebab-case; no sequence of the bot has the same. */
  readonly name: string;
  /** A segment, or the name of one of the bot's `segments`; `{}` is everybody. */
  readonly to: string | Segment;
  /** What each of them is told. */
  readonly say?: Sayable;
  /** In its place: a sequence that each of them begins. */
  readonly run?: Sequence['run'];
  /** How many people begin in a second, 0.1 to 40. Default: 10. The Page's own rate holds in any case. */
  readonly perSecond?: number;
}

/** A sequence for everybody in a segment who may be written to; `everthread broadcast` starts it. */
export interface Broadcast {
  readonly name: string;
  readonly to: string | Segment;
  readonly perSecond: number;
  /** Which of Meta's rules its first words fall under: who may hear them depends on it. */
  readonly messageClass: ReturnType<typeof messageClass>;
  readonly sequence: Sequence;
}

/** Between two people a step of the broadcast waits in one activity. */
const MIN_PER_SECOND = 0.1;
const MAX_PER_SECOND = 40;

/** Goes into `broadcasts` of the bot. Nothing happens before `everthread broadcast <name>`. */
export function broadcast({ name, to, say, run, perSecond = 10, ...options }: BroadcastOptions): Broadcast {
  const check = optionsOf('broadcast');
  check.name('name', name);
  if (typeof to !== 'string') checkSegment('broadcast', 'to', to);
  check.that((say === undefined) !== (run === undefined), 'say', 'given, or else "run"', say);
  if (say !== undefined) check.sayable('say', say);
  if (run !== undefined) check.that(typeof run === 'function', 'run', 'a function', run);
  const isRate = Number.isFinite(perSecond) && perSecond >= MIN_PER_SECOND && perSecond <= MAX_PER_SECOND;
  check.that(isRate, 'perSecond', `a number from ${MIN_PER_SECOND} to ${MAX_PER_SECOND}`, perSecond);
  return {
    name,
    to,
    perSecond,
    messageClass: say === undefined ? 'ordinary' : messageClass(outboundMessage(say)),
    sequence: defineSequence({
      ...options,
      name,
      run: run ?? (async (seq) => void (say !== undefined && (await seq.send(say)))),
    }),
  };
}
