import { isObject } from '../../messenger/check/json.ts';
import { toPrintedId, fromPerson, type MessagingItem, type ThreadIds } from './webhook-items.ts';

/** Thread control passed, taken or requested (`webhook-events/messaging_handovers`). */
export function handoverItem(
  thread: ThreadIds,
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

/** The steps of `messaging_policy_enforcement`. */
export type PolicyAction = 'warning' | 'block' | 'unblock';

/** A policy notice to the Page. It names no person; `unblock` has no reason. */
export function policyItem(pageId: string, at: number, action: PolicyAction, reason?: string): MessagingItem {
  return {
    recipient: { id: pageId },
    timestamp: at,
    policy_enforcement: { action, ...(reason !== undefined && { reason }) },
  };
}

/** The item as an app gets it that does not own the thread: a postback comes without its payload. */
export function standbyItem(item: MessagingItem): MessagingItem {
  const { postback } = item;
  if (!isObject(postback)) return item;
  const { payload: _, ...rest } = postback;
  return { ...item, postback: rest };
}
