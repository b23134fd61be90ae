import {
  CancellationScope,
  CancelledFailure,
  condition,
  log,
  proxyLocalActivities,
  setCurrentDetails,
  sleep,
} from '@temporalio/workflow';
import { sequenceSendId } from '../../domain/send-id.ts';
import type { Topic } from '../../domain/topic.ts';
import { msOf } from '../../plugins/duration.ts';
import type { ActivityFunctions } from '../../plugins/plugin-activities.ts';
import type { Reply, Sequence, SequenceContext } from '../../plugins/sequence.ts';
import type { KnownTopic } from '../../plugins/topics.ts';
import { authorsActivities } from '../authors-activities.ts';
import type { EverthreadActivities, SequenceInput } from '../contract/index.ts';
import { startStepBudget } from '../injected/step-budget.ts';
import type { SendCancellation } from '../outbound/send-cancellation.ts';
import { sendParts } from '../outbound/send-parts.ts';
import { quietUntil } from '../quiet-until.ts';
import { changeTags, checkedTag } from '../tags.ts';
import { createNow } from '../updatable-timer.ts';
import { createAnswers } from './answers.ts';

const outside = proxyLocalActivities<EverthreadActivities>({ startToCloseTimeout: '10 seconds' });

interface SequenceParts {
  readonly context: SequenceContext<ActivityFunctions>;
  readonly hearReply: (reply: Reply) => void;
  readonly hearTopic: (topic: Topic) => void;
  /** When it goes on by itself, epoch ms. */
  readonly due: () => number | undefined;
  /** Whether the last thing that it waited for was a reply, and one came. */
  readonly wasAnswered: () => boolean;
}

const MAX_SUMMARY_CHARS = 100;
/** A sequence that says more without waiting is caught in a loop. */
const MAX_SENDS_IN_A_ROW = 20;

/**
 * What a run of a sequence can see and do, and the ears through which it hears of the person. `end` ends the run, with
 * words that a person can read; what has to wait then is not said any more (`hush`).
 */
