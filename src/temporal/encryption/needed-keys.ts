/** Which keys Temporal's histories and schedules still need. */

import type { Client } from '@temporalio/client';
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
    for (const { execution, status } of page.executions ?? []) {
      const handle = client.workflow.getHandle(execution?.workflowId ?? '', execution?.runId ?? '');
      const isOpen = status === WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
      count(keyIdsIn(await handle.fetchHistory()), isOpen ? 'open' : 'closed');
      onRead((runs += 1));
    }
    if (!page.nextPageToken || page.nextPageToken.length === 0) break;
    ({ nextPageToken } = page);
  }
  for (let nextPageToken: Uint8Array | undefined; ;) {
    const page = await client.workflowService.listSchedules({ namespace, ...(nextPageToken && { nextPageToken }) });
    for (const { scheduleId } of page.schedules ?? []) {
      const described = await client.workflowService.describeSchedule({ namespace, ...(scheduleId && { scheduleId }) });
      count(keyIdsIn(described), 'schedules');
    }
    if (!page.nextPageToken || page.nextPageToken.length === 0) return found;
    ({ nextPageToken } = page);
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
