import { randomInt } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { InboxItem } from '../../src/messenger/inbound/inbox-item.ts';

/** A person whom no other test knows: all share one Temporal. */
export function newPsid(): string {
  return `612045${randomInt(1e9, 1e10)}`;
}

/** The inbox ids of every signal that a conversation got, read from its history. */
export async function signalsOf(client: Client, conversation: string): Promise<number[][]> {
  const { events } = await client.workflow.getHandle(conversation).fetchHistory();
  const signals = (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) => signal ?? []);
  return signals.map(({ input }) => {
    const bytes = input?.payloads?.[0]?.data ?? new Uint8Array();
    return (JSON.parse(Buffer.from(bytes).toString()) as InboxItem[]).map(({ inboxId }) => inboxId);
  });
}
