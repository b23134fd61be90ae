import { SimulatorError } from '../simulator-error.ts';
import type { SimulatorState } from '../simulator-state.ts';
import { newMid, type MessageContent } from '../state/messages.ts';
import type { Person } from '../state/people.ts';
import type { MessagingItem, WebhookKind } from '../webhook/webhook-items.ts';
import { emitWebhook } from './emit-webhook.ts';

/** Records what a person does: in the thread, in the messaging window, and as a webhook. */
export interface PersonEvents {
  /** The person with this PSID, who is added if unknown. */
  findOrAdd(psid: string): Person;
  /** The same, for an action that a person who blocks the Page cannot take: throws in that case. */
  requireUnblocked(psid: string): Person;
  /** A message in the thread, which opens the window; returns the message id. */
  recordMessage(
    psid: string,
    kind: 'message' | 'postback',
    content: MessageContent,
    item: (at: number, mid: string) => MessagingItem,
  ): string;
  /** An action that opens the window without a message. `alsoWrite` runs in the same transaction. */
  recordWindowOpener(
    psid: string,
    kind: WebhookKind,
    item: (at: number) => MessagingItem,
    alsoWrite?: () => void,
  ): void;
  /** An action that is sent as a webhook only: it is no message and opens no window. */
  recordEvent(psid: string, kind: WebhookKind, item: (at: number) => MessagingItem): void;
}

/** Writes to the simulator's state and queues the webhooks. */
export function createPersonEvents(state: SimulatorState): PersonEvents {
  const { people, messages, live } = state;

  function findOrAdd(psid: string): Person {
    return people.find(psid) ?? people.add({ psid });
  }

  function requireUnblocked(psid: string): Person {
    const person = findOrAdd(psid);
    if (!person.isBlocking) return person;
    throw new SimulatorError('person_blocks_page', `${person.firstName} has blocked the Page. Unblock it first.`);
  }

  /** A person does not act twice in a millisecond: the order of Meta's times is the order of what happened. */
  function actionAt(psid: string): number {
    return Math.max(state.now(psid), (people.find(psid)?.windowOpenedAt ?? 0) + 1);
  }

  return {
    findOrAdd,
    requireUnblocked,

    recordMessage(psid, kind, content, item) {
      const mid = newMid();
      const at = actionAt(psid);
      const isFirstAfterAd = kind === 'message' && people.get(psid).adClicked !== undefined;
      state.database.transaction(() => {
        people.openWindow(psid, at);
        state.threadRoutings.renew(psid, at);
        if (isFirstAfterAd) people.openAdWindow(psid, at);
        messages.add({ mid, psid, author: 'person', content, at });
        emitWebhook(state, { psid, kind, about: mid, item: item(at, mid), at });
      });
      live.notify(psid);
      return mid;
    },

    recordWindowOpener(psid, kind, item, alsoWrite) {
      const at = actionAt(psid);
      state.database.transaction(() => {
        people.openWindow(psid, at);
        state.threadRoutings.renew(psid, at);
        alsoWrite?.();
        emitWebhook(state, { psid, kind, item: item(at), at });
      });
      live.notify(psid);
    },

    recordEvent(psid, kind, item) {
      const at = state.now(psid);
      emitWebhook(state, { psid, kind, item: item(at), at });
      live.notify(psid);
    },
  };
}
