import type { Client } from '@temporalio/client';
import type { Payload, PayloadCodec } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import { keyIdOf } from '../../encryption/payload-codec.ts';

type History = temporal.api.history.v1.IHistory;

/** Fetches a history, decrypted with the client's keys. */
export async function fetchHistory(client: Client, workflowId: string, runId: string): Promise<History> {
  const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  await decryptHistory(history, client.options.loadedDataConverter.payloadCodecs);
  return history;
}

/**
 * Decrypts the payloads of a history in place, and puts the words of failures back where they are without encryption: what
 * reads histories finds them as they would be then.
 */
export async function decryptHistory({ events }: History, codecs: readonly PayloadCodec[]): Promise<void> {
  for (const event of events ?? []) await decryptIn(event, codecs);
}

async function decryptIn(parent: object, codecs: readonly PayloadCodec[]): Promise<void> {
  for (const [name, value] of Object.entries(parent) as [string, unknown][]) {
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) continue;
    const payload = value as Payload;
    if (keyIdOf(payload) === undefined) {
      await decryptIn(value, codecs);
      restoreFailure(value);
      continue;
    }
    let decoded = [payload];
    for (const codec of codecs.toReversed()) decoded = await codec.decode(decoded);
    Object.assign(parent, { [name]: decoded[0] });
  }
}

/** What the SDK's failure converter does when it makes an error of a failure. */
function restoreFailure(value: temporal.api.failure.v1.IFailure): void {
  const { data } = value.encodedAttributes ?? {};
  if (!data) return;
  const { message, stack_trace: stackTrace } = JSON.parse(Buffer.from(data).toString()) as Record<string, string>;
  Object.assign(value, { message, stackTrace, encodedAttributes: null });
}
