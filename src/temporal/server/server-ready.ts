import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { ensureSearchAttributes } from './search-attributes.ts';

/** Which server to wait for. */
export interface ServerReadyOptions {
  readonly address: string;
  readonly namespace: string;
  /** Ends the wait. */
  readonly signal: AbortSignal;
}

/** The SDK's defaults suit networks; here a refused connection means that the server is still starting. */
const QUICK_RECONNECT = { 'grpc.initial_reconnect_backoff_ms': 50, 'grpc.max_reconnect_backoff_ms': 100 };

/** Waits until the server answers for its namespace and knows our search attributes. */
export async function waitUntilReady({ address, namespace, signal }: ServerReadyOptions): Promise<void> {
  // Every call listens to it.
  setMaxListeners(0, signal);
  // Without the SDK's retries, whose backoff grows: this loop retries every 50 ms.
  const connection = Connection.lazy({ address, channelArgs: QUICK_RECONNECT, interceptors: [] });
  try {
    while (!(await connection.withAbortSignal(signal, () => isReady(connection, namespace, signal)))) await delay(50);
  } finally {
    await connection.close();
  }
}

async function isReady(connection: Connection, namespace: string, signal: AbortSignal): Promise<boolean> {
  try {
    await connection.workflowService.describeNamespace({ namespace });
    return (await ensureSearchAttributes(connection, namespace)).length === 0;
  } catch (error) {
    if (signal.aborted) throw error;
    return false;
  }
}
