import { sequenceSendId } from '../../domain/send-id.ts';
import type { SendOutcome } from '../../domain/send.ts';
import type { Sayable } from '../../messenger/outbound/outbound-message.ts';
import { reportUnsent } from '../outbound/report-unsent.ts';
import { sendParts } from '../outbound/send-parts.ts';
import { quietUntil } from '../time.ts';
import { beginStep, finishStep, throwIfEnded, type SequenceRun } from './sequence-run.ts';
import { wait } from './waiting.ts';

/** A sequence that sends more without waiting is taken for an endless loop. */
const MAX_SENDS_WITHOUT_WAIT = 20;

/** `seq.send`: waits for the end of the quiet hours, sends, and ends the run on a refusal in `endOn`. */
export async function sendInSequence(run: SequenceRun, message: Sayable): Promise<SendOutcome> {
  const { definition, input } = run;
  const { name, endOn = [] } = definition;
  // A send after the last reply does not change that the run was answered.
  const { wasAnswered } = run;
  beginStep(run);
  for (let until = quietEnd(run); until !== undefined; until = quietEnd(run)) {
    await wait(run, until - run.now(), 'Quiet hours');
  }
  run.sendsWithoutWait += 1;
  if (run.sendsWithoutWait > MAX_SENDS_WITHOUT_WAIT) {
    throw new Error(`It sends more than ${MAX_SENDS_WITHOUT_WAIT} messages without waiting. Is it caught in a loop?`);
  }
  const sendId = sequenceSendId(input.conversation, input.occasion, name, run.sends);
  run.sends += 1;
  const request = {
    sendId,
    conversation: input.conversation,
    author: 'bot',
    purpose: 'update',
    source: `sequence ${name}`,
    guarantee: 'at-most-once',
  } as const;
  const outcome = await finishStep(run, () => sendParts(request, message, run.cancellation));
  run.wasAnswered = wasAnswered;
  if (outcome.status === 'sent') return outcome;
  reportUnsent(request.source, sendId, outcome);
  if (outcome.status === 'refused' && endOn.includes(outcome.reason)) {
    run.end({ status: 'refused', reason: outcome.reason });
    throwIfEnded();
  }
  // A send is withdrawn because the run was stopped, which is the result already.
  if (outcome.status !== 'failed' || outcome.code !== 'taken_over') run.unsent = [...run.unsent, outcome];
  return outcome;
}

function quietEnd({ now, input, definition }: SequenceRun): number | undefined {
  return quietUntil(now(), input.contact, definition.quietHours);
}
