import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { ensureSearchAttributes } from './search-attributes.ts';

export interface ReadyOptions {
  readonly address: string;
  readonly namespace: string;
  /** Whoever waits gives up with it. */
  readonly signal: AbortSignal;
}

/** The SDK's defaults are made for networks; here a connection refused means: not yet. */
const QUICK_RECONNECT = { 'grpc.initial_reconnect_backoff_ms': 50, 'grpc.max_reconnect_backoff_ms': 100 };

/** Waits until the server answers for its namespace and knows our search attributes. */
export async function untilReady({ address, namespace, signal }: ReadyOptions): Promise<void> {
  const connection = Connection.lazy({ address, channelArgs: QUICK_RECONNECT });
  try {
    await untilAnswers(connection, namespace, signal);
    const missing = await ensureSearchAttributes(connection, namespace);
    if (missing.length > 0) throw new Error(`the search attributes ${missing.join(', ')} could not be added`);
  } finally {
    await connection.close();
  }
}

async function untilAnswers(connection: Connection, namespace: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      const describe = () => connection.workflowService.describeNamespace({ namespace });
      await connection.withDeadline(Date.now() + 2_000, () => connection.withAbortSignal(signal, describe));
      return;
    } catch (error) {
      if (signal.aborted) throw error;
      await delay(50);
    }
  }
}
