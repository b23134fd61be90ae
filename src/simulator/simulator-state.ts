import type { Clock } from '../domain/clock.ts';
import { conversationId, conversationParts, type Channel, type ConversationId } from '../domain/conversation-id.ts';
import type { SimulatorOptions } from './options.ts';
import { createFaults, type Faults } from './rules/faults.ts';
import { createPageCallCounts, type PageCallCounts } from './rules/rates.ts';
import type { AdWindow } from './rules/window.ts';
import { createBotLog, type BotLog } from './state/bot-log.ts';
import { createComments, type Comments } from './state/comments.ts';
import { openSimulatorDatabase, type SimulatorDatabase } from './state/database.ts';
import { createLiveUpdates, type LiveUpdates } from './state/live.ts';
import { createMessages, type Messages } from './state/messages.ts';
import { createPageProfile, type PageProfile } from './state/page-profile.ts';
import { createSimulatedPages, type SimulatedPages } from './state/pages.ts';
import { createPeople, type People } from './state/people.ts';
import { createPersonas, type Personas } from './state/personas.ts';
import { createSimulatedSends, type SimulatedSends } from './state/sends.ts';
import type { SimulatedApp } from './state/simulated-app.ts';
import { createStoredAttachments, type StoredAttachments } from './state/stored-attachments.ts';
import { createTemplates, type Templates } from './state/templates.ts';
import { createThreadRoutings, type ThreadRoutings } from './state/thread-routing.ts';
import { createDeliveries, type Deliveries } from './webhook/deliveries.ts';
import { createPageSubscriptions, listDeliveredFields, type PageSubscriptions } from './webhook/subscriptions.ts';
import type { ThreadIds } from './webhook/webhook-items.ts';
import { createWebhooks, type Webhooks } from './webhook/webhooks.ts';

/** The state that all parts of the simulator share: its tables, its faults and limits, and the clock. */
export interface SimulatorState {
  readonly options: SimulatorOptions;
  readonly database: SimulatorDatabase;
  readonly pages: SimulatedPages;
  readonly app: SimulatedApp;
  readonly subscriptions: PageSubscriptions;
  readonly personas: Personas;
  readonly people: People;
  readonly messages: Messages;
  readonly sends: SimulatedSends;
  readonly attachments: StoredAttachments;
  readonly templates: Templates;
  readonly comments: Comments;
  readonly profile: PageProfile;
  readonly threadRoutings: ThreadRoutings;
  readonly webhooks: Webhooks;
  readonly deliveries: Deliveries;
  readonly faults: Faults;
  readonly callCounts: PageCallCounts;
  readonly live: LiveUpdates;
  /** `problem`: why the bot's files as they were saved cannot be loaded; `wordsToTry`: what its plugins answer. */
  readonly bot: { problem?: string; wordsToTry?: readonly string[] };
  readonly botLog: BotLog;
  readonly clock: Clock;
  readonly channel: Channel;
  readonly adWindow: AdWindow;
  /** Unsubscribes the app on a Page, as Meta does after an hour of failed deliveries; what waits is abandoned. */
  unsubscribeApp(pageId: string): void;
  /** The person's clock, epoch ms. */
  now(psid: string): number;
  threadOf(psid: string): ThreadIds;
  conversationOf(psid: string): ConversationId;
}

/** Opens the database and restores what it holds. */
export function createSimulatorState(options: SimulatorOptions): SimulatorState {
  const database = openSimulatorDatabase(options.file);
  const { pageId, pageName, accessToken, channel = 'messenger' } = options;
  const main = { id: pageId, accessToken, ...(pageName !== undefined && { name: pageName }) };
  const pages = createSimulatedPages(main, options.pages ?? []);
  const pageOf = (psid: string) => people.find(psid)?.pageId ?? pageId;
  const app: SimulatedApp = {
    isLive: true,
    profileAccess: 'all',
    subscription: { callbackUrl: options.webhookUrl, fields: listDeliveredFields(channel) },
    userTokens: new Set(options.userAccessToken === undefined ? [] : [options.userAccessToken]),
  };
  const subscriptions = createPageSubscriptions(database, channel);
  const people = createPeople(database, options.pageId);
  const webhooks = createWebhooks(database, options.pageId, channel);
  const live = createLiveUpdates();
  const now = (psid: string) => Date.now() + (people.find(psid)?.clockAheadMs ?? 0);
  function unsubscribeApp(id: string): void {
    subscriptions.unsubscribe(id);
    webhooks.abandon(id);
    live.notify();
  }

  const deliveries = createDeliveries({
    webhooks,
    now,
    appSecret: options.appSecret,
    webhookUrl: () => app.subscription?.callbackUrl ?? options.webhookUrl,
    answerWithinMs: options.answerWithinMs ?? 5000,
    redeliveryMs: options.redeliveryMs ?? 5000,
    unsubscribeAfterMs: options.unsubscribeAfterMs ?? Infinity,
    onUnacknowledged: (id) => unsubscribeApp(id),
    onAttempt: (psid) => live.notify(psid),
    log: options.log,
  });
  return {
    options,
    database,
    pages,
    app,
    subscriptions,
    personas: createPersonas(database),
    people,
    messages: createMessages(database),
    sends: createSimulatedSends(database),
    attachments: createStoredAttachments(database),
    templates: createTemplates(database),
    comments: createComments(database),
    profile: createPageProfile(database, pageId),
    threadRoutings: createThreadRoutings(database, options.routing),
    webhooks,
    deliveries,
    faults: createFaults(),
    callCounts: createPageCallCounts(options.limits ?? {}, (id) => people.countEngaged(id)),
    live,
    bot: {},
    botLog: createBotLog(database),
    clock: { now: (conversation) => now(conversationParts(conversation)?.psid ?? '') },
    channel,
    adWindow: options.adWindow ?? '24 hours',
    unsubscribeApp,
    now,
    threadOf: (psid) => ({ psid, pageId: pageOf(psid) }),
    conversationOf: (psid) => conversationId({ channel, pageId: pageOf(psid), psid }),
  };
}
