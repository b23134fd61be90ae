import { valueAt, type JsonObject } from '../../../messenger/check/json.ts';
import type { Reader } from '../../../messenger/inbound/event-fields.ts';
import { readDelivery, readEdit, readReaction, readRead, readResponseFeedback } from './about-message.ts';
import { readAccountLinking, readPolicyEnforcement } from './account.ts';
import { readCustomerInformation, readFeedback, readGamePlay, readLeadForm, readOrder, readTemplate } from './form.ts';
import { readMessage } from './message.ts';
import { readReferralEvent } from './referral.ts';
import { readOptin, readPostback } from './tap.ts';
import { readAppRoles, readThreadControl, readThreadRequest } from './thread-control.ts';

export interface Kind {
  /** The key that makes an item this kind: Meta names no kind in the body (webhooks, 2026-10-06). */
  readonly key: string;
  readonly read: Reader;
  /** Whom the item must name: a person, a person or their `user_ref`, or nobody. */
  readonly names: 'person' | 'person_or_ref' | 'nobody';
}

export const KINDS: readonly Kind[] = [
  { key: 'message', names: 'person', read: readMessage },
  { key: 'message_edit', names: 'person', read: readEdit },
  { key: 'reaction', names: 'person', read: readReaction },
  { key: 'read', names: 'person', read: readRead },
  { key: 'delivery', names: 'person', read: readDelivery },
  { key: 'postback', names: 'person_or_ref', read: readPostback },
  { key: 'referral', names: 'person_or_ref', read: readReferralEvent },
  { key: 'optin', names: 'person_or_ref', read: readOptin },
  { key: 'pass_thread_control', names: 'person', read: readThreadControl('pass') },
  { key: 'take_thread_control', names: 'person', read: readThreadControl('take') },
  { key: 'request_thread_control', names: 'person', read: readThreadRequest },
  { key: 'app_roles', names: 'nobody', read: readAppRoles },
  { key: 'account_linking', names: 'person', read: readAccountLinking },
  { key: 'policy_enforcement', names: 'nobody', read: readPolicyEnforcement },
  { key: 'messaging_feedback', names: 'person', read: readFeedback },
  { key: 'response_feedback', names: 'person', read: readResponseFeedback },
  { key: 'order', names: 'person', read: readOrder },
  { key: 'messaging_customer_information', names: 'person', read: readCustomerInformation },
  { key: 'form', names: 'person', read: readLeadForm },
  { key: 'template', names: 'person', read: readTemplate },
  { key: 'game_play', names: 'person', read: readGamePlay },
];

export function kindOf(item: JsonObject): Kind | undefined {
  return KINDS.find(({ key }) => valueAt(item, key) !== undefined);
}
