import { CancellationScope, CancelledFailure, condition, log, setCurrentDetails, sleep } from '@temporalio/workflow';
import { msOf, type Duration } from '../plugins/duration.ts';
import type { MessageEvent, PostbackEvent } from '../messenger/inbound-event.ts';
import { endOfQuietHours } from '../policy/quiet-hours.ts';
import type { Sequence, SequenceContext } from '../plugins/sequence.ts';
import type { SequenceInput, Topic } from './contract.ts';
import { send } from './send.ts';
import { createNow } from './time.ts';
import { startBudget } from './work-budget.ts';

type Reply = MessageEvent | PostbackEvent;

interface SequenceParts {
  readonly context: SequenceContext;
  readonly hearReply: (reply: Reply) => void;
  readonly hearTopic: (topic: Topic) => void;
  /** When it goes on by itself, epoch ms. */
  readonly due: () => number | undefined;
}

const LONGEST_WHAT = 100;

/** What a run of a sequence can see and do, and the ears through which it hears of the person. */
export function createSequenceContext(
  { name, stopOn = [], quietHours }: Sequence,
  input: SequenceInput,
  stop: (reason: string) => void,
): SequenceParts {
  const now = createNow(input.clockAheadMs);
  const endsOnReply = stopOn.includes('reply');
  let ordinal = 0;
  let dueAt: number | undefined;
  let isSending = false;
  let isListening = false;
  let reply: Reply | undefined;
  let topics: Topic[] = [];

  /** Waits until the moment, or until something else happens; says so in Temporal's UI. */
  async function wait(ms: number, what: string, isOver?: () => boolean): Promise<void> {
    dueAt = now() + ms;
    const summary = `${what.slice(0, LONGEST_WHAT)}, until ${moment(dueAt)} at the latest`;
    setCurrentDetails(summary);
    try {
      if (isOver) await condition(isOver, ms, { summary });
      else await sleep(ms, { summary });
    } finally {
      dueAt = undefined;
      startBudget();
    }
  }

  /**
   * Every step but `waitForReply` begins with this. A reply that came while a message was on its way is that
   * message's answer: only now is it clear that nobody waits for it.
   */
  function heedStop(): void {
    if (reply && endsOnReply) stop('reply');
    reply = undefined;
    if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('The sequence was stopped');
  }

  const context: SequenceContext = {
    conversation: input.conversation,
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

    async sleep(duration) {
      heedStop();
      await wait(msOf(duration), `Sleeps ${String(duration)}`);
    },
    async sleepUntil(at) {
      heedStop();
      await wait(Math.max(1, at - now()), 'Sleeps');
    },
    async send(message) {
      heedStop();
      for (let end = quietEnd(); end !== undefined; end = quietEnd()) await wait(end - now(), 'Quiet hours');
      const sendId = `${input.conversation}/${input.occasion}/${name}/${ordinal}`;
      ordinal += 1;
      isSending = true;
      const { conversation } = input;
      const outcome = await send(
        {
          sendId,
          conversation,
          author: 'bot',
          purpose: 'update',
          source: `sequence ${name}`,
          guarantee: 'at-most-once',
        },
        message,
      );
      isSending = false;
      if (outcome.status !== 'sent') log.warn('A send did not go out', { sendId, outcome });
      return outcome;
    },
    async waitForReply(timeout: Duration) {
      isListening = true;
      await wait(msOf(timeout), 'Waits for a reply', () => reply !== undefined);
      isListening = false;
      const heard = reply;
      reply = undefined;
      return heard;
    },
    async waitFor(topic, timeout) {
      heedStop();
      await wait(msOf(timeout), `Waits for ${topic}`, () => topics.some((heard) => heard.name === topic));
      const heard = topics.find((candidate) => candidate.name === topic);
      topics = topics.filter((candidate) => candidate !== heard);
      return heard;
    },
  };

  function quietEnd(): number | undefined {
    if (!quietHours) return undefined;
    return endOfQuietHours(now(), quietHours, input.contact.timeZone ?? quietHours.timeZone);
  }

  return {
    context,
    hearReply: (heard) => {
      if (isSending || isListening) reply = heard;
      else if (endsOnReply) stop('reply');
    },
    hearTopic: (topic) => void topics.push(topic),
    due: () => dueAt,
  };
}

function moment(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}
