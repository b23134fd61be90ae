import { isObject, valueAt, type JsonObject, MalformedError, shapeOf } from '../../../messenger/check/json.ts';
import { epochMs, asAccountId, withIdsAsText, asText } from '../../../messenger/check/meta-values.ts';
import type { InboundEvent } from '../../../messenger/inbound/inbound-event.ts';
import { textAt } from './fields.ts';
import { isMessagingItem, decodeMessagingItem } from './messaging-item.ts';
import { toEvent, type Entry } from './to-event.ts';

/** Fields whose items belong into `messaging[]`; `message_context`, whose body nobody has verified, is not among them. */
const MESSAGING_FIELD =
  /^(?:messages|message_(?:echoes|edits?|deliveries|reads|reactions)|messaging_\w+|standby|send_cart|response_feedback)$/;

/** An item of `changes[]`: something about the Page, or a messaging item in the dashboard's test wrapper. */
export function decodeChange(change: unknown, entry: Entry): InboundEvent {
  const fields = isObject(change) ? change : {};
  const field = asText(valueAt(fields, 'field')) ?? '';
  const value = valueAt(fields, 'value');
  if (MESSAGING_FIELD.test(field) && isMessagingItem(value)) {
    return decodeMessagingItem(value, entry, field === 'standby');
  }
  const facts = isObject(value) ? value : {};
  const outline = {
    psid: field === 'inbox_labels' ? findLabelledPerson(facts) : undefined,
    ownTime: epochMs(valueAt(facts, 'timestamp') ?? valueAt(facts, 'created_time')),
    isStandby: false,
    raw: change,
  };
  return toEvent(entry, outline, () => {
    if (!isObject(change)) throw new MalformedError(`change should be an object and is ${shapeOf(change)}`);
    return { kind: 'change', field: textAt(change, 'field'), value: withIdsAsText(value) };
  });
}

/** Only a label names a person as this Page knows them; the author of a comment is named by another id. */
function findLabelledPerson(value: JsonObject): string | undefined {
  const user = valueAt(value, 'user');
  return isObject(user) ? asAccountId(valueAt(user, 'id')) : undefined;
}
