import type { OutboundMessage } from './outbound-message.ts';

/** How long Meta fetches a file from its URL (Meta, send-messages/saving-assets, read 2026-10-06). */
const MAX_VIDEO_FETCH_MS = 75_000;
const MAX_FILE_FETCH_MS = 10_000;

/**
 * How long Meta may fetch the file of this message before it answers, ms; 0 for a message without a URL to fetch. Meta goes
 * on when the caller hangs up.
 */
export function maxFetchMs(message: OutboundMessage): number {
  if (!('attachment' in message) || message.attachment.type === 'template') return 0;
  const { type, payload } = message.attachment;
  if (payload.url === undefined) return 0;
  return type === 'video' ? MAX_VIDEO_FETCH_MS : MAX_FILE_FETCH_MS;
}
