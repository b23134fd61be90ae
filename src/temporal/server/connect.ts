import { Client, Connection } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { NativeConnectionOptions } from '@temporalio/worker';
import { createPayloadCodec } from '../../encryption/payload-codec.ts';
import type { KeyRing } from '../../encryption/sealer.ts';
import { createDataConverter } from '../encryption/data-converter.ts';

/** Where Temporal is, and the credentials for it. */
export interface TemporalSettings {
  readonly namespace: string;
  readonly connection: NativeConnectionOptions;
  /** Encrypts and decrypts payloads. Default: they are plain. */
  readonly dataConverter?: DataConverter | undefined;
}

/**
 * The settings of Temporal's own variables and profiles (`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, TLS, API key), or an address
 * alone. `keys` encrypt payloads; empty: they are plain.
 */
export function temporalSettings(keys: KeyRing, address?: string): TemporalSettings {
  const dataConverter = createDataConverter(keys);
  if (address !== undefined) return { namespace: 'default', connection: { address }, dataConverter };
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  return { namespace, connection: connectionOptions, dataConverter };
}

/** Refuses what is encrypted, and names the key: the SDK would say that it does not know the encoding. */
const WITHOUT_KEYS: DataConverter = { payloadCodecs: [createPayloadCodec([])] };

/** A client that connects with its first call, so that the api can start while Temporal is unavailable. */
export function createTemporalClient({ namespace, connection, dataConverter }: TemporalSettings): Client {
  return new Client({
    connection: Connection.lazy({ ...connection, channelArgs: RECONNECT_ARGS }),
    namespace,
    dataConverter: dataConverter ?? WITHOUT_KEYS,
  });
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
