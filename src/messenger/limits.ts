/**
 * Meta's limits for what a bot says: items, or characters counted as Unicode code points.
 * Messenger Platform: send-messages/quick-replies, send-messages/template/button, Send API reference (2026-10-06).
 */
export const LIMITS = {
  /** Meta writes "below 2000". */
  text: 1999,
  quickReplies: 13,
  quickReplyTitle: 20,
  quickReplyPayload: 1000,
  buttonText: 640,
  buttons: 3,
  buttonTitle: 20,
  buttonPayload: 1000,
} as const;
