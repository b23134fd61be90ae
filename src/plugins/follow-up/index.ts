import type { Sayable } from '../../messenger/outbound/outbound-message.ts';
import type { Duration } from '../duration.ts';
import { optionsOf } from '../options.ts';
import { defineSequence, type QuietHours, type Sequence } from '../sequence.ts';
import type { StopName, TopicName } from '../topics.ts';

/** The options of {@link followUp}. */
export interface FollowUpOptions {
  /** The sequence's name, in kebab-case, at most 40 characters. */
  readonly name: string;
  /** The topic that starts it. */
  readonly startOn: TopicName;
  /** The messages, each `after` the one before, at most a year; at least one. */
  readonly steps: readonly { readonly after: Duration; readonly say: Sayable }[];
  /** Nothing is sent between these hours of the person's day. Default: the bot's `quietHours`. */
  readonly quietHours?: QuietHours;
  /** What ends it early. Default: a reply or a handoff. */
  readonly stopOn?: readonly StopName[];
}

/**
 * A sequence of messages with delays, which ends when the person answers. For more than that write a sequence with
 * `defineSequence`.
 *
 * @throws BotError `bot_invalid`, with the option that is wrong.
 */
export function followUp(given: FollowUpOptions): Sequence {
  const check = optionsOf('followUp');
  check.known(given, { name: true, startOn: true, steps: true, quietHours: true, stopOn: true });
  const { steps, stopOn = ['reply', 'handoff'], ...options } = given;
  check.topics('startOn', options.startOn);
  check.that(Array.isArray(steps) && steps.length > 0, 'steps', 'a list with a step', steps);
  for (const [index, step] of steps.entries()) {
    const { after, say } = step;
    check.known(step, { after: true, say: true }, `steps.${index}`);
    check.duration(`steps.${index}.after`, after);
    check.sayable(`steps.${index}.say`, say);
  }
  return defineSequence({
    ...options,
    stopOn,
    async run(seq) {
      for (const { after, say } of steps) {
        await seq.sleep(after);
        await seq.send(say);
      }
    },
  });
}
