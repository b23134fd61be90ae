/** Replies of the person that a sequence has not looked at yet. */

import { payloadOf, textOf } from '../../messenger/inbound/event-readers.ts';
import { fits, fitsExactly } from '../../plugins/pattern.ts';
import type { Matching, Reply } from '../../plugins/sequence.ts';

/** A queue of replies, oldest first. */
export interface ReplyQueue {
  add(reply: Reply): void;
  isEmpty(): boolean;
  clear(): void;
  /** Empties the queue and returns the first reply that fits. Throws what `matching` throws. */
  take(matching?: Matching): Reply | undefined;
}

/** Creates an empty queue. */
export function createReplyQueue(): ReplyQueue {
  let replies: Reply[] = [];
  return {
    add: (reply) => void replies.push(reply),
    isEmpty: () => replies.length === 0,
    clear: () => {
      replies = [];
    },
    take: (matching) => {
      const waiting = replies;
      replies = [];
      return waiting.find((reply) => doesMatch(reply, matching));
    },
  };
}

/** A pattern may fit a reply's text or a button's payload. */
function doesMatch(reply: Reply, matching?: Matching): boolean {
  if (matching === undefined) return true;
  if (typeof matching === 'function') return matching(reply);
  return fits(matching, textOf(reply)) || fitsExactly(matching, payloadOf(reply));
}
