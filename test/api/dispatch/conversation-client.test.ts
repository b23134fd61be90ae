import { Client } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createConversationClient,
  TemporalUnavailable,
  DeliveryRejected,
} from '../../../src/api/dispatch/conversation-client.ts';
import { decodeWebhook } from '../../../src/api/webhook/decode/index.ts';
import type { InboxItem } from '../../../src/messenger/inbound/inbox-item.ts';
import { CONVERSATION_TYPE, TASK_QUEUE } from '../../../src/workflows/contract/index.ts';
import { aText, PAGE, webhookBody } from '../../support/events.ts';
import { connectToTemporal, type TemporalForTests } from '../../support/temporal.ts';
import { newPsid, signalsOf } from '../conversations-in-temporal.ts';

let temporal: TemporalForTests;
beforeAll(async () => {
  temporal = await connectToTemporal();
});
afterAll(() => temporal.connection.close());

const clock = { now: () => Date.now() };
const aConversationClient = (client = temporal.client) => createConversationClient({ client, clock });

function items(...texts: string[]): InboxItem[] {
  const delivered = decodeWebhook(webhookBody(...texts.map((text) => aText(text)))) ?? [];
  return delivered.map(({ event }, index) => ({ inboxId: index + 1, event }));
}

test('the first events start the conversation, the next ones signal it', async () => {
  const conversation = `messenger:${PAGE}:${newPsid()}` as const;
  const conversationClient = aConversationClient();

  await conversationClient.deliver(conversation, items('one', 'two'));
  await conversationClient.deliver(conversation, items('three'));

  const handle = temporal.client.workflow.getHandle(conversation);
  const { type, taskQueue, status } = await handle.describe();
  expect({ type, taskQueue, status: status.name }).toEqual({
    type: CONVERSATION_TYPE,
    taskQueue: TASK_QUEUE,
    status: 'RUNNING',
  });
  expect(await signalsOf(temporal.client, conversation)).toEqual(
    [items('one', 'two'), items('three')].map((signal) => signal.map(({ inboxId }) => inboxId)),
  );
  await handle.terminate();
});

test('a conversation starts with the offset of a clock that is ahead', async () => {
  const conversation = `messenger:${PAGE}:${newPsid()}` as const;
  const conversationClient = createConversationClient({
    client: temporal.client,
    clock: { now: () => Date.now() + 3_600_000 },
  });

  await conversationClient.deliver(conversation, items('hi'));

  const { events } = await temporal.client.workflow.getHandle(conversation).fetchHistory();
  const input = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]?.data ?? new Uint8Array();
  const { clockAheadMs } = JSON.parse(Buffer.from(input).toString()) as { clockAheadMs: number };
  expect(clockAheadMs).toBeGreaterThan(3_590_000);
  await temporal.client.workflow.getHandle(conversation).terminate();
});

test.each([
  [
    'more than the server takes in one payload',
    'x'.repeat(2_200_000),
    'It is too large for Temporal: Blob data size exceeds limit.',
  ],
  // The client would mistake the answer for an overload and retry until the deadline.
  [
    'more than gRPC takes in one call',
    'x'.repeat(4_300_000),
    /^It is too large for Temporal: 43\d{5} bytes, and one call takes 4128768$/,
  ],
])('%s is rejected at once, with a reason', async (_, text, message) => {
  const failure = aConversationClient().deliver(`messenger:${PAGE}:${newPsid()}`, items(text));

  await expect(failure).rejects.toThrow(DeliveryRejected);
  await expect(failure).rejects.toThrow(message);
});

test('a conversation whose id is too long for Temporal is rejected', async () => {
  const failure = aConversationClient().deliver(`messenger:${PAGE}:${'9'.repeat(250)}`, items('hi'));

  await expect(failure).rejects.toThrow(DeliveryRejected);
  await expect(failure).rejects.toThrow(/WorkflowId exceeds maximum allowed length/);
});

test('half of an emoji arrives unchanged', async () => {
  const conversation = `messenger:${PAGE}:${newPsid()}` as const;

  await aConversationClient().deliver(conversation, items('\ud83d'));

  expect(await signalsOf(temporal.client, conversation)).toEqual([[1]]);
  await temporal.client.workflow.getHandle(conversation).terminate();
});

test('a missing namespace means that Temporal is unavailable, not that the events are wrong', async () => {
  const client = new Client({ connection: temporal.connection, namespace: 'nobody-made-it' });

  await expect(aConversationClient(client).deliver(`messenger:${PAGE}:${newPsid()}`, items('hi'))).rejects.toThrow(
    TemporalUnavailable,
  );
});
