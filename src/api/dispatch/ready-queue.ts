import type { ConversationId } from '../../domain/conversation-id.ts';

/** Beyond this many, conversations are remembered by the inbox alone. */
export const MAX_READY = 2000;

/** Conversations of this process that may have pending events, and those that are being dispatched. */
export interface ReadyQueue {
  add(conversations: readonly ConversationId[]): void;
  /** Takes conversations until `maxInFlight` are being dispatched; those that back off are dropped. */
  take(maxInFlight: number, isBackingOff: (conversation: ConversationId) => boolean): ConversationId[];
  /** Takes one conversation that is about to get an event, if it can be dispatched at once and no other waits. */
  takeNew(conversation: ConversationId, maxInFlight: number): boolean;
  /** Ends the dispatch of a conversation, which goes back to the end of the queue if more is pending. */
  finish(conversation: ConversationId, isPending: boolean): void;
  /** How many wait. */
  size(): number;
}

/** Creates an empty queue; `onOverflow` is called for each conversation that it has no room for. */
export function createReadyQueue(onOverflow: () => void): ReadyQueue {
  const ready = new Set<ConversationId>();
  const inFlight = new Set<ConversationId>();
  return {
    add(conversations) {
      for (const conversation of conversations) {
        if (ready.size < MAX_READY) ready.add(conversation);
        else onOverflow();
      }
    },
    take(maxInFlight, isBackingOff) {
      const taken: ConversationId[] = [];
      for (const conversation of ready) {
        if (inFlight.size + taken.length >= maxInFlight) break;
        // A scan of the inbox finds it again when its backoff is over.
        if (isBackingOff(conversation)) ready.delete(conversation);
        else if (!inFlight.has(conversation)) taken.push(conversation);
      }
      for (const conversation of taken) {
        ready.delete(conversation);
        inFlight.add(conversation);
      }
      return taken;
    },
    takeNew(conversation, maxInFlight) {
      if (ready.size > 0 || inFlight.size >= maxInFlight || inFlight.has(conversation)) return false;
      inFlight.add(conversation);
      return true;
    },
    finish(conversation, isPending) {
      inFlight.delete(conversation);
      if (isPending) ready.add(conversation);
    },
    size: () => ready.size,
  };
}
