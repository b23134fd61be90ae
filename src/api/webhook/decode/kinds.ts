import { valueAt, type JsonObject } from '../../../messenger/check/json.ts';
import type { ItemKind } from '../../../messenger/inbound/event-fields.ts';
import { MESSAGE_CHANGE_KINDS } from './about-message.ts';
import { ACCOUNT_KINDS } from './account-events.ts';
import { FORM_KINDS } from './form.ts';
import { MESSAGE_KINDS } from './message.ts';
import { REFERRAL_KINDS } from './referral.ts';
import { TAP_KINDS } from './tap.ts';
import { THREAD_CONTROL_KINDS } from './thread-control.ts';

/** Every key that decides the kind of an item. An item with several keys is of the first kind in this list. */
export const KINDS: readonly ItemKind[] = [
  ...MESSAGE_KINDS,
  ...MESSAGE_CHANGE_KINDS,
  ...TAP_KINDS,
  ...REFERRAL_KINDS,
  ...THREAD_CONTROL_KINDS,
  ...ACCOUNT_KINDS,
  ...FORM_KINDS,
];

/** The kind of a messaging item, by its keys. */
export function findKind(item: JsonObject): ItemKind | undefined {
  return KINDS.find(({ key }) => valueAt(item, key) !== undefined);
}
