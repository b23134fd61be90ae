import { SimulatorError } from '../simulator-error.ts';
import type { SimulatorState } from '../simulator-state.ts';
import type { ThreadMessage } from '../state/messages.ts';
import {
  emojiOf,
  reactItem,
  readReceiptItem,
  seenItem,
  unreactItem,
  type ReactionName,
} from '../webhook/webhook-items.ts';
import { emitWebhook } from './emit-webhook.ts';
import type { PersonEvents } from './person-events.ts';

/** What a person does to the Page's messages: reactions and reading. */
export interface PersonSignals {
  /** Puts a reaction on message `mid`, by default the Page's newest. */
  reacts(psid: string, reaction: ReactionName, mid?: string): void;
  /** Removes the reaction from message `mid`, by default the Page's newest. */
  unreacts(psid: string, mid?: string): void;
  /** Reads the thread; does nothing when everything was read already. */
  reads(psid: string): void;
}

/** A person's reactions and reading, recorded as person events. */
export function createPersonSignals(state: SimulatorState, events: PersonEvents): PersonSignals {
  const { messages, live } = state;

  /** The `mid` of a message in the person's thread; throws when there is none. */
  function requireMid(psid: string, mid: string | undefined): string {
    const message = mid === undefined ? findNewestOfPage(psid) : messages.find(mid);
    if (message?.psid === psid) return message.mid;
    throw new SimulatorError(
      'message_unknown',
      mid ? `No message ${mid} in this thread.` : 'The Page has said nothing yet.',
    );
  }

  function findNewestOfPage(psid: string): ThreadMessage | undefined {
    return messages.newest(psid, 300).findLast((message) => message.author !== 'person');
  }

  function reacts(psid: string, reaction: ReactionName, onMid?: string): void {
    events.requireUnblocked(psid);
    const mid = requireMid(psid, onMid);
    const saveReaction = () => messages.react(mid, emojiOf(reaction));
    const item = (at: number) => reactItem(state.threadOf(psid), at, mid, reaction);
    events.recordWindowOpener(psid, 'reaction', item, saveReaction);
  }

  function unreacts(psid: string, onMid?: string): void {
    events.requireUnblocked(psid);
    const mid = requireMid(psid, onMid);
    const at = state.now(psid);
    messages.react(mid, undefined);
    emitWebhook(state, { psid, kind: 'reaction', item: unreactItem(state.threadOf(psid), at, mid), at });
    live.notify(psid);
  }

  function reads(psid: string): void {
    events.findOrAdd(psid);
    if (messages.unread(psid) === 0) return;
    const at = state.now(psid);
    const thread = state.threadOf(psid);
    const seenMid = state.channel === 'instagram' ? findNewestOfPage(psid)?.mid : undefined;
    const item = seenMid === undefined ? readReceiptItem(thread, at) : seenItem(thread, at, seenMid);
    state.database.transaction(() => {
      messages.markRead(psid);
      emitWebhook(state, { psid, kind: 'read', item, at });
    });
    live.notify(psid);
  }

  return { reacts, unreacts, reads };
}