export function createSequenceContext(
  { name, stopOn = [], endOn = [], quietHours, activities }: Sequence,
  input: SequenceInput,
  hush: SendCancellation,
  end: (result: string) => void,
): SequenceParts {
  const { conversation, occasion } = input;
  const now = createNow(input.clockAheadMs);
  const endsOnReply = stopOn.includes('reply');
  const answers = createAnswers();
  let ordinal = 0;
  let sendsInARow = 0;
  let dueAt: number | undefined;
  /** Messages and activities on their way. */
  let underway = 0;
  let isListening = false;
  let wasAnswered = false;
  let topics: Topic[] = [];

  /** Waits until the moment, or until something else happens; says so in Temporal's UI. */
  async function wait(ms: number, what: string, isOver?: () => boolean): Promise<void> {
    dueAt = now() + ms;
    sendsInARow = 0;
    const summary = `${what.slice(0, MAX_SUMMARY_CHARS)}, until ${moment(dueAt)} at the latest`;
    setCurrentDetails(summary);
    try {
      if (isOver) await condition(isOver, ms, { summary });
      else await sleep(ms, { summary });
    } finally {
      dueAt = undefined;
      startStepBudget();
    }
  }

  function mustGoOn(): void {
    if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('The sequence was stopped');
  }

  /**
   * Every step that lets time pass begins with this, but `waitForReply`. A reply that came while a message was on its way
   * is that message's answer: only now is it clear that nobody waits for it.
   */
  function heedStop(): void {
    if (answers.hasAny() && endsOnReply) end('stopped by reply');
    answers.forget();
    wasAnswered = false;
    mustGoOn();
  }

  /** What has begun is finished, also when the sequence is stopped meanwhile; a message that has to wait is withdrawn. */
  async function finish<T>(step: () => Promise<T>): Promise<T> {
    mustGoOn();
    underway += 1;
    try {
      return await CancellationScope.nonCancellable(step);
    } finally {
      underway -= 1;
      startStepBudget();
    }
  }

  const context: SequenceContext<ActivityFunctions> = {
    conversation,
    contact: input.contact,
    data: input.data,
    get now() {
      return now();
    },
    log: {
      info: (message, fields) => log.info(message, { sequence: name, ...fields }),
      warn: (message, fields) => log.warn(message, { sequence: name, ...fields }),
      error: (message, fields) => log.error(message, { sequence: name, ...fields }),
    },
    activities: authorsActivities(activities, { prefix: occasion, counts: new Map(), ask: finish }),

    async sleep(duration) {
      heedStop();
      await wait(msOf(duration), `Sleeps ${String(duration)}`);
    },
    async sleepUntil(at) {
      heedStop();
      await wait(Math.max(1, at - now()), 'Sleeps');
    },
    async untilWindowCloses({ before }) {
      heedStop();
      const beforeMs = msOf(before);
      for (;;) {
        const closesAt = await outside.windowClosesAt.executeWithOptions({ summary: 'When the window closes' }, [
          conversation,
        ]);
        if (closesAt === undefined || closesAt <= now()) return undefined;
        const leftMs = closesAt - beforeMs - now();
        if (leftMs <= 0) return closesAt;
        await wait(leftMs, `Waits until ${String(before)} before the window closes`);
      }
    },
    async send(message) {
      const answeredBefore = wasAnswered;
      heedStop();
      for (let until = quietEnd(); until !== undefined; until = quietEnd()) await wait(until - now(), 'Quiet hours');
      sendsInARow += 1;
      if (sendsInARow > MAX_SENDS_IN_A_ROW) {
        throw new Error(`It sends more than ${MAX_SENDS_IN_A_ROW} messages without waiting. Is it caught in a loop?`);
      }
      const sendId = sequenceSendId(conversation, occasion, name, ordinal);
      ordinal += 1;
      const request = {
        sendId,
        conversation,
        author: 'bot',
        purpose: 'update',
        source: `sequence ${name}`,
        guarantee: 'at-most-once',
      } as const;
      const outcome = await finish(() => sendParts(request, message, hush));
      wasAnswered = answeredBefore;
      if (outcome.status !== 'sent') log.warn('A send did not go out', { sendId, outcome });
      if (outcome.status === 'refused' && endOn.includes(outcome.reason)) {
        end(outcome.reason.replaceAll('_', ' '));
        mustGoOn();
      }
      return outcome;
    },
    async waitForReply(timeout, matching) {
      let answer: Reply | undefined;
      let failure: { readonly error: unknown } | undefined;
      // What the author's function throws must not come out of the engine's condition.
      const hasAnswer = () => {
        try {
          if (answers.hasAny()) startStepBudget();
          answer ??= answers.take(matching);
        } catch (error) {
          failure = { error };
        }
        return answer !== undefined || failure !== undefined;
      };
      mustGoOn();
      isListening = true;
      try {
        await wait(msOf(timeout), 'Waits for a reply', hasAnswer);
      } finally {
        isListening = false;
      }
      if (failure) throw failure.error;
      wasAnswered = answer !== undefined;
      return answer;
    },
    async waitFor(topic, timeout) {
      heedStop();
      await wait(msOf(timeout), `Waits for ${topic}`, () => topics.some((heard) => heard.name === topic));
      const heard = topics.find((candidate) => candidate.name === topic);
      topics = topics.filter((candidate) => candidate !== heard);
      return heard as KnownTopic<typeof topic> | undefined;
    },
    tag: (tag) => finish(async () => changeTags(conversation, { add: [checkedTag(tag)], remove: [] })),
    untag: (tag) => finish(async () => changeTags(conversation, { add: [], remove: [checkedTag(tag)] })),
  };

  function quietEnd(): number | undefined {
    return quietUntil(now(), input.contact, quietHours);
  }

  return {
    context,
    hearReply: (heard) => {
      if (underway > 0 || isListening) answers.hear(heard);
      else if (endsOnReply) end('stopped by reply');
    },
    hearTopic: (topic) => void topics.push(topic),
    due: () => dueAt,
    wasAnswered: () => wasAnswered,
  };
}

function moment(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}
