import type { SimulatorState } from '../simulator-state.ts';
import { mayWrite } from '../state/thread-routing.ts';
import { standbyItem } from '../webhook/routing-items.ts';
import { subscriptionFieldOf } from '../webhook/subscriptions.ts';
import type { WebhookKind } from '../webhook/webhook-items.ts';
import type { Webhook } from '../webhook/webhooks.ts';

/** Sent to an app whether it owns the thread or not. Of all other kinds it gets a copy in `standby[]` while it does not. */
const IGNORES_THREAD_OWNER: ReadonlySet<WebhookKind> = new Set(['handover', 'comment']);

/** Queues one webhook for delivery, unless an option or the subscriptions exclude its kind. */
export function emitWebhook(
  state: SimulatorState,
  webhook: Pick<Webhook, 'psid' | 'kind' | 'about' | 'item' | 'at'>,
): void {
  const { echoes = true, receipts = true } = state.options;
  if (webhook.kind === 'echo' && echoes === false) return;
  if (webhook.kind === 'delivery' && state.channel === 'instagram') return;
  if ((webhook.kind === 'delivery' || webhook.kind === 'read') && !receipts) return;
  const { psid, kind, item } = webhook;
  const { pageId } = state.threadOf(psid);
  const control = state.threadRoutings.find(psid, state.now(psid));
  const isStandby = !IGNORES_THREAD_OWNER.has(kind) && !mayWrite(control, state.options.appId);
  if (!isSubscribed(state, pageId, kind, isStandby)) return;
  state.webhooks.add({ ...webhook, pageId, isStandby, item: isStandby ? standbyItem(item) : item });
  state.deliveries.wake(psid);
}

/** Queues a webhook about a Page rather than a person; nobody's webhooks delay it. */
export function emitPageWebhook(
  state: SimulatorState,
  webhook: Pick<Webhook, 'pageId' | 'kind' | 'item' | 'at'>,
): void {
  if (!isSubscribed(state, webhook.pageId, webhook.kind, false)) return;
  state.webhooks.add({ ...webhook, psid: '', isStandby: false });
  state.deliveries.wake('');
}

/** The field must be in both subscriptions: the app's own, and the app's on the Page. */
function isSubscribed(
  { app, subscriptions, channel }: SimulatorState,
  pageId: string,
  kind: WebhookKind,
  isStandby: boolean,
): boolean {
  const field = subscriptionFieldOf(kind, isStandby, channel);
  return [app.subscription?.fields, subscriptions.fieldsOf(pageId)].every((fields) => fields?.includes(field));
}
