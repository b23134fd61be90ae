/** Finds and resets runs that are stuck because today's code does not replay their history. */

import { randomUUID } from 'node:crypto';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { ConversationId } from '../../domain/conversation-id.ts';
import { parseWorkflowId } from '../../workflows/contract/index.ts';
import { fetchHistory } from '../encryption/decrypt-history.ts';
import type { History } from './history-actions.ts';
import { explainMismatch } from './nondeterminism.ts';

/** An open run whose history today's code does not replay. It is stuck once its workflow task has failed, and not before. */
export interface BrokenRun {
  readonly workflowId: string;
  readonly runId: string;
  /** `conversation`, or the name of a sequence. */
  readonly type: string;
  /** What the history records, and what the code does now. */
  readonly problem: string;
}

const { EventType, ResetReapplyType, WorkflowTaskFailedCause } = proto.temporal.api.enums.v1;

/** The stuck runs of one person: the conversation and its sequences. */
export async function findStuckRuns(client: Client, conversation: ConversationId): Promise<BrokenRun[]> {
  const ids = new Set<string>([conversation]);
  for await (const { workflowId } of client.workflow.list({ query: 'ExecutionStatus = "Running"' })) {
    const parsed = parseWorkflowId(workflowId);
    if (parsed?.kind === 'sequence' && parsed.conversation === conversation) ids.add(workflowId);
  }
  const found = await Promise.all([...ids].map((id) => findStuckRun(client, id)));
  return found.filter((run) => run !== undefined);
}

/** Inspects the open run of a workflow; `undefined` unless it is stuck. */
export async function findStuckRun(client: Client, workflowId: string): Promise<BrokenRun | undefined> {
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
  const history = await fetchHistory(client, workflowId, runId);
  const failure = lastFailure(history);
  if (failure === undefined) return undefined;
  return { workflowId, runId, type, problem: explainMismatch(history, failure) };
}

/** Only the first failed attempt of a workflow task is recorded; in a stuck run it is the last such event. */
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
 * Resets a run to its beginning, with today's code: Temporal applies all signals and updates again, in order, and the
 * ledger keeps messages from being sent twice. Returns the id of the new run.
 */
export async function resetRun(client: Client, { workflowId, runId }: Pick<BrokenRun, 'workflowId' | 'runId'>) {
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
