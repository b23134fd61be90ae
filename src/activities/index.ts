import type { Client } from '@temporalio/client';
import type { Clock } from '../domain/clock.ts';
import type { GraphClient } from '../graph/graph-client.ts';
import type { Logger } from '../logger.ts';
import { windowEndsAt } from '../policy/messaging-window.ts';
import type { Store } from '../store/index.ts';
import type { EverthreadActivities } from '../workflows/contract/index.ts';
import { createBroadcastStep } from './broadcast-step.ts';
import { createKeepAttachment } from './keep-attachment.ts';
import { createOpenConversation } from './open-conversation.ts';
import { createRateLimiter } from './send/rate-limit/rate-limiter.ts';
import { toSendEligibility } from './send/send-eligibility.ts';
import { createSendMessage } from './send/send-message.ts';
import { createSenderAction } from './send/sender-action.ts';
import { createWithdrawSend } from './send/withdraw-send.ts';
import { createStartSequence } from './start-sequence.ts';
import { createThreadControl } from './thread-control.ts';

export interface ActivityDeps {
  readonly store: Store;
  readonly graph: GraphClient;
  readonly client: Client;
  readonly clock: Clock;
  readonly log: Logger;
  /** Tells our app from others in a thread; left out: Meta's word is waited for. */
  readonly appId?: string | undefined;
  /** The bot's folder: files that it says are looked for in it. */
  readonly folder: string;
  readonly messagesPerSecond: (pageId: string) => number;
  /** Whether to believe the page of Meta's that gives an ad's window up to 7 days. Default: 24 hours are sure. */
  readonly trustsAdWindow?: boolean;
  readonly echoWaitMs?: number;
  /** Whether Meta is asked for names, language and time zone. Default: yes. */
  readonly asksForProfile?: boolean;
}

/** The outside half of the workflows. */
export function createActivities(deps: ActivityDeps): EverthreadActivities {
  const { store, clock, messagesPerSecond } = deps;
  const rateLimiter = createRateLimiter({ slots: store.rateLimitSlots, messagesPerSecond });
  return {
    sendMessage: createSendMessage({ ...deps, rateLimiter }),
    withdrawSend: createWithdrawSend(deps),
    keepAttachment: createKeepAttachment(deps),
    senderAction: createSenderAction({ ...deps, hasSpareCapacity: (pageId) => rateLimiter.hasSpareCapacity(pageId) }),
    startSequence: createStartSequence(deps),
    broadcastStep: createBroadcastStep(deps),

    openConversation: createOpenConversation(deps),
    saveSnapshot: (conversation, state) => store.snapshots.save(conversation, state, clock.now(conversation)),
    saveLead: (lead) => store.leads.save(lead),
    threadControl: createThreadControl(deps),
    async windowClosesAt(conversation) {
      const { window } = toSendEligibility(await store.contacts.find(conversation), undefined, deps.appId);
      return window && windowEndsAt(window, deps.trustsAdWindow);
    },
    changeTags: (conversation, change) => store.contacts.changeTags(conversation, change),
    recordStep: (conversation, funnel, step, at) => store.funnels.recordStep(conversation, funnel, step, at),
    recordWish: (conversation, wish, at) => store.eligibility.recordOptSignal(conversation, wish, at),
  };
}
