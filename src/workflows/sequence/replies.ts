/** Replies of the person that a sequence has not looked at yet. */

import { payloadOf, textOf } from '../../messenger/inbound/event-readers.ts';
import { fits, fitsExactly } from '../../plugins/pattern.ts';
import type { Matching, Reply } from '../../plugins/sequence.ts';

/**
 * A queue of replies, oldest first. One that no plugin handled is offered first: its conversation waits for the answer, and
 * gives the reply at the end of its turn.
 */
export interface ReplyQueue {
  offer(reply: Reply, id: string): void;
  give(reply: Reply, id: string | undefined): void;
  isEmpty(): boolean;
  /** Whether a reply was accepted that is not given yet. */
  hasAccepted(): boolean;
  /** Drops everything; refuses what was offered. */
  clear(): void;
  /**
   * Empties the queue and returns the first reply that fits. If that one is only offered, accepts it, and returns it from the
   * moment it is given. Throws what `matching` throws.
   */
  take(matching?: Matching): Reply | undefined;
}

interface QueuedReply {
  readonly reply: Reply;
  readonly id: string | undefined;
  isGiven: boolean;
}

/** Creates an empty queue; `answer` tells the conversation whether an offered reply is accepted. */
export function createReplyQueue(answer: (id: string, isTaken: boolean) => void): ReplyQueue {
  let queued: readonly QueuedReply[] = [];
  let accepted: QueuedReply | undefined;

  const settle = (entry: QueuedReply, isTaken: boolean): void => {
    if (!entry.isGiven && entry.id !== undefined) answer(entry.id, isTaken);
  };

  function accept(matching: Matching | undefined): void {
    const entries = queued;
    queued = [];
    try {
      accepted = entries.find(({ reply }) => doesMatch(reply, matching));
    } finally {
      for (const entry of entries) settle(entry, entry === accepted);
    }
  }

  /** A reply that the queue has; a conversation that is reset offers and gives one again. */
  const find = (id: string | undefined): QueuedReply | undefined =>
    [accepted, ...queued].find((entry) => id !== undefined && entry?.id === id);

  function add(entry: QueuedReply): void {
    // The conversation has gone on to another reply: it was terminated, and never gives the one that was accepted.
    if (accepted && !accepted.isGiven) accepted = undefined;
    queued = [...queued, entry];
  }

  return {
    offer(reply, id) {
      const known = find(id);
      if (!known) add({ reply, id, isGiven: false });
      else if (known === accepted) settle(known, true);
    },
    give(reply, id) {
      const known = find(id);
      if (known) known.isGiven = true;
      else add({ reply, id, isGiven: true });
    },
    isEmpty: () => queued.length === 0,
    hasAccepted: () => accepted !== undefined,
    clear() {
      for (const entry of queued) settle(entry, false);
      queued = [];
      accepted = undefined;
    },
    take(matching) {
      if (!accepted) accept(matching);
      if (!accepted?.isGiven) return undefined;
      const { reply } = accepted;
      accepted = undefined;
      queued = [];
      return reply;
    },
  };
}

/** A pattern may fit a reply's text or a button's payload. */
function doesMatch(reply: Reply, matching?: Matching): boolean {
  if (matching === undefined) return true;
  if (typeof matching === 'function') return matching(reply);
  return fits(matching, textOf(reply)) || fitsExactly(matching, payloadOf(reply));
}
