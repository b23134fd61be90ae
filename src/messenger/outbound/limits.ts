/**
 * Meta's limits for what a bot says and for the profile of its Page: items, days, or characters counted as Unicode code
 * points. Messenger Platform: Send API reference, send-messages/quick-replies, send-messages/template(s)/*,
 * reference/messenger-profile-api (2026-10-06). A longer text is split, everything else is refused where it is built.
 */
export const LIMITS = {
  /** Meta writes "below 2000". */
  text: 1999,
  /** Counted in bytes of UTF-8. */
  textBytesOnInstagram: 1000,
  /** Meta writes "below 1000". */
  metadata: 999,

  quickReplies: 13,
  quickReplyTitle: 20,
  quickReplyPayload: 1000,

  buttons: 3,
  buttonTitle: 20,
  buttonPayload: 1000,
  /** The text above buttons. */
  buttonText: 640,

  cards: 10,
  cardTitle: 80,
  cardSubtitle: 80,
  receiptItems: 100,
  couponTitle: 80,
  couponSubtitle: 80,
  feedbackTitle: 65,
  feedbackSubtitle: 80,
  feedbackButton: 20,
  feedbackDays: 7,
  customerInformationDays: 7,
  products: 10,
  gridImagesAtLeast: 2,
  gridImages: 6,
  gridHeroImages: 1,
  gridTitle: 45,
  gridSubtitle: 80,

  greeting: 160,
  iceBreakers: 4,
  menuItems: 20,
  menuTitle: 30,
  menuPayload: 1000,
  commands: 100,
  commandName: 32,
  commandDescription: 64,
} as const;
