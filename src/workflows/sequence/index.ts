/**
 * One run of a sequence for one person. It is the default export of the workflow bundle, so each sequence runs under its
 * own name as workflow type. It is no child workflow: the time machine can move it, and continue-as-new of the conversation
 * does not touch it.
 */

import {
  ApplicationFailure,
  CancellationScope,
  getExternalWorkflowHandle,
  isCancellation,
  log,
  proxySinks,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { escapeMarkdown } from '../../domain/markdown.ts';
import { findSequence } from '../bot.ts';
import * as checks from '../checks/messages.ts';
import { assertInput, dropUnknownSignals, onSignal } from '../checks/receive.ts';
import { optional } from '../checks/shape.ts';
import {
  isEndingQuery,
  nextDueQuery,
  offerReplySignal,
  personRepliedSignal,
  replySignal,
  sequenceEndedSignal,
  BY_HAND,
  stopSequenceSignal,
  topicSignal,
  waitsForQuery,
  WORKING,
  type FailureSinks,
  type SequenceEnd,
  type SequenceInput,
} from '../contract/index.ts';
import { describeError } from '../describe-error.ts';
import { createSendCancellation } from '../outbound/send-cancellation.ts';
import { endStepBudget, startStepBudget } from '../own-modules.ts';
import { describeSequenceResult, MAX_RESULT_CHARS, type SequenceResult } from './result.ts';
import { createSequenceContext } from './sequence-context.ts';
import {
  answerOffer,
  newRun,
  receiveAnnouncement,
  receiveOffer,
  receiveReply,
  receiveTopic,
  type SequenceRun,
} from './sequence-run.ts';

const { failures } = proxySinks<FailureSinks>();

/** The workflow of one run. Its result is what Temporal's UI shows, in words. */
export async function sequence(input: SequenceInput): Promise<string> {
  assertInput(input, checks.sequenceInput);
  const { workflowType } = workflowInfo();
  const { version = 1 } = input;
  const definition = findSequence(workflowType, version);
  if (!definition) {
    // Fails the workflow task, not the run: the run waits until a worker that has the sequence is deployed again.
    throw new Error(
      `This bot has no sequence "${workflowType}" of version ${version}. Deploy one that has, or terminate this run.`,
    );
  }

  const scope = new CancellationScope();
  const cancellation = createSendCancellation();
  let ended: SequenceResult | undefined;
  let isReporting = false;
  const end = (result: SequenceResult) => {
    ended ??= result;
    run.replies.clear();
    cancellation.cancel();
    scope.cancel();
  };
  const run = newRun({ definition, input, cancellation, end });
  onSignal(personRepliedSignal, [], () => receiveAnnouncement(run));
  onSignal(offerReplySignal, [checks.reply, checks.label], (reply, id) =>
    ended ? void answerOffer(run, id, false) : receiveOffer(run, reply, id),
  );
  onSignal(replySignal, [checks.reply, optional(checks.label)], (reply, id?) => receiveReply(run, reply, id));
  onSignal(topicSignal, [checks.topic], (topic) => receiveTopic(run, topic));
  onSignal(stopSequenceSignal, [optional(checks.label)], (reason = BY_HAND) => end({ status: 'stopped', reason }));
  setHandler(nextDueQuery, () => (isReporting ? WORKING : (run.dueAt ?? WORKING)));
  setHandler(waitsForQuery, () => (run.dueAt === undefined ? undefined : { what: run.waitsFor, until: run.dueAt }));
  setHandler(isEndingQuery, () => isReporting || ended !== undefined);
  dropUnknownSignals();

  const result = await runToEnd(run, scope, () => ended);
  run.replies.clear();
  const words = describeSequenceResult(result, run.unsent);
  setCurrentDetails(escapeMarkdown(words, MAX_RESULT_CHARS));
  isReporting = true;
  await reportEnd(input, { name: definition.name, occasion: input.occasion, result: words, status: result.status });
  if (result.status === 'failed') throw ApplicationFailure.nonRetryable(words, 'sequence_failed');
  return words;
}

async function runToEnd(
  run: SequenceRun,
  scope: CancellationScope,
  ended: () => SequenceResult | undefined,
): Promise<SequenceResult> {
  const { definition } = run;
  const context = createSequenceContext(run);
  try {
    startStepBudget();
    await scope.run(() => definition.run(context));
    return ended() ?? { status: run.wasAnswered ? 'answered' : 'finished' };
  } catch (error) {
    if (isCancellation(error)) return ended() ?? { status: 'cancelled' };
    failures.sequence(definition.name);
    log.error(`Sequence "${definition.name}" failed`, { error: describeError(error) });
    return { status: 'failed', reason: error instanceof Error ? error.message : String(error) };
  } finally {
    endStepBudget();
  }
}

/** Reports the end to the conversation. One that has closed needs no report: it finds out when it signals the sequence. */
async function reportEnd({ conversation }: SequenceInput, end: SequenceEnd): Promise<void> {
  await CancellationScope.nonCancellable(async () => {
    await getExternalWorkflowHandle(conversation)
      .signal(sequenceEndedSignal, end)
      .catch(() => {});
  });
}
