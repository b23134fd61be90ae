/** What Meta would POST: items, the body around them, and its signature. Ids are invented. */

import { createHmac } from 'node:crypto';

export const PAGE = '104857600123456';
export const ANA = '6120459871230045';
export const BEN = '6120459871230112';
export const OUR_APP = '517776481860111';
export const PAGE_INBOX_APP = '263902037430900';
/** A moment in October 2026; events happen then unless a test says otherwise. */
export const START = 1_791_200_000_000;

export interface ItemOptions {
  readonly psid?: string;
  readonly page?: string;
  readonly at?: number;
  readonly mid?: string;
}

/** An item of `messaging[]`. */
export interface MessagingItem {
  readonly sender: { readonly id: string };
  readonly recipient: { readonly id: string };
  readonly timestamp?: number;
  readonly [key: string]: unknown;
}

let lastMid = 0;

function nextMid(): string {
  lastMid += 1;
  return `m_Test${lastMid}`;
}

function fromPerson({ psid = ANA, page = PAGE, at = START }: ItemOptions, what: object): MessagingItem {
  return { sender: { id: psid }, recipient: { id: page }, timestamp: at, ...what };
}

/** A person writes. */
export function aText(text: string, options: ItemOptions & { readonly quickReply?: string } = {}): MessagingItem {
  const { mid = nextMid(), quickReply } = options;
  return fromPerson(options, {
    message: { mid, text, ...(quickReply !== undefined && { quick_reply: { payload: quickReply } }) },
  });
}

/** A person sends a photo. */
export function aPhoto(url: string, options: ItemOptions = {}): MessagingItem {
  const { mid = nextMid() } = options;
  return fromPerson(options, { message: { mid, attachments: [{ type: 'image', payload: { url } }] } });
}

/** A person taps a button. */
export function aPostback(payload: string, options: ItemOptions & { readonly title?: string } = {}): MessagingItem {
  const { mid = nextMid(), title = payload } = options;
  return fromPerson(options, { postback: { mid, title, payload } });
}

/** A person puts a heart on a message, or takes it off. */
export function aReaction(
  mid: string,
  options: Omit<ItemOptions, 'mid'> & { readonly action?: 'react' | 'unreact' } = {},
): MessagingItem {
  const { action = 'react' } = options;
  return fromPerson(options, { reaction: { mid, action, reaction: 'love', emoji: '\u2764\ufe0f' } });
}

/** A person changes a message. */
export function anEdit(
  mid: string,
  text: string,
  options: Omit<ItemOptions, 'mid'> & { readonly editNumber?: number } = {},
): MessagingItem {
  return fromPerson(options, { message_edit: { mid, text, num_edit: options.editNumber ?? 1 } });
}

/** A person has read everything up to `watermark`. */
export function aRead(watermark: number, options: ItemOptions = {}): MessagingItem {
  return fromPerson(options, { read: { watermark } });
}

/** Meta has delivered everything up to `watermark`. Without a timestamp, as Meta sends it. */
export function aDelivery(watermark: number, options: ItemOptions & { readonly mids?: string[] } = {}): MessagingItem {
  const { sender, recipient } = fromPerson(options, {});
  return { sender, recipient, delivery: { watermark, ...(options.mids && { mids: options.mids }) } };
}

/** A person opens an existing thread, through an m.me link unless `source` says otherwise. */
export function aReferral(
  ref: string,
  options: ItemOptions & { readonly source?: 'SHORTLINK' | 'ADS' } = {},
): MessagingItem {
  return fromPerson(options, { referral: { ref, source: options.source ?? 'SHORTLINK', type: 'OPEN_THREAD' } });
}

/** A person's first words after a click on an ad. */
export function anAdMessage(text: string, options: ItemOptions = {}): MessagingItem {
  const { mid = nextMid() } = options;
  const referral = { ref: 'spring', ad_id: '6411900112233', source: 'ADS', type: 'OPEN_THREAD' };
  return fromPerson(options, { message: { mid, text, referral } });
}

/** The thread was passed to this app, or taken by it. */
export function aThreadControl(action: 'pass' | 'take', appId: string, options: ItemOptions = {}): MessagingItem {
  return fromPerson(options, { [`${action}_thread_control`]: { new_owner_app_id: appId } });
}

/** Meta's notice that the Page broke a rule, or no longer does. It is about nobody. */
export function aPolicyNotice(action: 'warning' | 'block' | 'unblock', options: ItemOptions = {}): MessagingItem {
  const { recipient, timestamp } = fromPerson(options, {});
  return { recipient, timestamp, policy_enforcement: { action, reason: 'Spam-like behaviour' } } as never;
}

/** The Page said something: our app unless `appId` says who else. */
export function anEcho(
  text: string,
  options: ItemOptions & { readonly appId?: string; readonly metadata?: string } = {},
): MessagingItem {
  const { psid = ANA, page = PAGE, at = START, mid = nextMid(), appId = OUR_APP, metadata } = options;
  return {
    sender: { id: page },
    recipient: { id: psid },
    timestamp: at,
    message: { is_echo: true, app_id: Number(appId), mid, text, ...(metadata !== undefined && { metadata }) },
  };
}

/** The Page inbox took the thread. */
export function aTakeover(options: ItemOptions = {}): MessagingItem {
  return fromPerson(options, {
    take_thread_control: { previous_owner_app_id: OUR_APP, new_owner_app_id: PAGE_INBOX_APP },
  });
}

/** A whole body, with an entry per item as Meta batches them. */
export function webhookBody(...items: readonly MessagingItem[]) {
  return { object: 'page', entry: items.map((item) => entryOf(item, 'messaging')) };
}

/** The same while another app owns the thread. */
export function standbyBody(...items: readonly MessagingItem[]) {
  return { object: 'page', entry: items.map((item) => entryOf(item, 'standby')) };
}

function entryOf(item: MessagingItem, array: 'messaging' | 'standby') {
  const isEcho = (item['message'] as { is_echo?: boolean } | undefined)?.is_echo === true;
  const { id } = isEcho ? item.sender : item.recipient;
  return { id, time: (item.timestamp ?? START) + 252, [array]: [item] };
}

/** The bytes to POST, escaped as Meta escapes them, and the headers that make them count. */
export function signed(body: object | Uint8Array, secret: string) {
  const payload = body instanceof Uint8Array ? Buffer.from(body) : Buffer.from(escaped(JSON.stringify(body)), 'ascii');
  const signature = createHmac('sha256', secret).update(payload).digest('hex');
  return {
    payload,
    headers: { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` },
  };
}

function escaped(json: string): string {
  return json.replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
