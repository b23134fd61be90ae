import { SimulatorError } from '../simulator-error.ts';
import type { SimulatorState } from '../simulator-state.ts';
import { newMid, type MessageContent } from '../state/messages.ts';
import type { Person } from '../state/people.ts';
import type { MessagingItem, WebhookKind } from '../webhook/webhook-items.ts';
import { emitWebhook } from './emit-webhook.ts';

/** The ways in which something a person does becomes known: in the thread, to the bot, to the window. */
export interface PersonEvents {
  /** Somebody not met before is added. */
  findOrAdd(psid: string): Person;
  /** A person who may act; complains in words when they have blocked the Page. */
  requireUnblocked(psid: string): Person;
  /** Says something in the thread, which opens the window; gives the message id. */
  recordMessage(
    psid: string,
    kind: 'message' | 'postback',
    content: MessageContent,
    item: (at: number, mid: string) => MessagingItem,
  ): string;
  /** Does something that stands nowhere and still opens the window. */
  recordWindowOpener(psid: string, kind: WebhookKind, item: (at: number) => MessagingItem, extra?: () => void): void;
  /** Told to the bot, and no more: it does not stand in the thread and opens no window. */
  recordEvent(psid: string, kind: WebhookKind, item: (at: number) => MessagingItem): void;
}

export function createPersonEvents(state: SimulatorState): PersonEvents {
  const { people, messages, live } = state;

  function met(psid: string): Person {
    return people.find(psid) ?? people.add({ psid });
  }

  function active(psid: string): Person {
    const person = met(psid);
    if (!person.isBlocking) return person;
    throw new SimulatorError('person_blocks_page', `${person.firstName} has blocked the Page. Unblock it first.`);
  }

  return {
    findOrAdd: met,
    requireUnblocked: active,

    recordMessage(psid, kind, content, item) {
      const mid = newMid();
      const at = state.now(psid);
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

    recordWindowOpener(psid, kind, item, extra) {
      const at = state.now(psid);
      state.database.transaction(() => {
        people.openWindow(psid, at);
        state.threadRoutings.renew(psid, at);
        extra?.();
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
