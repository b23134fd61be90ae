import { SimulatorError } from '../simulator-error.ts';
import type { World } from '../state/simulator-state.ts';
import { inboxAppId } from '../state/thread-control.ts';
import { OTHER_APP_ID } from '../webhook/webhook-items.ts';
import { speak } from './post-message.ts';
import { changeOwner } from './thread-routing.ts';

/** Those who speak for the Page beside the bot. Under routing, an answer of theirs takes the thread. */
export interface OtherSpeakers {
  /** Somebody of the business answers by hand in Meta's inbox; gives the message id. */
  answersFromInbox(psid: string, text: string): string;
  /** Another app of the Page, a customer service desk for instance, says something; gives the message id. */
  answersFromOtherApp(psid: string, text: string): string;
}

export function createOtherSpeakers(world: World): OtherSpeakers {
  function answer(psid: string, author: 'inbox' | 'other_app', appId: string, text: string): string {
    const { firstName, isBlocking } = world.people.get(psid);
    if (isBlocking) {
      throw new SimulatorError('person_blocks_page', `${firstName} has blocked the Page and cannot be answered.`);
    }
    if (world.threadControls.of(psid, world.now(psid))) changeOwner(world, psid, appId);
    return speak(world, psid, { author, appId, content: { text } });
  }

  return {
    answersFromInbox: (psid, text) => answer(psid, 'inbox', inboxAppId(world.channel), text),
    answersFromOtherApp: (psid, text) => answer(psid, 'other_app', OTHER_APP_ID, text),
  };
}
