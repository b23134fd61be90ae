/** What a sequence hears of the person while it goes on. */

import { payloadOf, textOf } from '../../messenger/inbound/event-readers.ts';
import { fits } from '../../plugins/pattern.ts';
import type { Matching, Reply } from '../../plugins/sequence.ts';

/** Replies that wait to be looked at, oldest first. */
export interface Answers {
  hear(reply: Reply): void;
  hasAny(): boolean;
  forget(): void;
  /** Looks at all of them once, and gives the first that fits; the others are forgotten. Throws what `matching` throws. */
  take(matching?: Matching): Reply | undefined;
}

export function createAnswers(): Answers {
  let replies: Reply[] = [];
  return {
    hear: (reply) => void replies.push(reply),
    hasAny: () => replies.length > 0,
    forget: () => {
      replies = [];
    },
    take: (matching) => {
      const heard = replies;
      replies = [];
      return heard.find((reply) => isMeant(reply, matching));
    },
  };
}

/** A pattern need only fit what is written on a button, or its payload. */
function isMeant(reply: Reply, matching?: Matching): boolean {
  if (matching === undefined) return true;
  if (typeof matching === 'function') return matching(reply);
  return fits(matching, textOf(reply)) || fits(matching, payloadOf(reply));
}
