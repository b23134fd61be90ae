import type { Clock } from '../../domain/clock.ts';
import { conversationId, conversationParts, type Channel, type ConversationId } from '../../domain/conversation-id.ts';
import type { SimulatorOptions } from '../options.ts';
import { createFaults, type Faults } from '../rules/faults.ts';
import { createRates, type Rates } from '../rules/rates.ts';
import type { AdWindow } from '../rules/window.ts';
import { createDeliveries, type Deliveries } from '../webhook/deliveries.ts';
import { standbyItem } from '../webhook/routing-items.ts';
import { createSubscriptions, deliveredFields, fieldOf, type Subscriptions } from '../webhook/subscriptions.ts';
import type { Thread, WebhookKind } from '../webhook/webhook-items.ts';
import { createWebhooks, type Webhook, type Webhooks } from '../webhook/webhooks.ts';
import { createAttachments, type Attachments } from './attachments.ts';
import { createComments, type Comments } from './comments.ts';
import { openDatabase, type SimulatorDatabase } from './database.ts';
import { createLive, type Live } from './live.ts';
import { createMessages, type Messages } from './messages.ts';
import { createPageProfile, type PageProfile } from './page-profile.ts';
import { createPages, type Pages } from './pages.ts';
import { createPeople, type People } from './people.ts';
import { createPersonas, type Personas } from './personas.ts';
import { createSends, type Sends } from './sends.ts';
import type { SimulatedApp } from './simulated-app.ts';
import { createThreadControls, mayWrite, type ThreadControls } from './thread-control.ts';
import { createUtilityTemplates, type UtilityTemplates } from './utility-templates.ts';

/** Everything the parts of the simulator share. */
export interface World {
  readonly options: SimulatorOptions;
  readonly database: SimulatorDatabase;
  readonly pages: Pages;
  readonly app: SimulatedApp;
  readonly subscriptions: Subscriptions;
  readonly personas: Personas;
  readonly people: People;
  readonly messages: Messages;
  readonly sends: Sends;
  readonly attachments: Attachments;
  readonly templates: UtilityTemplates;
  readonly comments: Comments;
  readonly profile: PageProfile;
  readonly threadControls: ThreadControls;
  readonly webhooks: Webhooks;
  readonly deliveries: Deliveries;
  readonly faults: Faults;
  readonly rates: Rates;
  readonly live: Live;
  /** What is known of the bot beside this simulator. */
  readonly bot: { problem?: string };
  readonly clock: Clock;
  readonly channel: Channel;
  readonly adWindow: AdWindow;
  /** Unsubscribes the app on a Page, as Meta does after an hour of failed deliveries. */
  stopTelling(pageId: string): void;
  /** What time it is for a person. */
  now(psid: string): number;
  threadOf(psid: string): Thread;
  conversationOf(psid: string): ConversationId;
}

export function createWorld(options: SimulatorOptions): World {
  const database = openDatabase(options.file);
  const { pageId, pageName, accessToken, channel = 'messenger' } = options;
  const main = { id: pageId, accessToken, ...(pageName !== undefined && { name: pageName }) };
  const pages = createPages(main, options.pages ?? []);
  const pageOf = (psid: string) => people.find(psid)?.pageId ?? pageId;
  const app: SimulatedApp = {
    isLive: true,
    profileAccess: 'all',
    subscription: { callbackUrl: options.webhookUrl, fields: deliveredFields(channel) },
    userTokens: new Set(options.userAccessToken === undefined ? [] : [options.userAccessToken]),
  };
  const subscriptions = createSubscriptions(database, channel);
  const people = createPeople(database, options.pageId);
  const webhooks = createWebhooks(database, options.pageId, channel);
  const live = createLive();
  const now = (psid: string) => Date.now() + (people.find(psid)?.clockAheadMs ?? 0);
  /** The app is no longer subscribed, and what it has not taken is lost to it. */
  function stopTelling(id: string): void {
    subscriptions.unsubscribe(id);
    webhooks.giveUp(id);
    live.changed();
  }

  const deliveries = createDeliveries({
    webhooks,
    now,
    appSecret: options.appSecret,
    webhookUrl: () => app.subscription?.callbackUrl ?? options.webhookUrl,
    answerWithinMs: options.answerWithinMs ?? 5000,
    redeliveryMs: options.redeliveryMs ?? 5000,
    giveUpAfterMs: options.unsubscribeAfterMs ?? Infinity,
    onGivenUp: (id) => stopTelling(id),
    onTry: (psid) => live.changed(psid),
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
    sends: createSends(database),
    attachments: createAttachments(database),
    templates: createUtilityTemplates(database),
    comments: createComments(database),
    profile: createPageProfile(database, pageId),
    threadControls: createThreadControls(database, options.routing),
    webhooks,
    deliveries,
    faults: createFaults(),
    rates: createRates(options.limits ?? {}, (id) => people.engagedWith(id)),
    live,
    bot: {},
    clock: { now: (conversation) => now(conversationParts(conversation)?.psid ?? '') },
    channel,
    adWindow: options.adWindow ?? '24 hours',
    stopTelling,
    now,
    threadOf: (psid) => ({ psid, pageId: pageOf(psid) }),
    conversationOf: (psid) => conversationId({ channel, pageId: pageOf(psid), psid }),
  };
}

/** These go to an app whether it owns the thread or not; of all others it gets a copy in `standby[]` while it does not. */
const OF_NO_THREAD: ReadonlySet<WebhookKind> = new Set(['handover', 'comment']);

/** Queues one webhook, unless its kind is switched off, and lets it go. */
export function tell(world: World, webhook: Pick<Webhook, 'psid' | 'kind' | 'about' | 'item' | 'at'>): void {
  const { echoes = true, receipts = true } = world.options;
  if (webhook.kind === 'echo' && !echoes) return;
  if (webhook.kind === 'delivery' && world.channel === 'instagram') return;
  if ((webhook.kind === 'delivery' || webhook.kind === 'read') && !receipts) return;
  const { psid, kind, item } = webhook;
  const { pageId } = world.threadOf(psid);
  const control = world.threadControls.of(psid, world.now(psid));
  const isStandby = !OF_NO_THREAD.has(kind) && !mayWrite(control, world.options.appId);
  if (!isSubscribed(world, pageId, kind, isStandby)) return;
  world.webhooks.add({ ...webhook, pageId, isStandby, item: isStandby ? standbyItem(item) : item });
  world.deliveries.wake(psid);
}

/** The same for what is about a Page and nobody in particular; such webhooks wait for no person's. */
export function tellPage(world: World, webhook: Pick<Webhook, 'pageId' | 'kind' | 'item' | 'at'>): void {
  if (!isSubscribed(world, webhook.pageId, webhook.kind, false)) return;
  world.webhooks.add({ ...webhook, psid: '', isStandby: false });
  world.deliveries.wake('');
}

/** Both must have the field: the app as a whole, and the Page for the app. */
function isSubscribed(
  { app, subscriptions, channel }: World,
  pageId: string,
  kind: WebhookKind,
  isStandby: boolean,
): boolean {
  const field = fieldOf(kind, isStandby, channel);
  return [app.subscription?.fields, subscriptions.of(pageId)].every((fields) => fields?.includes(field));
}
