import { inboxAppId } from '../../messenger/meta-apps.ts';
import { SimulatorError } from '../simulator-error.ts';
import type { SimulatorState } from '../simulator-state.ts';
import { OTHER_APP_ID } from '../state/thread-routing.ts';
import { postMessage } from './post-message.ts';
import { changeThreadOwner } from './routing-actions.ts';

/** Those who speak for the Page beside the bot. Under routing, an answer of theirs takes the thread. */
export interface OtherSenders {
  /** Somebody of the business answers by hand in Meta's inbox; gives the message id. */
  answersFromInbox(psid: string, text: string): string;
  /** Another app of the Page, a customer service desk for instance, says something; gives the message id. */
  answersFromOtherApp(psid: string, text: string): string;
}

export function createOtherSenders(state: SimulatorState): OtherSenders {
  function answer(psid: string, author: 'inbox' | 'other_app', appId: string, text: string): string {
    const { firstName, isBlocking } = state.people.get(psid);
    if (isBlocking) {
      throw new SimulatorError('person_blocks_page', `${firstName} has blocked the Page and cannot be answered.`);
    }
    if (state.threadRoutings.find(psid, state.now(psid))) changeThreadOwner(state, psid, appId);
    return postMessage(state, psid, { author, appId, content: { text } });
  }

  return {
    answersFromInbox: (psid, text) => answer(psid, 'inbox', inboxAppId(state.channel), text),
    answersFromOtherApp: (psid, text) => answer(psid, 'other_app', OTHER_APP_ID, text),
  };
}
