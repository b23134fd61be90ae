/**
 * One run of a sequence for one person. It is the default export of the workflows, so every sequence runs under its
 * own name as workflow type; it is a top-level workflow, so the time machine can move it and nobody else's
 * continue-as-new touches it.
 */

import {
  ApplicationFailure,
  CancellationScope,
  getExternalWorkflowHandle,
  isCancellation,
  log,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { Sequence } from '../../plugins/sequence.ts';
import { findSequence } from '../bot.ts';
import {
  isEndingQuery,
  nextDueQuery,
  replySignal,
  sequenceEndedSignal,
  stopSequenceSignal,
  topicSignal,
  type SequenceInput,
} from '../contract/index.ts';
import { startStepBudget } from '../injected/step-budget.ts';
import { createSendCancellation } from '../outbound/send-cancellation.ts';
import { createSequenceContext } from './sequence-context.ts';

const MAX_RESULT_CHARS = 500;

/** Runs a sequence to its end; the result is what a person reads in Temporal's UI. */
export async function sequence(input: SequenceInput): Promise<string> {
  const { workflowType } = workflowInfo();
  const { version = 1 } = input;
  const definition = findSequence(workflowType, version);
  if (!definition) {
    // Not a failure of the run: it waits until a worker that knows the sequence is deployed again.
    throw new Error(
      `This bot has no sequence "${workflowType}" of version ${version}. Deploy one that has, or terminate this run.`,
    );
  }

  const scope = new CancellationScope();
  const hush = createSendCancellation();
  let ended: string | undefined;
  const end = (result: string) => {
    ended ??= result;
    hush.cancel();
    scope.cancel();
  };
  const { context, hearReply, hearTopic, due, wasAnswered } = createSequenceContext(definition, input, hush, end);
  setHandler(replySignal, hearReply);
  setHandler(topicSignal, (topic) => {
    if (definition.stopOn?.includes(topic.name)) end(`stopped by ${topic.name}`);
    else hearTopic(topic);
  });
  setHandler(stopSequenceSignal, (reason) => end(`stopped by ${reason}`));
  let isTelling = false;
  // Between two waits it is at work.
  setHandler(nextDueQuery, () => (isTelling ? 0 : (due() ?? 0)));
  setHandler(isEndingQuery, () => isTelling || ended !== undefined);

  const result = await runTo(definition, scope, context, () => ended, wasAnswered);
  setCurrentDetails(result);
  isTelling = true;
  await tellConversation(input, definition.name, result);
  if (result.startsWith('failed')) throw ApplicationFailure.nonRetryable(result, 'sequence_failed');
  return result;
}

async function runTo(
  definition: Sequence,
  scope: CancellationScope,
  context: Parameters<Sequence['run']>[0],
  ended: () => string | undefined,
  wasAnswered: () => boolean,
): Promise<string> {
  try {
    startStepBudget();
    await scope.run(() => definition.run(context));
    return ended() ?? (wasAnswered() ? 'answered' : 'finished');
  } catch (error) {
    if (isCancellation(error)) return ended() ?? 'cancelled';
    log.error(`Sequence "${definition.name}" failed`, { error: error instanceof Error ? error.stack : String(error) });
    return `failed: ${error instanceof Error ? error.message : String(error)}`.slice(0, MAX_RESULT_CHARS);
  }
}

/** A conversation that has closed needs no telling: it finds out when it opens again. */
async function tellConversation(
  { conversation, occasion }: SequenceInput,
  name: string,
  result: string,
): Promise<void> {
  await CancellationScope.nonCancellable(async () => {
    await getExternalWorkflowHandle(conversation)
      .signal(sequenceEndedSignal, { name, occasion, result })
      .catch(() => {});
  });
}
