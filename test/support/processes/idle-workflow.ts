import { connectToTemporal } from '../temporal.ts';

/** Starts a workflow that no worker ever takes up: enough to see what a server keeps. */
export async function startIdleWorkflow(address: string, workflowId: string): Promise<void> {
  const { client, connection } = await connectToTemporal(address);
  try {
    await client.workflow.start('idle', { workflowId, taskQueue: 'nobody' });
  } finally {
    await connection.close();
  }
}

/** What the server says of it: `RUNNING`. */
export async function statusOf(address: string, workflowId: string): Promise<string> {
  const { client, connection } = await connectToTemporal(address);
  try {
    return (await client.workflow.getHandle(workflowId).describe()).status.name;
  } finally {
    await connection.close();
  }
}
