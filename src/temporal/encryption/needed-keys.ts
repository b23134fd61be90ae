/** Which keys Temporal's histories and schedules still need. */

import { status } from '@grpc/grpc-js';
import { isGrpcServiceError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { keyIdOf } from '../../encryption/payload-codec.ts';

const { WorkflowExecutionStatus } = proto.temporal.api.enums.v1;

/** How many runs and schedules have something that a key encrypted. */
export interface NeededKey {
  readonly open: number;
  readonly closed: number;
  readonly schedules: number;
}

/**
 * Reads the histories of all runs that Temporal keeps, open and closed, and its schedules, without decrypting them. `onRead`
 * is told how many runs have been read.
 */
export async function findNeededKeys(
  client: Client,
  onRead: (runs: number) => void = () => {},
): Promise<ReadonlyMap<string, NeededKey>> {
  const found = new Map<string, NeededKey>();
  const count = (ids: ReadonlySet<string>, kind: keyof NeededKey) => {
    for (const id of ids) {
      const before = found.get(id) ?? { open: 0, closed: 0, schedules: 0 };
      found.set(id, { ...before, [kind]: before[kind] + 1 });
    }
  };
  const { namespace } = client.options;
  let runs = 0;
  for (let nextPageToken: Uint8Array | undefined; ;) {
    // Not `client.workflow.list`, which decrypts memos.
    const page = await client.workflowService.listWorkflowExecutions({
      namespace,
      ...(nextPageToken && { nextPageToken }),
    });
    for (const { execution, status: runStatus } of page.executions ?? []) {
      const handle = client.workflow.getHandle(execution?.workflowId ?? '', execution?.runId ?? '');
      const isOpen = runStatus === WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
      const history = await unlessGone(handle.fetchHistory());
      if (history) count(keyIdsIn(history), isOpen ? 'open' : 'closed');
      onRead((runs += 1));
    }
    if (!page.nextPageToken || page.nextPageToken.length === 0) break;
    ({ nextPageToken } = page);
  }
  for (let nextPageToken: Uint8Array | undefined; ;) {
    const page = await client.workflowService.listSchedules({ namespace, ...(nextPageToken && { nextPageToken }) });
    for (const { scheduleId } of page.schedules ?? []) {
      const asked = { namespace, ...(scheduleId && { scheduleId }) };
      const described = await unlessGone(client.workflowService.describeSchedule(asked));
      if (described) count(keyIdsIn(described), 'schedules');
    }
    if (!page.nextPageToken || page.nextPageToken.length === 0) return found;
    ({ nextPageToken } = page);
  }
}

/** What was removed since it was listed, by retention or an erasure, needs no key. */
async function unlessGone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    const isGone =
      error instanceof WorkflowNotFoundError || (isGrpcServiceError(error) && error.code === status.NOT_FOUND);
    if (isGone) return undefined;
    throw error;
  }
}

/** The ids of the keys of all encrypted payloads in a message of Temporal's. */
function keyIdsIn(message: object, found = new Set<string>()): ReadonlySet<string> {
  const keyId = keyIdOf(message);
  if (keyId !== undefined) return found.add(keyId);
  for (const value of Object.values(message) as unknown[])
    if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) keyIdsIn(value, found);
  return found;
}
