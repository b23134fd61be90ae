import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { sequenceId, TASK_QUEUE, type Clock, type EverthreadActivities } from '../workflows/contract.ts';

/** Starts sequences as top-level workflows, under their own names. */
export function createStartSequence({
  client,
  clock,
}: {
  readonly client: Client;
  readonly clock: Clock;
}): EverthreadActivities['startSequence'] {
  return async (name, input) => {
    const clockAheadMs = clock.now(input.conversation) - Date.now();
    try {
      await client.workflow.start(name, {
        workflowId: sequenceId(name, input.conversation),
        taskQueue: TASK_QUEUE,
        args: [{ ...input, ...(clockAheadMs > 1000 && { clockAheadMs }) }],
        staticSummary: `Sequence ${name}`,
      });
      return 'started';
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return 'already_running';
      throw error;
    }
  };
}
