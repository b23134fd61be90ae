import type { ConversationId } from '../../../domain/conversation-id.ts';

/** A queue that serves conversations in turn: one with many entries does not hold up another with one. */
export interface FairQueue<Entry> {
  size(): number;
  add(entry: Entry): void;
  /** Takes the first entry of the conversation that was served longest ago. */
  next(): Entry | undefined;
  /** Takes all entries that match, in order within each conversation. */
  takeIf(matches: (entry: Entry) => boolean): Entry[];
}

/** Round robin over conversations, first in, first out within one. */
export function createFairQueue<Entry extends { readonly conversation: ConversationId }>(): FairQueue<Entry> {
  /** In the order in which they are served next. */
  const conversations = new Map<ConversationId, Entry[]>();
  let size = 0;
  return {
    size: () => size,
    add(entry) {
      size += 1;
      const entries = conversations.get(entry.conversation);
      if (entries) entries.push(entry);
      else conversations.set(entry.conversation, [entry]);
    },
    next() {
      for (const [conversation, entries] of conversations) {
        const entry = entries.shift();
        conversations.delete(conversation);
        if (entries.length > 0) conversations.set(conversation, entries);
        if (entry) {
          size -= 1;
          return entry;
        }
      }
      return undefined;
    },
    takeIf(matches) {
      const taken: Entry[] = [];
      for (const [conversation, entries] of conversations) {
        const left = entries.filter((entry) => !matches(entry) || !taken.push(entry));
        if (left.length === 0) conversations.delete(conversation);
        else conversations.set(conversation, left);
      }
      size -= taken.length;
      return taken;
    },
  };
}
