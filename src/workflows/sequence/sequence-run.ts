/** One run of a sequence: what its steps share, how they begin and end, and what they hear of the person. */

import { CancellationScope, CancelledFailure } from '@temporalio/workflow';
import type { Topic } from '../../domain/topic.ts';
import type { Reply, Sequence } from '../../plugins/sequence.ts';
import type { SequenceInput } from '../contract/index.ts';
import { startStepBudget } from '../injected/step-budget.ts';
import type { SendCancellation } from '../outbound/send-cancellation.ts';
import { createNow } from '../time.ts';
import { createReplyQueue, type ReplyQueue } from './replies.ts';
import type { SequenceResult } from './result.ts';

/** The state of one run. */
export interface SequenceRun {
  readonly definition: Sequence;
  readonly input: SequenceInput;
  /** The person's time, epoch ms. */
  readonly now: () => number;
  readonly cancellation: SendCancellation;
  /** Ends the run with this result, unless it has ended already: cancels its scope and its pending sends. */
  readonly end: (result: SequenceResult) => void;
  readonly replies: ReplyQueue;
  /** Topics that nothing has waited for yet, oldest first. */
  topics: readonly Topic[];
  /** Number of sends so far; the ordinal of the next send. */
  sends: number;
  sendsWithoutWait: number;
  /** Until when the run waits, epoch ms; `undefined` while it works. */
  dueAt: number | undefined;
  /** Sends and activities that are not done yet. */
  pendingSteps: number;
  isWaitingForReply: boolean;
  /** Whether the last thing that the run waited for was a reply, and one came. */
  wasAnswered: boolean;
}

/** Begins a run. */
export function newRun(parts: Pick<SequenceRun, 'definition' | 'input' | 'cancellation' | 'end'>): SequenceRun {
  return {
    ...parts,
    now: createNow(parts.input.clockAheadMs),
    replies: createReplyQueue(),
    topics: [],
    sends: 0,
    sendsWithoutWait: 0,
    dueAt: undefined,
    pendingSteps: 0,
    isWaitingForReply: false,
    wasAnswered: false,
  };
}

/** Takes a reply that was signalled: for a step that waits for it or is under way, else as a reason to stop. */
export function receiveReply(run: SequenceRun, reply: Reply): void {
  if (run.pendingSteps > 0 || run.isWaitingForReply) run.replies.add(reply);
  else if (stopsOnReply(run)) run.end({ status: 'stopped', reason: 'reply' });
}

/** Takes a topic that was signalled. */
export function receiveTopic(run: SequenceRun, topic: Topic): void {
  if (run.definition.stopOn?.includes(topic.name)) run.end({ status: 'stopped', reason: topic.name });
  else run.topics = [...run.topics, topic];
}

/** Throws once the run has ended. */
export function throwIfEnded(): void {
  if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('The sequence was stopped');
}

/**
 * Begins a step that lets time pass, other than `waitForReply`; throws once the run has ended. Replies that came during
 * the step before are dropped, or stop the run: it is clear only now that the sequence does not wait for them.
 */
export function beginStep(run: SequenceRun): void {
  if (!run.replies.isEmpty() && stopsOnReply(run)) run.end({ status: 'stopped', reason: 'reply' });
  run.replies.clear();
  run.wasAnswered = false;
  throwIfEnded();
}

/** Runs a step that is finished once it has begun, also when the run is stopped meanwhile; throws once the run has ended. */
export async function finishStep<T>(run: SequenceRun, step: () => Promise<T>): Promise<T> {
  throwIfEnded();
  run.pendingSteps += 1;
  try {
    return await CancellationScope.nonCancellable(step);
  } finally {
    run.pendingSteps -= 1;
    startStepBudget();
  }
}

function stopsOnReply({ definition }: SequenceRun): boolean {
  return definition.stopOn?.includes('reply') === true;
}
