import type { Sayable } from '../../messenger/outbound/outbound-message.ts';
import type { Duration } from '../duration.ts';
import { optionsOf } from '../options.ts';
import { defineSequence, type QuietHours, type Sequence } from '../sequence.ts';
import type { StopName, TopicName } from '../topics.ts';

export interface FollowUpOptions {
  /** The sequence's name, in kebab-case. */
  readonly name: string;
  /** The topic that starts it. */
  readonly startOn: TopicName;
  /** What is said, each so long after the one before. */
  readonly steps: readonly { readonly after: Duration; readonly say: Sayable }[];
  readonly quietHours?: QuietHours;
  /** Default: a reply or a handoff ends it. */
  readonly stopOn?: readonly StopName[];
}

/** The common sequence: some messages, some time apart, until the person answers. For more, write `run` yourself. */
export function followUp({ steps, stopOn = ['reply', 'handoff'], ...options }: FollowUpOptions): Sequence {
  const check = optionsOf('followUp');
  check.topics('startOn', options.startOn);
  check.that(Array.isArray(steps) && steps.length > 0, 'steps', 'a list with a step', steps);
  for (const [index, { after, say }] of steps.entries()) {
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
