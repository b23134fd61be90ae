/** Which app is subscribed to which webhook fields of a Page. Meta, messenger-platform/webhooks, read 2026-10-06. */

import { z } from 'zod';
import { type WebhookField, fieldNames } from '../../messenger/inbound/webhook-fields.ts';
import type { GraphApi, GraphReply } from '../graph-api.ts';
import type { PageAccess } from '../profile/index.ts';

/** Our app's subscription on a Page. */
export interface PageSubscription {
  /** False: Meta delivers nothing about the Page to our app. */
  readonly isSubscribed: boolean;
  /** Meta's names, also those that everthread does not know. */
  readonly fields: readonly string[];
}

const PAGE_SUBSCRIPTION_TIMEOUT_MS = 10_000;

/** Meta gives a field as its name, or as an object with its name. */
export const fieldList = z
  .array(z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)]))
  .catch([]);
const subscribedAppsAnswer = z.object({
  data: z.array(z.object({ id: z.coerce.string(), subscribed_fields: fieldList })),
});
/** Meta's own sample has the string `"true"`. */
export const successAnswer = z.object({ success: z.union([z.literal(true), z.literal('true')]) });

/** Reads our app's subscription; without an `appId`, that of the first app in Meta's list. */
export async function readSubscription(
  api: GraphApi,
  { pageId, accessToken }: PageAccess,
  appId?: string,
): Promise<GraphReply<PageSubscription>> {
  const path = `${pageId}/subscribed_apps`;
  const reply = await api.call({
    method: 'GET',
    path,
    accessToken,
    timeoutMs: PAGE_SUBSCRIPTION_TIMEOUT_MS,
    answer: subscribedAppsAnswer,
  });
  if (reply.status !== 'answered') return reply;
  const { data } = reply.value;
  const app = appId === undefined ? data[0] : data.find(({ id }) => id === appId);
  return { ...reply, value: { isSubscribed: app !== undefined, fields: app?.subscribed_fields ?? [] } };
}

/** Subscribes the token's app on the Page. The fields replace those of before. */
export function subscribePage(
  api: GraphApi,
  { pageId, accessToken }: PageAccess,
  fields: readonly string[],
): Promise<GraphReply<unknown>> {
  return api.call({
    method: 'POST',
    path: `${pageId}/subscribed_apps`,
    query: { subscribed_fields: fields.join(',') },
    accessToken,
    timeoutMs: PAGE_SUBSCRIPTION_TIMEOUT_MS,
    answer: successAnswer,
  });
}

/** The needed fields that are not subscribed under any of their names. */
export function findMissingFields(fields: readonly string[], needed: readonly WebhookField[]): readonly WebhookField[] {
  return needed.filter((field) => !fieldNames(field).some((name) => fields.includes(name)));
}
