import type { Client } from '@temporalio/client';
import type { Store } from '../store/store.ts';
import type { Clock, EverthreadActivities } from '../workflows/contract.ts';
import type { GraphClient } from '../graph/graph-client.ts';
import type { Logger } from './logger.ts';
import { createSendMessage } from './send-message.ts';
import { createSenderAction } from './sender-action.ts';
import { createStartSequence } from './start-sequence.ts';

export interface ActivityDeps {
  readonly store: Store;
  readonly graph: GraphClient;
  readonly client: Client;
  readonly clock: Clock;
  readonly log: Logger;
  readonly echoWaitMs?: number;
  /** False while a Page has no room for more than its messages. */
  readonly mayAct?: (pageId: string) => boolean;
}

/** The outside half of the workflows. */
export function createActivities(deps: ActivityDeps): EverthreadActivities {
  const { store, clock } = deps;
  return {
    sendMessage: createSendMessage({ ...deps, ledger: store.ledger }),
    senderAction: createSenderAction(deps),
    startSequence: createStartSequence(deps),

    async openConversation(conversation) {
      const [snapshot, contact] = await Promise.all([
        store.snapshots.find(conversation),
        store.contacts.find(conversation),
      ]);
      const { firstName, lastName, locale, timeZone } = contact ?? {};
      const card = { firstName, lastName, locale, timeZone };
      return { snapshot, contact: JSON.parse(JSON.stringify(card)) as object };
    },
    saveSnapshot: (conversation, state) => store.snapshots.save(conversation, state, clock.now(conversation)),
    saveLead: (lead) => store.leads.save(lead),
  };
}
