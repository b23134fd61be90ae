import type { Client } from '@temporalio/client';
import type { Clock } from '../domain/clock.ts';
import type { GraphClient } from '../graph/graph-client.ts';
import type { Logger } from '../logger.ts';
import { windowEndsAt } from '../policy/messaging-window.ts';
import type { PolicySettings } from '../policy/verdict.ts';
import type { Store } from '../store/index.ts';
import { toSendEligibility } from '../store/to-send-eligibility.ts';
import type { WorkerMetrics } from '../worker-metrics.ts';
import type { EverthreadActivities } from '../workflows/contract/index.ts';
import { createBroadcastStep } from './broadcast-step.ts';
import { createKeepAttachment } from './keep-attachment.ts';
import { createOpenConversation } from './open-conversation.ts';
import { createRateLimiter } from './send/rate-limit/rate-limiter.ts';
import { createSendMessage } from './send/send-message.ts';
import { createSenderAction } from './send/sender-action.ts';
import { createTemplateReader } from './send/template-reader.ts';
import { createWithdrawSend } from './send/withdraw-send.ts';
import { createStartSequence } from './start-sequence.ts';
import { createThreadControl } from './thread-control.ts';

/** What the activities need, and their settings. */
export interface ActivityDeps extends PolicySettings {
  readonly store: Store;
  readonly graph: GraphClient;
  readonly client: Client;
  readonly clock: Clock;
  readonly log: Logger;
  /** The bot's folder: the files that it sends are read from it. */
  readonly folder: string;
  /** Messages per second of a Page; Meta's own limits bound it. */
  readonly messagesPerSecond: (pageId: string) => number;
  /** Wait for the echo after the first unknown outcome of a send, ms; doubled for each further one. Default: 20,000. */
  readonly echoWaitMs?: number;
  readonly metrics: WorkerMetrics;
  /** Ask Meta for names, language and time zone. Default: true. */
  readonly asksForProfile?: boolean;
}

/** everthread's own activities, which the workflows call. */
export function createActivities(deps: ActivityDeps): EverthreadActivities {
  const { store, clock, metrics, log, messagesPerSecond } = deps;
  const rateLimiter = createRateLimiter({
    slots: store.rateLimitSlots,
    messagesPerSecond,
    onUsage: (pageId, percent) => metrics.noteRateLimitUsage(pageId, percent),
  });
  const templateReader = createTemplateReader(deps);
  return {
    sendMessage: createSendMessage({ ...deps, rateLimiter, templateReader }),
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
    async linkExternalIds(conversation, ids) {
      for (const system of await store.externalIds.link(conversation, ids, Date.now())) {
        log.info({ conversation, system }, 'An external id was linked to another person before');
      }
    },
    putTopics: (conversation, topics) => store.outbox.putTopics(conversation, topics),
    async recordHandoff(conversation, change) {
      const waitedMs = await store.handoffs.record(conversation, change);
      if (waitedMs !== undefined && change.state === 'operator') metrics.handoffWaitSeconds.observe(waitedMs / 1000);
    },
    recordStep: (conversation, funnel, step, at) => store.funnels.recordStep(conversation, funnel, step, at),
    recordWish: (conversation, signal, at) => store.eligibility.recordOptSignal(conversation, signal, at),
  };
}
