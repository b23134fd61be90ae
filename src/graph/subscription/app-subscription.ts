/** The address to which Meta delivers an app's webhooks. Meta, graph-api/reference/application/subscriptions, 2026-10-06. */

import { z } from 'zod';
import type { GraphApi, GraphReply } from '../graph-api.ts';
import { fieldList, successAnswer } from './index.ts';

/** An app's id and secret, which together are its token. */
export interface AppAccess {
  readonly appId: string;
  readonly appSecret: string;
}

/** An app's subscription to webhooks about Pages. */
export interface AppWebhookSubscription {
  /** `undefined` if the app has none. */
  readonly callbackUrl: string | undefined;
  readonly fields: readonly string[];
}

/** Long: Meta verifies the callback address within the call. */
const APP_SUBSCRIPTION_TIMEOUT_MS = 30_000;

const appSubscriptionsAnswer = z.object({
  data: z.array(
    z.object({ object: z.string(), callback_url: z.string().optional().catch(undefined), fields: fieldList }),
  ),
});

/** Reads the app's subscription to webhooks about Pages. */
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

/** An address to subscribe, and the fields to deliver to it. */
export interface WebhookCallback {
  readonly callbackUrl: string;
  readonly verifyToken: string;
  readonly fields: readonly string[];
}

/** Sets the address. Meta verifies it by a handshake first, so the webhook must answer already. */
export function setAppCallback(
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

/** The app's own token: id and secret. Meta, facebook-login/guides/access-tokens. */
export function appToken({ appId, appSecret }: AppAccess): string {
  return `${appId}|${appSecret}`;
}
