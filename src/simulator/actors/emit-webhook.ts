import type { SimulatorState } from '../simulator-state.ts';
import { mayWrite } from '../state/thread-routing.ts';
import { standbyItem } from '../webhook/routing-items.ts';
import { subscriptionFieldOf } from '../webhook/subscriptions.ts';
import type { WebhookKind } from '../webhook/webhook-items.ts';
import type { Webhook } from '../webhook/webhooks.ts';

/** These go to an app whether it owns the thread or not; of all others it gets a copy in `standby[]` while it does not. */
const OF_NO_THREAD: ReadonlySet<WebhookKind> = new Set(['handover', 'comment']);

/** Queues one webhook, unless its kind is switched off, and lets it go. */
export function emitWebhook(
  state: SimulatorState,
  webhook: Pick<Webhook, 'psid' | 'kind' | 'about' | 'item' | 'at'>,
): void {
  const { echoes = true, receipts = true } = state.options;
  if (webhook.kind === 'echo' && !echoes) return;
  if (webhook.kind === 'delivery' && state.channel === 'instagram') return;
  if ((webhook.kind === 'delivery' || webhook.kind === 'read') && !receipts) return;
  const { psid, kind, item } = webhook;
  const { pageId } = state.threadOf(psid);
  const control = state.threadRoutings.find(psid, state.now(psid));
  const isStandby = !OF_NO_THREAD.has(kind) && !mayWrite(control, state.options.appId);
  if (!isSubscribed(state, pageId, kind, isStandby)) return;
  state.webhooks.add({ ...webhook, pageId, isStandby, item: isStandby ? standbyItem(item) : item });
  state.deliveries.wake(psid);
}

/** The same for what is about a Page and nobody in particular; such webhooks wait for no person's. */
export function emitPageWebhook(
  state: SimulatorState,
  webhook: Pick<Webhook, 'pageId' | 'kind' | 'item' | 'at'>,
): void {
  if (!isSubscribed(state, webhook.pageId, webhook.kind, false)) return;
  state.webhooks.add({ ...webhook, psid: '', isStandby: false });
  state.deliveries.wake('');
}

/** Both must have the field: the app as a whole, and the Page for the app. */
function isSubscribed(
  { app, subscriptions, channel }: SimulatorState,
  pageId: string,
  kind: WebhookKind,
  isStandby: boolean,
): boolean {
  const field = subscriptionFieldOf(kind, isStandby, channel);
  return [app.subscription?.fields, subscriptions.fieldsOf(pageId)].every((fields) => fields?.includes(field));
}
