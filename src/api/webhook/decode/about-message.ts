import { compact, valueAt, type JsonObject, MalformedError } from '../../../messenger/check/json.ts';
import { epochMs, asId } from '../../../messenger/check/meta-values.ts';
import type { EventFields, ItemKind } from '../../../messenger/inbound/event-fields.ts';
import { midAt, optionalList, optionalMid, optionalText, textAt } from './fields.ts';

/** What happens to a message that was sent: edits, reactions, receipts. */
export const MESSAGE_CHANGE_KINDS: readonly ItemKind[] = [
  { key: 'message_edit', names: 'person', read: readEdit },
  { key: 'reaction', names: 'person', read: readReaction },
  { key: 'read', names: 'person', read: readRead },
  { key: 'delivery', names: 'person', read: readDelivery },
  { key: 'response_feedback', names: 'person', read: readResponseFeedback },
];

/** `message_edit`. `num_edit` is an integer in Meta's reference and a text in its sample. */
function readEdit(edit: JsonObject): EventFields<'edit'> {
  const editNumber = Number(asId(valueAt(edit, 'num_edit')));
  if (!Number.isSafeInteger(editNumber)) throw new MalformedError('num_edit should be a whole number');
  return { kind: 'edit', mid: midAt(edit, 'mid'), text: textAt(edit, 'text'), editNumber };
}

/** `reaction`. A removed reaction is not always named. */
function readReaction(reaction: JsonObject): EventFields<'reaction'> {
  const action = textAt(reaction, 'action');
  if (action !== 'react' && action !== 'unreact') throw new MalformedError('action should be react or unreact');
  return compact<EventFields<'reaction'>>({
    kind: 'reaction',
    mid: midAt(reaction, 'mid'),
    action,
    reaction: optionalText(reaction, 'reaction'),
    emoji: optionalText(reaction, 'emoji'),
  });
}

/** `read`: a watermark on Messenger, a message on Instagram. */
function readRead(read: JsonObject): EventFields<'read'> {
  const watermark = epochMs(valueAt(read, 'watermark'));
  const mid = optionalMid(read, 'mid');
  if (watermark === undefined && mid === undefined) throw new MalformedError('watermark should be a time');
  return compact<EventFields<'read'>>({ kind: 'read', watermark, mid });
}

/** `delivery`: the watermark always, the messages sometimes (webhook-events/message-deliveries). */
function readDelivery(delivery: JsonObject): EventFields<'delivery'> {
  const watermark = epochMs(valueAt(delivery, 'watermark'));
  if (watermark === undefined) throw new MalformedError('watermark should be a time');
  const mids = (optionalList(delivery, 'mids') ?? []).map(asId);
  return { kind: 'delivery', watermark, mids: mids.filter((mid) => mid !== undefined) };
}

/** `response_feedback`. */
function readResponseFeedback(feedback: JsonObject): EventFields<'response_feedback'> {
  return { kind: 'response_feedback', mid: midAt(feedback, 'mid'), feedback: textAt(feedback, 'feedback') };
}
