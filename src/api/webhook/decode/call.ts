import { isObject, valueAt, MalformedError, shapeOf } from '../../../messenger/check/json.ts';
import { epochMs, asAccountId } from '../../../messenger/check/meta-values.ts';
import type { InboundEvent } from '../../../messenger/inbound/inbound-event.ts';
import { idAt, textAt } from './fields.ts';
import { toEvent, type Entry } from './to-event.ts';

/** An item of `calls[]`; the person is the end that is not the Page (calling/webhooks, 2026-03-23). */
export function decodeCall(call: unknown, entry: Entry): InboundEvent {
  const fields = isObject(call) ? call : {};
  const ends = [valueAt(fields, 'from'), valueAt(fields, 'to')].map(asAccountId);
  const outline = {
    psid: ends.find((end) => end !== entry.pageId),
    ownTime: epochMs(valueAt(fields, 'timestamp')),
    isStandby: false,
    raw: call,
  };
  return toEvent(entry, outline, () => {
    if (!isObject(call)) throw new MalformedError(`call should be an object and is ${shapeOf(call)}`);
    return { kind: 'call', callId: idAt(call, 'id'), event: textAt(call, 'event') };
  });
}
