/** One run of a sequence: what its steps share, how they begin and end, and what they hear of the person. */

import { CancellationScope, CancelledFailure, getExternalWorkflowHandle } from '@temporalio/workflow';
import { isNotAfter } from '../../domain/cause.ts';
import type { UnsentOutcome } from '../../domain/send.ts';
import type { Topic } from '../../domain/topic.ts';
import type { Reply, Sequence } from '../../plugins/sequence.ts';
import { offerAnsweredSignal, type SequenceInput } from '../contract/index.ts';
import type { SendCancellation } from '../outbound/send-cancellation.ts';
import { startStepBudget } from '../own-modules.ts';
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
  /** Outcomes of the sends that did not go out, for the result of the run. */
  unsent: readonly UnsentOutcome[];
  /** Until when the run waits, epoch ms; `undefined` while it works. */
  dueAt: number | undefined;
  /** What it waits for, in words, while {@link dueAt} is set. */
  waitsFor: string;
  /** Sends and activities that are not done yet. */
  pendingSteps: number;
  /** Set while `waitForReply` waits: looks at the queue of replies again. */
  lookAtReplies: (() => void) | undefined;
  /** Ids of the last replies that were given. */
  givenReplies: readonly string[];
  /** Whether the last thing that the run waited for was a reply, and one came. */
  wasAnswered: boolean;
}

const MAX_GIVEN_REPLIES = 50;

/** Begins a run. */
export function newRun(parts: Pick<SequenceRun, 'definition' | 'input' | 'cancellation' | 'end'>): SequenceRun {
  return {
    ...parts,
    now: createNow(parts.input.clockAheadMs),
    replies: createReplyQueue((id, isTaken) => void answerOffer(parts, id, isTaken)),
    topics: [],
    sends: 0,
    sendsWithoutWait: 0,
    unsent: [],
    dueAt: undefined,
    waitsFor: '',
    pendingSteps: 0,
    lookAtReplies: undefined,
    givenReplies: [],
    wasAnswered: false,
  };
}

/** Takes a reply that was signalled: for a step that waits for it or is under way, else as a reason to stop. */
export function receiveReply(run: SequenceRun, reply: Reply, id: string | undefined): void {
  if (id !== undefined) {
    if (isOld(run, id)) return;
    run.givenReplies = [...run.givenReplies, id].slice(-MAX_GIVEN_REPLIES);
  }
  if (!canTakeReply(run)) return stopOnReply(run);
  run.replies.give(reply, id);
  run.lookAtReplies?.();
}

/** Takes the offer of a reply, which is answered at once, or after the step that is under way. */
export function receiveOffer(run: SequenceRun, reply: Reply, id: string): void {
  if (!canTakeReply(run) || isOld(run, id)) return void answerOffer(run, id, false);
  run.replies.offer(reply, id);
  run.lookAtReplies?.();
}

/** Ends a run that a reply stops, unless a step waits for the reply or is under way. */
export function receiveAnnouncement(run: SequenceRun): void {
  if (!canTakeReply(run)) stopOnReply(run);
}

/** Tells the conversation whether the run waits for a reply. A conversation that has closed waits for no answer. */
export async function answerOffer(
  { definition, input }: Pick<SequenceRun, 'definition' | 'input'>,
  id: string,
  isTaken: boolean,
): Promise<void> {
  await CancellationScope.nonCancellable(() =>
    getExternalWorkflowHandle(input.conversation)
      .signal(offerAnsweredSignal, { name: definition.name, id, isTaken })
      .catch(() => {}),
  );
}

/** A conversation that is reset offers and gives its replies again, also those from before this run. */
function isOld({ givenReplies, input }: SequenceRun, id: string): boolean {
  return givenReplies.includes(id) || isNotAfter(id, input.occasion);
}

function canTakeReply({ pendingSteps, lookAtReplies }: SequenceRun): boolean {
  return pendingSteps > 0 || lookAtReplies !== undefined;
}

function stopOnReply(run: SequenceRun): void {
  if (run.definition.stopOn?.includes('reply')) run.end({ status: 'stopped', reason: 'reply' });
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
  if (!run.replies.isEmpty()) stopOnReply(run);
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
