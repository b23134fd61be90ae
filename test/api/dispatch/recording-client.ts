import { randomUUID } from 'node:crypto';
import type { ConversationClient } from '../../../src/api/dispatch/conversation-client.ts';
import type { ConversationId } from '../../../src/domain/conversation-id.ts';
import type { InboxItem } from '../../../src/messenger/inbound/inbox-item.ts';

/** A conversation client that accepts everything, unless `before` throws, and records the order. */
export class RecordingClient implements ConversationClient {
  readonly taken = new Map<ConversationId, number[]>();
  /** Every call, also those that failed. */
  readonly calls: { readonly conversation: ConversationId; readonly count: number; readonly at: number }[] = [];
  concurrent = 0;
  maxConcurrent = 0;
  /** Runs before each delivery; what it throws is Temporal's answer. */
  before: (conversation: ConversationId, items: readonly InboxItem[]) => Promise<void> | void = () => {};

  async deliver(conversation: ConversationId, items: readonly InboxItem[]): Promise<void> {
    this.calls.push({ conversation, count: items.length, at: Date.now() });
    this.concurrent += 1;
    this.maxConcurrent = Math.max(this.maxConcurrent, this.concurrent);
    try {
      await this.before(conversation, items);
    } finally {
      this.concurrent -= 1;
    }
    const taken = this.taken.get(conversation) ?? [];
    taken.push(...items.map(({ inboxId }) => inboxId));
    this.taken.set(conversation, taken);
  }

  get count(): number {
    return [...this.taken.values()].reduce((sum, ids) => sum + ids.length, 0);
  }
}

/** A promise that the test resolves. */
export function aGate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** Polls until the condition holds; the test's time limit ends it otherwise. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}

export function aLeaseOwner(): string {
  return randomUUID();
}
