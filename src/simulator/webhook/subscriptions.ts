import type { Channel } from '../../domain/conversation-id.ts';
import { WEBHOOK_FIELDS } from '../../messenger/inbound/webhook-fields.ts';
import type { SimulatorDatabase } from '../state/database.ts';
import type { WebhookKind } from './webhook-items.ts';

/** The subscription field of each kind of event (Meta, Webhooks, read 2026-10-06). */
const MESSENGER_FIELDS: Readonly<Record<WebhookKind, string>> = {
  message: 'messages',
  postback: 'messaging_postbacks',
  referral: 'messaging_referrals',
  optin: 'messaging_optins',
  handover: 'messaging_handovers',
  policy: 'messaging_policy_enforcement',
  reaction: 'message_reactions',
  read: 'message_reads',
  echo: 'message_echoes',
  delivery: 'message_deliveries',
  coupon: 'messages',
  edit: 'message_edits',
  unsend: 'messages',
  feedback: 'messaging_feedback',
  customer_information: 'messaging_customer_information',
  comment: 'feed',
  template_status: 'messenger_template_status_update',
};
const STANDBY = 'standby';
/** Instagram's: echoes come with `messages`, and there are no delivery receipts. */
const INSTAGRAM_FIELDS = {
  ...MESSENGER_FIELDS,
  echo: 'messages',
  edit: 'message_edit',
  read: 'messaging_seen',
  delivery: 'messages',
};

/** The fields whose webhooks the simulator sends. */
export function listDeliveredFields(channel: Channel): readonly string[] {
  return [...new Set([...Object.values(channel === 'instagram' ? INSTAGRAM_FIELDS : MESSENGER_FIELDS), STANDBY])];
}

const DELIVERED_FIELDS = new Set([...Object.values(MESSENGER_FIELDS), ...Object.values(INSTAGRAM_FIELDS), STANDBY]);

/** Fields that an app may subscribe to, and that the simulator never delivers. */
const OTHER_FIELDS: readonly string[] = [
  ...WEBHOOK_FIELDS.map(({ name }) => name).filter((name) => !DELIVERED_FIELDS.has(name)),
  'call_permission_reply',
  'message_context',
  'message_template_status_update',
];

/** Every field that a subscription may name. */
export function listKnownFields(channel: Channel): readonly string[] {
  return [...listDeliveredFields(channel), ...OTHER_FIELDS];
}

/** The subscription field of an event. Standby events have a field of their own. */
export function subscriptionFieldOf(kind: WebhookKind, isStandby: boolean, channel: Channel): string {
  if (isStandby) return STANDBY;
  return (channel === 'instagram' ? INSTAGRAM_FIELDS : MESSENGER_FIELDS)[kind];
}

/** The fields of our app's subscription on each Page; all of them where no call changed that. */
export interface PageSubscriptions {
  /** Missing when the app is not subscribed on the Page: then it gets no webhooks. */
  fieldsOf(pageId: string): readonly string[] | undefined;
  subscribe(pageId: string, fields: readonly string[]): void;
  unsubscribe(pageId: string): void;
}

/** Page subscriptions as the database holds them. */
export function createPageSubscriptions(database: SimulatorDatabase, channel: Channel): PageSubscriptions {
  const one = database.prepare<{ fields: string | null }>('SELECT fields FROM subscriptions WHERE page_id = ?');
  const put = database.prepare('INSERT OR REPLACE INTO subscriptions (page_id, fields) VALUES (?, ?)');
  return {
    fieldsOf(pageId) {
      const row = one.get(pageId);
      if (!row) return listDeliveredFields(channel);
      return row.fields === null ? undefined : (JSON.parse(row.fields) as string[]);
    },
    subscribe: (pageId, fields) => put.run(pageId, JSON.stringify(fields)),
    unsubscribe: (pageId) => put.run(pageId, null),
  };
}
