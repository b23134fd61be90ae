import { status } from '@grpc/grpc-js';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';

/**
 * How many timers one fast-forward may fire. It ends with the first, also when it reaches the server late, on a busy
 * machine. If it ended while a workflow task runs, server 1.32.0 would skip on to the workflow's next timer, however far.
 */
const MAX_TIMERS = 1;

/** Moves the clock of one workflow on the server. Does nothing when the workflow is closed or busy. */
export async function fastForward(client: Client, workflowId: string, ms: number): Promise<void> {
  const seconds = Math.floor(ms / 1000);
  const duration = { seconds, nanos: Math.floor((ms - seconds * 1000) * 1e6) };
  await unlessClosed(() =>
    client.workflowService.updateWorkflowExecutionOptions({
      namespace: client.options.namespace,
      workflowExecution: { workflowId },
      workflowExecutionOptions: {
        timeSkippingConfig: {
          enabled: true,
          maxSessionSkipCount: MAX_TIMERS,
          // The generated type asks for a Long; the wire takes the number.
          fastForwardConfig: { id: `${Date.now()}-${Math.random()}`, duration: duration as never },
        },
      },
      updateMask: { paths: ['time_skipping_config'] },
    }),
  );
}

/** Resolves to `undefined` for a closed workflow, and to `busy` for one that cannot answer yet. */
export async function unlessClosed<T>(call: () => Promise<T>, busy?: T): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    const code = grpcCode(error);
    if (error instanceof WorkflowNotFoundError || code === status.NOT_FOUND) return undefined;
    if (BUSY_CODES.has(code)) return busy;
    throw error;
  }
}

/** The run has not begun, or a workflow task runs and another query waits for it. */
const BUSY_CODES = new Set<unknown>([status.FAILED_PRECONDITION, status.RESOURCE_EXHAUSTED]);

function grpcCode(error: unknown): unknown {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return (cause as { code?: unknown } | null)?.code;
}
