import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, type NativeConnectionOptions } from '@temporalio/worker';
import type { Logger } from '../../logger.ts';
import { ensureSearchAttributes, SEARCH_ATTRIBUTES } from './search-attributes.ts';

/** Where Temporal is, and the credentials for it. */
export interface TemporalSettings {
  readonly namespace: string;
  readonly connection: NativeConnectionOptions;
}

/** The settings of Temporal's own variables and profiles (`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, TLS, API key), or an address alone. */
export function temporalSettings(address?: string): TemporalSettings {
  if (address !== undefined) return { namespace: 'default', connection: { address } };
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  return { namespace, connection: connectionOptions };
}

/** A client that connects with its first call, so that the api can start while Temporal is unavailable. */
export function createTemporalClient({ namespace, connection }: TemporalSettings): Client {
  return new Client({ connection: Connection.lazy({ ...connection, channelArgs: RECONNECT_ARGS }), namespace });
}

/** Whether Temporal answers for our namespace now. */
export async function isTemporalReachable(client: Client): Promise<boolean> {
  const { namespace } = client.options;
  const asked = () => client.workflowService.describeNamespace({ namespace });
  return client.connection.withDeadline(Date.now() + REACHABLE_TIMEOUT_MS, asked).then(
    () => true,
    () => false,
  );
}

const REACHABLE_TIMEOUT_MS = 2000;

/** By default gRPC waits up to two minutes between attempts to reconnect. */
const RECONNECT_ARGS = { 'grpc.initial_reconnect_backoff_ms': 250, 'grpc.max_reconnect_backoff_ms': 3000 };

const MAX_PAUSE_MS = 5000;

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
  for (let pauseMs = 250; ; pauseMs = Math.min(MAX_PAUSE_MS, pauseMs * 2)) {
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
        { address: settings.connection.address, error: String(error) },
        'Temporal does not answer; the worker waits for it',
      );
    }
    await delay(pauseMs, undefined, { signal });
  }
}

const searchAttributeCommand = (namespace: string) => (name: string) =>
  `temporal operator search-attribute create --namespace ${namespace} --name ${name} --type ${SEARCH_ATTRIBUTES[name as keyof typeof SEARCH_ATTRIBUTES]}`;
