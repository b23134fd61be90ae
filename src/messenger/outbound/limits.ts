/**
 * Meta's limits for messages and for the profile of a Page. `…Chars` are Unicode code points, `…Days` days, the others
 * numbers of items. Messenger Platform: Send API reference, send-messages/quick-replies, send-messages/template(s)/*,
 * reference/messenger-profile-api (2026-10-06). A longer text is split; everything else is rejected by its builder.
 */
export const LIMITS = {
  /** Meta writes "below 2000". */
  textChars: 1999,
  /** Bytes of UTF-8. */
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
