import { SimulatorError } from '../simulator-error.ts';
import { newMid, type MessageContent } from '../state/messages.ts';
import type { Person } from '../state/people.ts';
import { tell, type World } from '../state/simulator-state.ts';
import type { MessagingItem, WebhookKind } from '../webhook/webhook-items.ts';

/** The ways in which something a person does becomes known: in the thread, to the bot, to the window. */
export interface PersonActs {
  /** Somebody not met before is added. */
  met(psid: string): Person;
  /** A person who may act; complains in words when they have blocked the Page. */
  active(psid: string): Person;
  /** Says something in the thread, which opens the window; gives the message id. */
  speaks(
    psid: string,
    kind: 'message' | 'postback',
    content: MessageContent,
    item: (at: number, mid: string) => MessagingItem,
  ): string;
  /** Does something that stands nowhere and still opens the window. */
  opens(psid: string, kind: WebhookKind, item: (at: number) => MessagingItem, extra?: () => void): void;
  /** Told to the bot, and no more: it does not stand in the thread and opens no window. */
  tellOnly(psid: string, kind: WebhookKind, item: (at: number) => MessagingItem): void;
}

export function createPersonActs(world: World): PersonActs {
  const { people, messages, live } = world;

  function met(psid: string): Person {
    return people.find(psid) ?? people.add({ psid });
  }

  function active(psid: string): Person {
    const person = met(psid);
    if (!person.isBlocking) return person;
    throw new SimulatorError('person_blocks_page', `${person.firstName} has blocked the Page. Unblock it first.`);
  }

  return {
    met,
    active,

    speaks(psid, kind, content, item) {
      const mid = newMid();
      const at = world.now(psid);
      const isFirstAfterAd = kind === 'message' && people.get(psid).adClicked !== undefined;
      world.database.together(() => {
        people.openWindow(psid, at);
        world.threadControls.touch(psid, at);
        if (isFirstAfterAd) people.openAdWindow(psid, at);
        messages.add({ mid, psid, author: 'person', content, at });
        tell(world, { psid, kind, about: mid, item: item(at, mid), at });
      });
      live.changed(psid);
      return mid;
    },

    opens(psid, kind, item, extra) {
      const at = world.now(psid);
      world.database.together(() => {
        people.openWindow(psid, at);
        world.threadControls.touch(psid, at);
        extra?.();
        tell(world, { psid, kind, item: item(at), at });
      });
      live.changed(psid);
    },

    tellOnly(psid, kind, item) {
      const at = world.now(psid);
      tell(world, { psid, kind, item: item(at), at });
      live.changed(psid);
    },
  };
}
