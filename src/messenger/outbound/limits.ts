/**
 * Meta's limits for what a bot says and for the profile of its Page: items, days, or characters counted as Unicode code
 * points. Messenger Platform: Send API reference, send-messages/quick-replies, send-messages/template(s)/*,
 * reference/messenger-profile-api (2026-10-06). A longer text is split, everything else is refused where it is built.
 */
export const LIMITS = {
  /** Meta writes "below 2000". */
  textChars: 1999,
  /** Counted in bytes of UTF-8. */
  instagramTextBytes: 1000,
  /** Meta writes "below 1000". */
  metadataChars: 999,

  quickReplies: 13,
  quickReplyTitleChars: 20,
  quickReplyPayloadChars: 1000,

  buttons: 3,
  buttonTitleChars: 20,
  buttonPayloadChars: 1000,
  /** The text above buttons. */
  buttonTextChars: 640,

  cards: 10,
  cardTitleChars: 80,
  cardSubtitleChars: 80,
  receiptItems: 100,
  couponTitleChars: 80,
  couponSubtitleChars: 80,
  feedbackTitleChars: 65,
  feedbackSubtitleChars: 80,
  feedbackButtonTitleChars: 20,
  feedbackDays: 7,
  customerInformationDays: 7,
  products: 10,
  minGridImages: 2,
  gridImages: 6,
  gridHeroImages: 1,
  gridTitleChars: 45,
  gridSubtitleChars: 80,

  greetingChars: 160,
  iceBreakers: 4,
  menuItems: 20,
  menuTitleChars: 30,
  menuPayloadChars: 1000,
  commands: 100,
  commandNameChars: 32,
  commandDescriptionChars: 64,
} as const;
