import { isObject, compact, valueAt, type JsonObject } from '../../../messenger/check/json.ts';
import { asText } from '../../../messenger/check/meta-values.ts';
import type { EventFields, ItemKind, ReadContext } from '../../../messenger/inbound/event-fields.ts';
import { optionalMid, optionalText } from './fields.ts';
import { optionalReferral } from './referral.ts';

/** Postbacks and opt-ins. */
export const TAP_KINDS: readonly ItemKind[] = [
  { key: 'postback', names: 'person_or_ref', read: readPostback },
  { key: 'optin', names: 'person_or_ref', read: readOptin },
];

/** `postback`. Meta names either a person or a `user_ref` as sender (webhook-events/messaging_postbacks, 2026-10-06). */
function readPostback(postback: JsonObject, { item }: ReadContext): EventFields<'postback'> {
  return compact<EventFields<'postback'>>({
    kind: 'postback',
    mid: optionalMid(postback, 'mid'),
    title: optionalText(postback, 'title'),
    payload: optionalText(postback, 'payload'),
    referral: optionalReferral(postback),
    userRef: senderUserRef(item),
  });
}

/** `optin`. An opt-out has the same type as the opt-in; only the status differs. */
function readOptin(optin: JsonObject, { item }: ReadContext): EventFields<'optin'> {
  const status = optionalText(optin, 'notification_messages_status');
  return compact<EventFields<'optin'>>({
    kind: 'optin',
    type: optionalText(optin, 'type'),
    ref: optionalText(optin, 'ref'),
    userRef: optionalText(optin, 'user_ref') ?? senderUserRef(item),
    payload: optionalText(optin, 'payload'),
    title: optionalText(optin, 'title'),
    token: optionalText(optin, 'notification_messages_token') ?? optionalText(optin, 'one_time_notif_token'),
    isStop: status !== undefined && /^stop/i.test(status),
  });
}

/** Names a person who has no PSID yet; chosen by the business's own web page. */
export function senderUserRef(item: JsonObject): string | undefined {
  const sender = valueAt(item, 'sender');
  return isObject(sender) ? asText(valueAt(sender, 'user_ref')) : undefined;
}
