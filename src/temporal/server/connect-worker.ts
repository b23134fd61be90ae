import { setTimeout as delay } from 'node:timers/promises';
import type { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { type Backoff, backoffMs } from '../../backoff.ts';
import type { Logger } from '../../logger.ts';
import type { TemporalSettings } from './connect.ts';
import { ensureSearchAttributes, SEARCH_ATTRIBUTES } from './search-attributes.ts';

const CONNECT_BACKOFF: Backoff = { minMs: 250, maxMs: 5000, jitter: 0 };

/**
 * Connects a worker to a namespace that has our search attributes, and waits for both until `signal` aborts: without the
 * attributes every conversation would fail at its first turn.
 */
export async function connectWorker(
  settings: TemporalSettings,
  client: Client,
  log: Logger,
  signal: AbortSignal,
): Promise<NativeConnection> {
  for (let failures = 1; ; failures += 1) {
    signal.throwIfAborted();
    try {
      const connection = await NativeConnection.connect(settings.connection);
      const missing = await ensureSearchAttributes(client.connection as Connection, settings.namespace);
      if (missing.length === 0) return connection;
      await connection.close();
      log.warn(
        { missing },
        `Temporal lacks search attributes. Add them: ${missing.map(searchAttributeCommand(settings.namespace)).join(' && ')}`,
      );
    } catch (error) {
      log.warn(
        { address: settings.connection.address ?? 'localhost:7233', error: String(error) },
        'Temporal does not answer; the worker waits for it',
      );
    }
    await delay(backoffMs(CONNECT_BACKOFF, failures), undefined, { signal });
  }
}

const searchAttributeCommand = (namespace: string) => (name: string) =>
  `temporal operator search-attribute create --namespace ${namespace} --name ${name} --type ${SEARCH_ATTRIBUTES[name as keyof typeof SEARCH_ATTRIBUTES]}`;
