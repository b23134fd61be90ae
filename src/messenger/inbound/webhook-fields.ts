/**
 * Meta's webhook fields: which events each brings, and when everthread subscribes a Page to it. Meta, messenger-platform/webhooks and its pages of events, read 2026-10-06; the names of the
 * changes[] fields from the Graph API's webhook reference for Pages.
 */

import type { Channel } from '../../domain/conversation-id.ts';
import type { InboundEventKind } from './inbound-event.ts';

interface WebhookFieldRow {
  readonly name: string;
  /** Another spelling of the same field, on another of Meta's pages or on Instagram. */
  readonly alias?: string;
  readonly channels: readonly Channel[];
  /** The kinds of event that it brings. `standby` brings the usual kinds with `isStandby`. */
  readonly brings: readonly InboundEventKind[];
  /** Why every bot needs it, or what a bot must use to need it. */
  readonly use: { readonly always: string } | { readonly with: string };
  /** What people notice as soon as a Page is subscribed. */
  readonly sideEffect?: string;
}

const MESSENGER_ONLY = ['messenger'] as const;
const INSTAGRAM_ONLY = ['instagram'] as const;
const BOTH_CHANNELS = ['messenger', 'instagram'] as const;

/** Every webhook field that everthread knows. */
export const WEBHOOK_FIELDS = [
  {
    name: 'messages',
    channels: BOTH_CHANNELS,
    brings: ['message', 'unsend', 'coupon'],
    use: { always: 'a person wrote' },
  },
  {
    name: 'messaging_postbacks',
    channels: BOTH_CHANNELS,
    brings: ['postback'],
    use: { always: 'Get Started, buttons and menu items are answered' },
  },
  {
    name: 'message_echoes',
    channels: MESSENGER_ONLY,
    brings: ['echo'],
    use: { always: 'confirms sends without an answer, and shows what operators write in the inbox' },
  },
  {
    name: 'message_reactions',
    alias: 'messaging_reactions',
    channels: BOTH_CHANNELS,
    brings: ['reaction'],
    use: { always: 'a reaction opens the window' },
  },
  {
    name: 'message_edits',
    alias: 'message_edit',
    channels: BOTH_CHANNELS,
    brings: ['edit'],
    use: { always: 'the transcript shows what the person means now' },
  },
  {
    name: 'message_deliveries',
    channels: MESSENGER_ONLY,
    brings: ['delivery'],
    use: { always: 'the transcript shows what has arrived' },
  },
  {
    name: 'message_reads',
    channels: MESSENGER_ONLY,
    brings: ['read'],
    use: { always: 'the transcript shows what was read' },
  },
  {
    name: 'messaging_referrals',
    alias: 'messaging_referral',
    channels: BOTH_CHANNELS,
    brings: ['referral'],
    use: { always: 'an m.me link into a thread opens the window; ads need it beside messages' },
  },
  {
    name: 'messaging_handovers',
    alias: 'messaging_handover',
    channels: BOTH_CHANNELS,
    brings: ['thread_control', 'app_roles'],
    use: { always: 'says when another app or the inbox takes the thread' },
  },
  {
    name: 'standby',
    channels: BOTH_CHANNELS,
    brings: [],
    use: { always: 'what people write while another app owns the thread opens the window too' },
  },
  {
    name: 'messaging_policy_enforcement',
    channels: BOTH_CHANNELS,
    brings: ['policy_enforcement'],
    use: { always: 'Meta warns, blocks or unblocks the Page' },
  },
  {
    name: 'messaging_optins',
    channels: MESSENGER_ONLY,
    brings: ['optin'],
    use: { always: 'a person who opts out must be heard' },
  },
  {
    name: 'messaging_account_linking',
    channels: MESSENGER_ONLY,
    brings: ['account_linking'],
    use: { with: 'log in and log out buttons' },
    sideEffect: 'linking is aborted for a person when the webhook is not acknowledged',
  },
  {
    name: 'messaging_feedback',
    channels: MESSENGER_ONLY,
    brings: ['feedback'],
    use: { with: 'the customer feedback template' },
  },
  {
    name: 'response_feedback',
    channels: MESSENGER_ONLY,
    brings: ['response_feedback'],
    use: { with: 'thumbs up and down under messages' },
    sideEffect: 'people see thumbs up and down under every message the app sends',
  },
  {
    name: 'messaging_customer_information',
    channels: MESSENGER_ONLY,
    brings: ['customer_information'],
    use: { with: 'the customer information template' },
  },
  {
    name: 'messaging_in_thread_lead_form_submit',
    channels: MESSENGER_ONLY,
    brings: ['lead_form'],
    use: { with: 'instant forms in the thread' },
  },
  { name: 'send_cart', channels: MESSENGER_ONLY, brings: ['order'], use: { with: 'carts and orders' } },
  { name: 'messaging_game_plays', channels: MESSENGER_ONLY, brings: ['game_play'], use: { with: 'Instant Games' } },
  {
    name: 'messenger_template_status_update',
    alias: 'message_template_status_update',
    channels: MESSENGER_ONLY,
    brings: ['change'],
    use: { with: 'utility templates' },
  },
  { name: 'inbox_labels', channels: MESSENGER_ONLY, brings: ['change'], use: { with: 'labels of the inbox' } },
  {
    name: 'feed',
    channels: MESSENGER_ONLY,
    brings: ['change'],
    use: { with: 'private replies to comments and posts' },
  },
  { name: 'business_integrity', channels: MESSENGER_ONLY, brings: ['change'], use: { with: 'the Page Integrity API' } },
  { name: 'calls', channels: MESSENGER_ONLY, brings: ['call'], use: { with: 'the Calling API' } },
  { name: 'messaging_seen', channels: INSTAGRAM_ONLY, brings: ['read'], use: { with: 'Instagram' } },
] as const satisfies readonly WebhookFieldRow[];

/** The name of a webhook field, as a Page subscribes to it. */
export type WebhookField = (typeof WEBHOOK_FIELDS)[number]['name'];

const ROWS: readonly (WebhookFieldRow & { readonly name: WebhookField })[] = WEBHOOK_FIELDS;

/** The fields that every bot needs. */
export const USUAL_FIELDS: readonly WebhookField[] = ROWS.filter(({ use }) => 'always' in use).map(({ name }) => name);

/** The fields that this bot needs: the usual ones, and those its plugins name. */
export function neededFields(bot: {
  readonly plugins: readonly { readonly fields?: readonly WebhookField[] }[];
}): readonly WebhookField[] {
  return [...new Set([...USUAL_FIELDS, ...bot.plugins.flatMap(({ fields = [] }) => fields)])];
}

/** The spellings under which Meta may list a field. */
export function fieldNames(field: WebhookField): readonly string[] {
  const alias = ROWS.find(({ name }) => name === field)?.alias;
  return alias === undefined ? [field] : [field, alias];
}

/** What people notice of a subscription to the field, if anything. */
export function sideEffectOf(field: string): string | undefined {
  return ROWS.find(({ name }) => name === field)?.sideEffect;
}

/** True for the name of a field that everthread knows. */
export function isWebhookField(value: unknown): value is WebhookField {
  return ROWS.some(({ name }) => name === value);
}
