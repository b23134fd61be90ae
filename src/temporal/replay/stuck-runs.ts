/** Runs that cannot go on, because the code is no longer what their history was made with; and the way out. */

import { randomUUID } from 'node:crypto';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { ConversationId } from '../../domain/conversation-id.ts';
import { parseWorkflowId } from '../../workflows/contract/index.ts';
import type { History } from './history-actions.ts';
import { explainMismatch } from './nondeterminism.ts';

/** One that tries its next step again and again, and fails every time. */
export interface StuckRun {
  readonly workflowId: string;
  readonly runId: string;
  /** `conversation`, or the name of a sequence. */
  readonly type: string;
  /** What it did then, and what the code does now. */
  readonly problem: string;
}

const { EventType, ResetReapplyType, WorkflowTaskFailedCause } = proto.temporal.api.enums.v1;

/** Those of one person: the conversation and its sequences. */
export async function findStuckRuns(client: Client, conversation: ConversationId): Promise<StuckRun[]> {
  const ids = new Set<string>([conversation]);
  for await (const { workflowId } of client.workflow.list({ query: 'ExecutionStatus = "Running"' })) {
    const parsed = parseWorkflowId(workflowId);
    if (parsed?.kind === 'sequence' && parsed.conversation === conversation) ids.add(workflowId);
  }
  const looks = await Promise.all([...ids].map((id) => findStuckRun(client, id)));
  return looks.filter((run) => run !== undefined);
}

/** Looks at one run; `undefined` when it goes on, or waits, or is over. */
export async function findStuckRun(client: Client, workflowId: string): Promise<StuckRun | undefined> {
  const described = await client.workflow
    .getHandle(workflowId)
    .describe()
    .catch((error: unknown) => {
      if (error instanceof WorkflowNotFoundError) return undefined;
      throw error;
    });
  if (!described) return undefined;
  const { raw, status, runId, type } = described;
  if (status.name !== 'RUNNING' || (raw.pendingWorkflowTask?.attempt ?? 0) < 2) return undefined;
  const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const failure = lastFailure(history);
  if (failure === undefined) return undefined;
  return { workflowId, runId, type, problem: explainMismatch(history, failure) };
}

/** Only the first try of a step leaves an event; it is the last thing that happened when the run is stuck. */
function lastFailure({ events }: History): string | undefined {
  const event = events?.findLast(({ eventType }) => TASK_END_EVENTS.has(eventType ?? 0));
  const { cause, failure } = event?.workflowTaskFailedEventAttributes ?? {};
  if (cause === WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR)
    return failure?.message ?? '';
  return undefined;
}

const TASK_END_EVENTS = new Set<number>([
  EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
  EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED,
  EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT,
]);

/**
 * Lets a run begin again with today's code: all signals come once more, in order, and so does who took over or gave back
 * (updates); the ledger knows what was said.
 * Gives the id of the new run.
 */
export async function resetRun(client: Client, { workflowId, runId }: Pick<StuckRun, 'workflowId' | 'runId'>) {
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const begun = events?.find(({ eventType }) => eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED);
  const answer = await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId, runId },
    reason: 'The code changed',
    requestId: randomUUID(),
    // The generated type asks for a Long; the wire takes the number.
    workflowTaskFinishEventId: (Number(begun?.eventId ?? 3) + 1) as never,
    resetReapplyType: ResetReapplyType.RESET_REAPPLY_TYPE_ALL_ELIGIBLE,
  });
  return answer.runId;
}
