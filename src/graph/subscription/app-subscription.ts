/** Where Meta delivers an app's webhooks. Meta, graph-api/reference/application/subscriptions, read 2026-10-06. */

import { z } from 'zod';
import type { GraphApi, GraphReply } from '../graph-api.ts';
import { fieldList, successAnswer } from './index.ts';

/** An app and its secret, which together are its token. */
export interface AppAccess {
  readonly appId: string;
  readonly appSecret: string;
}

export interface AppWebhookSubscription {
  readonly callbackUrl: string | undefined;
  readonly fields: readonly string[];
}

/** Meta calls the address back while it decides. */
const APP_SUBSCRIPTION_TIMEOUT_MS = 30_000;

const appSubscriptionsAnswer = z.object({
  data: z.array(
    z.object({ object: z.string(), callback_url: z.string().optional().catch(undefined), fields: fieldList }),
  ),
});

/** What the app is told about Pages. */
export async function readAppSubscription(api: GraphApi, app: AppAccess): Promise<GraphReply<AppWebhookSubscription>> {
  const path = `${app.appId}/subscriptions`;
  const accessToken = appToken(app);
  const reply = await api.call({
    method: 'GET',
    path,
    accessToken,
    timeoutMs: APP_SUBSCRIPTION_TIMEOUT_MS,
    answer: appSubscriptionsAnswer,
  });
  if (reply.status !== 'answered') return reply;
  const page = reply.value.data.find(({ object }) => object === 'page');
  return { ...reply, value: { callbackUrl: page?.callback_url, fields: page?.fields ?? [] } };
}

export interface WebhookCallback {
  readonly callbackUrl: string;
  readonly verifyToken: string;
  readonly fields: readonly string[];
}

/** Meta asks the address for its handshake before it agrees, so the webhook must be there. */
export function subscribeApp(
  api: GraphApi,
  app: AppAccess,
  { callbackUrl, verifyToken, fields }: WebhookCallback,
): Promise<GraphReply<unknown>> {
  return api.call({
    method: 'POST',
    path: `${app.appId}/subscriptions`,
    accessToken: appToken(app),
    body: {
      object: 'page',
      callback_url: callbackUrl,
      verify_token: verifyToken,
      fields: fields.join(','),
      include_values: true,
    },
    timeoutMs: APP_SUBSCRIPTION_TIMEOUT_MS,
    answer: successAnswer,
  });
}

/** Meta, facebook-login/guides/access-tokens: an app speaks for itself with its number and its secret. */
export function appToken({ appId, appSecret }: AppAccess): string {
  return `${appId}|${appSecret}`;
}
