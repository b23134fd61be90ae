import type { InboundEvent } from '../inbound-event.ts';
import { eventOf } from './entry.ts';
import type { Entry } from './entry.ts';
import { textAt } from './fields.ts';
import { asAccountId, withIdsAsText } from './ids.ts';
import { isObject, valueAt } from './json.ts';
import { Misshapen, shapeOf } from './misshapen.ts';
import type { JsonObject } from './json.ts';
import { isMessagingItem, messagingEvent } from './messaging-item.ts';
import { epochMs } from './moment.ts';

/** An item of `changes[]`: something about the Page, or a messaging item in the dashboard's test wrapper. */
export function changeEvent(change: unknown, entry: Entry): InboundEvent {
  const fields = isObject(change) ? change : {};
  const value = valueAt(fields, 'value');
  if (isMessagingItem(value)) return messagingEvent(value, entry, fields['field'] === 'standby');
  const facts = isObject(value) ? value : {};
  const outline = {
    psid: labelledPerson(fields, facts),
    ownTime: epochMs(valueAt(facts, 'timestamp') ?? valueAt(facts, 'created_time')),
    isStandby: false,
    raw: change,
  };
  return eventOf(entry, outline, () => {
    if (!isObject(change)) throw new Misshapen(`change should be an object and is ${shapeOf(change)}`);
    return { kind: 'change', field: textAt(change, 'field'), value: withIdsAsText(value) };
  });
}

/** Only a label names a person as this Page knows them; the author of a comment is named by another id. */
function labelledPerson(change: JsonObject, value: JsonObject): string | undefined {
  const user = valueAt(value, 'user');
  return change['field'] === 'inbox_labels' && isObject(user) ? asAccountId(valueAt(user, 'id')) : undefined;
}
