/** Reads and writes a Page's Messenger profile: greeting, menu, … Meta, reference/messenger-profile-api, 2026-10-06. */

import { z } from 'zod';
import type { MessengerProfile } from '../../messenger/profile.ts';
import type { GraphApi, GraphReply } from '../graph-api.ts';

/** The properties that everthread sets as a bot says; the API's other properties stay as they are. */
export const MANAGED_PROPERTIES = [
  'get_started',
  'greeting',
  'ice_breakers',
  'persistent_menu',
  'commands',
] as const satisfies readonly (keyof MessengerProfile)[];

/** One of {@link MANAGED_PROPERTIES}. */
export type ProfileProperty = (typeof MANAGED_PROPERTIES)[number];

/** A Page's profile as Meta gives it. */
export type ProfileAtMeta = { readonly [P in ProfileProperty]?: unknown };

/** A Page and its token. */
export interface PageAccess {
  readonly pageId: string;
  readonly accessToken: string;
}

const PROFILE_TIMEOUT_MS = 20_000;
const profileAnswer = z.object({ data: z.array(z.record(z.string(), z.unknown())) });
const profileChangeAnswer = z.object({ result: z.literal('success') });

/** Reads the properties that everthread sets. */
export async function readProfile(
  api: GraphApi,
  { pageId, accessToken }: PageAccess,
): Promise<GraphReply<ProfileAtMeta>> {
  const reply = await api.call({
    method: 'GET',
    path: `${pageId}/messenger_profile`,
    query: { fields: MANAGED_PROPERTIES.join(',') },
    accessToken,
    timeoutMs: PROFILE_TIMEOUT_MS,
    answer: profileAnswer,
  });
  return reply.status === 'answered'
    ? { ...reply, value: Object.assign({}, ...reply.value.data) as ProfileAtMeta }
    : reply;
}

/** Overwrites these properties, and no others. */
export function setProfile(
  api: GraphApi,
  { pageId, accessToken }: PageAccess,
  properties: MessengerProfile,
): Promise<GraphReply<unknown>> {
  const path = `${pageId}/messenger_profile`;
  return api.call({
    method: 'POST',
    path,
    body: properties,
    accessToken,
    timeoutMs: PROFILE_TIMEOUT_MS,
    answer: profileChangeAnswer,
  });
}

/** Deletes these properties, in all locales. */
export function deleteFromProfile(
  api: GraphApi,
  { pageId, accessToken }: PageAccess,
  fields: readonly ProfileProperty[],
): Promise<GraphReply<unknown>> {
  const path = `${pageId}/messenger_profile`;
  return api.call({
    method: 'DELETE',
    path,
    body: { fields },
    accessToken,
    timeoutMs: PROFILE_TIMEOUT_MS,
    answer: profileChangeAnswer,
  });
}
