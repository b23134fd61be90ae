import { randomUUID } from 'node:crypto';
import type { ConversationClient } from '../../../src/api/dispatch/conversation-client.ts';
import type { ConversationId } from '../../../src/domain/conversation-id.ts';
import type { InboxItem } from '../../../src/messenger/inbound/inbox-item.ts';

/** An engine that takes everything, unless told otherwise, and remembers in which order. */
export class RecordingEngine implements ConversationClient {
  readonly taken = new Map<ConversationId, number[]>();
  /** Every call, also those that failed. */
  readonly calls: { readonly conversation: ConversationId; readonly count: number; readonly at: number }[] = [];
  atOnce = 0;
  mostAtOnce = 0;
  /** Runs before anything is taken; what it throws is the engine's answer. */
  before: (conversation: ConversationId, items: readonly InboxItem[]) => Promise<void> | void = () => {};

  async deliver(conversation: ConversationId, items: readonly InboxItem[]): Promise<void> {
    this.calls.push({ conversation, count: items.length, at: Date.now() });
    this.atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.atOnce);
    try {
      await this.before(conversation, items);
    } finally {
      this.atOnce -= 1;
    }
    const taken = this.taken.get(conversation) ?? [];
    taken.push(...items.map(({ inboxId }) => inboxId));
    this.taken.set(conversation, taken);
  }

  get count(): number {
    return [...this.taken.values()].reduce((sum, ids) => sum + ids.length, 0);
  }
}

/** Something that others wait for until it is opened. */
export function aGate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** Waits until it is so; the test's own time limit is the limit. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
}

export function aHolder(): string {
  return randomUUID();
}
