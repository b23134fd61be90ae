/** What a hook sends to the person: messages and sender actions. Nothing of it is undone when the hook fails. */

import { markSeen, react, typingOn, unreact, type SenderAction } from '../../../messenger/outbound/sender-action.ts';
import { MAX_SENDS_PER_HOOK } from '../../../plugins/limits.ts';
import type { Plugin, PluginContext } from '../../../plugins/plugin.ts';
import { runSenderAction } from '../../outbound/sender-action.ts';
import { sendInTurn } from '../turn-send.ts';
import type { Turn } from '../turn.ts';
import type { PendingRequests } from './pending-requests.ts';

/** Of all plugins together: plugins that answer each other are an endless loop too. */
const MAX_SENDS_PER_TURN = 60;
const MAX_SENDER_ACTIONS_PER_HOOK = 10;

/** Creates the sending part of a hook's context. */
export function createSendMethods(
  turn: Turn,
  plugin: Plugin,
  requests: PendingRequests,
): Pick<PluginContext, 'send' | 'typing' | 'markSeen' | 'react' | 'unreact'> {
  let sends = 0;
  let actions = 0;

  function tryAction(createAction: () => SenderAction): void {
    actions += 1;
    if (!requests.isClosed && actions <= MAX_SENDER_ACTIONS_PER_HOOK) runSenderAction(turn, createAction);
  }

  return {
    send: (message) => {
      sends += 1;
      if (sends > MAX_SENDS_PER_HOOK) {
        throw new Error(`It sends more than ${MAX_SENDS_PER_HOOK} messages for one event. Is it caught in a loop?`);
      }
      if (turn.sends >= MAX_SENDS_PER_TURN) {
        throw new Error(`More than ${MAX_SENDS_PER_TURN} messages for one event. Do two plugins answer each other?`);
      }
      return requests.run(() => sendInTurn(turn, message, `plugin ${plugin.name}`));
    },
    typing: () => tryAction(typingOn),
    markSeen: () => tryAction(markSeen),
    react: (mid, emoji) => tryAction(() => react(mid, emoji)),
    unreact: (mid) => tryAction(() => unreact(mid)),
  };
}
