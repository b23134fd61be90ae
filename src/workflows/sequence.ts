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
import type { Sequence } from '../plugins/sequence.ts';
import { findSequence } from './bot.ts';
import {
  nextDueQuery,
  replySignal,
  sequenceEndedSignal,
  stopSequenceSignal,
  topicSignal,
  type SequenceInput,
} from './contract.ts';
import { createSequenceContext } from './sequence-context.ts';

const LONGEST_RESULT = 500;

/** Runs a sequence to its end; the result is what a person reads in Temporal's UI. */
export async function sequence(input: SequenceInput): Promise<string> {
  const { workflowType } = workflowInfo();
  const definition = findSequence(workflowType);
  if (!definition) {
    // Not a failure of the run: it waits until a worker that knows the sequence is deployed again.
    throw new Error(`This bot has no sequence "${workflowType}". Deploy one that has, or terminate this run.`);
  }

  const scope = new CancellationScope();
  let stopped: string | undefined;
  const stop = (reason: string) => {
    stopped ??= `stopped by ${reason}`;
    scope.cancel();
  };
  const { context, hearReply, hearTopic, due } = createSequenceContext(definition, input, stop);
  setHandler(replySignal, hearReply);
  setHandler(topicSignal, (topic) => {
    if (definition.stopOn?.includes(topic.name)) stop(topic.name);
    else hearTopic(topic);
  });
  setHandler(stopSequenceSignal, stop);
  let isTelling = false;
  setHandler(nextDueQuery, () => (isTelling ? 0 : due()));

  const result = await runTo(definition, scope, context, () => stopped);
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
  stopped: () => string | undefined,
): Promise<string> {
  try {
    await scope.run(() => definition.run(context));
    return stopped() ?? 'finished';
  } catch (error) {
    const reason = stopped();
    if (isCancellation(error)) return reason ?? 'cancelled';
    log.error(`Sequence "${definition.name}" failed`, { error: error instanceof Error ? error.stack : String(error) });
    return `failed: ${error instanceof Error ? error.message : String(error)}`.slice(0, LONGEST_RESULT);
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
