import type { Channel } from '../domain/conversation-id.ts';

/**
 * App ids of Meta's inboxes, in which operators answer. The Page inbox has two because Meta's pages contradict each
 * other: 14 digits under message-echoes, 15 under conversation-routing (both 2026-10-06).
 */
const INBOXES = { messenger: '263902037430900', instagram: '1217981644879628' } as const;
const INBOX_APP_IDS: ReadonlySet<string> = new Set([...Object.values(INBOXES), '26390203743090']);

/** The app id of the inbox that threads of this channel are passed to (Meta, Conversation Routing, read 2026-10-06). */
export function inboxAppId(channel: Channel): string {
  return INBOXES[channel];
}

/** True for the apps behind Meta's Page inbox and Instagram inbox, where operators answer. */
export function isInboxApp(appId: string | undefined): boolean {
  return appId !== undefined && INBOX_APP_IDS.has(appId);
}
