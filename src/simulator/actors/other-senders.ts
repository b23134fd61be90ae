import { inboxAppId } from '../../messenger/meta-apps.ts';
import { SimulatorError } from '../simulator-error.ts';
import type { SimulatorState } from '../simulator-state.ts';
import { OTHER_APP_ID } from '../state/thread-routing.ts';
import { postMessage } from './post-message.ts';
import { changeThreadOwner } from './routing-actions.ts';

/** Senders for the Page other than the bot. Under routing, their answer takes the thread. Each returns the message id. */
export interface OtherSenders {
  /** An operator answers in Meta's inbox. */
  answersFromInbox(psid: string, text: string): string;
  /** An operator answers by hand in a native app, Messenger's or Instagram's: the echo names no app. */
  answersFromNativeApp(psid: string, text: string): string;
  /** Another app of the Page answers, such as a customer service desk. */
  answersFromOtherApp(psid: string, text: string): string;
}

/** Senders that write to the same threads as the bot. */
export function createOtherSenders(state: SimulatorState): OtherSenders {
  function post(psid: string, author: 'inbox' | 'other_app', appId: string, text: string, isNamed = true): string {
    const { firstName, isBlocking } = state.people.get(psid);
    if (isBlocking) {
      throw new SimulatorError('person_blocks_page', `${firstName} has blocked the Page and cannot be answered.`);
    }
    if (state.threadRoutings.find(psid, state.now(psid))) changeThreadOwner(state, psid, appId);
    return postMessage(state, psid, { author, content: { text }, ...(isNamed && { appId }) });
  }

  return {
    answersFromInbox: (psid, text) => post(psid, 'inbox', inboxAppId(state.channel), text),
    answersFromNativeApp: (psid, text) => post(psid, 'inbox', inboxAppId(state.channel), text, false),
    answersFromOtherApp: (psid, text) => post(psid, 'other_app', OTHER_APP_ID, text),
  };
}
