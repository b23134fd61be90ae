import { isObject } from '../../messenger/check/json.ts';
import { toPrintedId, fromPerson, type MessagingItem, type Thread } from './webhook-items.ts';

/** Control of a thread given, taken or asked for (`webhook-events/messaging_handovers`). */
export function handoverItem(
  thread: Thread,
  at: number,
  handover:
    | { readonly kind: 'pass' | 'take'; readonly from: string | undefined; readonly to: string }
    | { readonly kind: 'request'; readonly by: string },
  metadata: string | undefined,
): MessagingItem {
  const ids =
    handover.kind === 'request'
      ? { requested_owner_app_id: toPrintedId(handover.by) }
      : { previous_owner_app_id: handover.from ?? null, new_owner_app_id: handover.to };
  return {
    ...fromPerson(thread, at),
    [`${handover.kind}_thread_control`]: { ...ids, ...(metadata !== undefined && { metadata }) },
  };
}

export type PolicyAction = 'warning' | 'block' | 'unblock';

/** What Meta thinks of the Page's conduct: an item about nobody, and without a reason when all is well again. */
export function policyItem(pageId: string, at: number, action: PolicyAction, reason?: string): MessagingItem {
  return {
    recipient: { id: pageId },
    timestamp: at,
    policy_enforcement: { action, ...(reason !== undefined && { reason }) },
  };
}

/** The same item as an app gets it that does not own the thread: a postback keeps its payload to itself. */
export function standbyItem(item: MessagingItem): MessagingItem {
  const { postback } = item;
  if (!isObject(postback)) return item;
  const { payload: _, ...rest } = postback;
  return { ...item, postback: rest };
}
