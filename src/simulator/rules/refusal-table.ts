/** A Graph API error of the simulator, and what it means in plain words. */
export interface Refusal {
  readonly httpStatus: number;
  readonly code: number;
  readonly subcode?: number;
  readonly type: string;
  readonly message: string;
  readonly meaning: string;
}

const WINDOW_POLICY = 'https://developers.facebook.com/docs/messenger-platform/policy-overview';

/** Every refusal with a number or a message of its own. Defaults: HTTP 400, type `OAuthException`. */
export const REFUSALS = {
  tokenInvalid: {
    httpStatus: 401,
    code: 190,
    message: 'Invalid OAuth access token - Cannot parse access token',
    meaning: "The access token is missing, or is not this Page's.",
  },
  tokenReplaced: {
    httpStatus: 401,
    code: 190,
    subcode: 460,
    message: 'Error validating access token: The session has been invalidated because the user changed their password',
    meaning: 'The Page has had another token since.',
  },
  tokenExpired: {
    httpStatus: 401,
    code: 190,
    subcode: 463,
    message: 'Error validating access token: Session has expired',
    meaning: 'The token of the Page has expired.',
  },
  appTokenInvalid: {
    httpStatus: 401,
    code: 190,
    message: 'Invalid OAuth access token - Cannot parse access token',
    meaning: 'This call takes the token of the app: app_id|app_secret.',
  },
  proofWrong: {
    code: 100,
    type: 'GraphMethodException',
    message: 'Invalid appsecret_proof provided in the API argument',
    meaning: 'The proof is the hex HMAC-SHA256 of this very token, with the secret of this app as key.',
  },
  proofMissing: {
    code: 100,
    type: 'GraphMethodException',
    message: 'API calls from the server require an appsecret_proof argument',
    meaning: 'The app requires the proof of its secret with every call.',
  },
  handshakeFailed: {
    code: 2200,
    message: '(#2200) Callback verification failed',
    meaning: 'The callback URL did not answer 200 with the bare challenge.',
  },
  appNotLive: {
    code: 200,
    message: '(#200) Cannot message users: the app is not live',
    meaning: 'The app is not published, so it reaches only people with a role on it.',
  },
  taskMissing: {
    code: 200,
    message: '(#200) The person whose token this is lacks the task for it on the Page',
    meaning: 'Sending needs the task MESSAGING, subscribing the task MODERATE.',
  },
  pageRestricted: {
    code: 10,
    subcode: 1893063,
    message: '(#10) This Page is temporarily restricted from sending messages',
    meaning: 'Meta has restricted the Page; nothing goes out until the restriction is lifted.',
  },
  rateLimited: {
    code: 613,
    subcode: 2534040,
    message: '(#613) Calls to this api have exceeded the rate limit.',
    meaning: 'Too many calls of this kind in a short time.',
  },
  appThrottled: {
    code: 4,
    message: '(#4) Application request limit reached',
    meaning: 'More calls in 24 hours than Meta allows for the people this Page has talked with.',
  },
  pageThrottled: {
    code: 32,
    message: '(#32) Page request limit reached',
    meaning: 'More messages a second than the Page inbox can show. Send fewer.',
  },
  personaUnknown: {
    code: 100,
    message: '(#100) Invalid persona_id',
    meaning: 'The Page has no persona with this id, or it was deleted.',
  },
  pageUnknown: {
    code: 100,
    subcode: 33,
    type: 'GraphMethodException',
    message: 'Unsupported request. Object does not exist, or this token may not see it',
    meaning: 'This token belongs to another Page than the one in the address.',
  },
  pathUnknown: {
    code: 2500,
    message: 'Unknown path components',
    meaning: 'The address starts with a version such as v25.0, then names the Page.',
  },
  recipientUnknown: {
    code: 100,
    subcode: 2018001,
    message: '(#100) No matching user found',
    meaning: 'Nobody here has this PSID.',
  },
  tagRetired: {
    code: 100,
    subcode: 1893061,
    message: '(#100) Invalid parameter',
    meaning: 'This message tag was retired on 27 April 2026 and is refused even inside the window.',
  },
  messageAndAction: {
    code: 100,
    subcode: 2018014,
    message: '(#100) Cannot send message and sender_action in the same request',
    meaning: 'A message and a sender action need a request each.',
  },
  mediaNotFetched: {
    code: 100,
    subcode: 2018008,
    message: '(#100) Failed to fetch the file from the url',
    meaning: 'Meta cannot fetch a file from this address.',
  },
  uploadFailed: {
    code: 100,
    subcode: 2018047,
    message: '(#100) Upload attachment failure.',
    meaning: 'The attachment type does not fit the file.',
  },
  attachmentTooLarge: {
    code: 100,
    subcode: 2018109,
    message: '(#100) Attachment size exceeds allowable limit',
    meaning: 'The file has more than 25 MB.',
  },
  attachmentUnknown: {
    code: 100,
    subcode: 2018074,
    message: '(#100) The Attachment ID is invalid',
    meaning: 'Nothing was uploaded under this attachment id.',
  },
  attachmentExpired: {
    code: 100,
    subcode: 2018074,
    message: '(#100) The Attachment ID is invalid',
    meaning: 'An attachment id is valid for 90 days, and this one has expired. Upload the file again.',
  },
  productUnknown: {
    code: 100,
    subcode: 2018320,
    message: '(#100) Product id is not valid',
    meaning: "This is no id of a product in the Page's catalogue.",
  },
  windowClosed: {
    code: 10,
    subcode: 2018278,
    message: `(#10) This message is sent outside of allowed window. Learn more about the new policy here: ${WINDOW_POLICY}`,
    meaning: 'More than 24 hours since the person last wrote, tapped or reacted. Wait until they do.',
  },
  humanAgentWindowClosed: {
    code: 10,
    subcode: 2018278,
    message: `(#10) This message is sent outside of allowed window. Learn more about the new policy here: ${WINDOW_POLICY}`,
    meaning: 'More than 7 days since the person last wrote, tapped or reacted: HUMAN_AGENT does not reach that far.',
  },
  surveyWindowClosed: {
    code: 10,
    subcode: 2018278,
    message: `(#10) This message is sent outside of allowed window. Learn more about the new policy here: ${WINDOW_POLICY}`,
    meaning:
      'More than 7 days since the person last wrote, tapped or reacted: CUSTOMER_FEEDBACK does not reach that far.',
  },
  newsPermissionMissing: {
    code: 10,
    subcode: 2018065,
    message:
      '(#10) This message is sent outside of allowed window. Learn more about the new policy here: ' + WINDOW_POLICY,
    meaning: 'NON_PROMOTIONAL_SUBSCRIPTION is for registered news Pages only.',
  },
  threadOwned: {
    code: 10,
    subcode: 2018300,
    message: '(#10) Message failed to send because another app is controlling this thread now.',
    meaning: 'Another app owns this thread, or it is idle and the default app is another. Wait until it is yours.',
  },
  notOwner: {
    code: 100,
    subcode: 2534037,
    message: '(#100) Your app does not own the thread',
    meaning: 'Only the app that owns a thread, or the default app of an idle one, may give it away.',
  },
  receiverRole: {
    code: 10,
    subcode: 2018171,
    message: '(#10) This app does not have the role for this action',
    meaning: 'Taking a thread is for the default app of a Page with routing; asking for one is for Pages without.',
  },
  appUnknown: {
    code: 100,
    subcode: 2018164,
    message: '(#100) Invalid app id',
    meaning: 'No app with this id is connected to the Page.',
  },
  privateReplyTwice: {
    code: 100,
    message: '(#100) Activity already replied to',
    meaning: 'A comment gets one private reply.',
  },
  privateReplyLate: {
    code: 100,
    message: '(#100) Activity is too old to be replied to',
    meaning: 'A comment can be answered in private for 7 days.',
  },
  instagramUserUnknown: {
    code: 100,
    subcode: 2534014,
    message: '(#100) No matching Instagram user',
    meaning: 'Nobody here has this IGSID.',
  },
  instagramWindowClosed: {
    code: 10,
    subcode: 2534022,
    message: '(#10) This message is sent outside of allowed window.',
    meaning: 'More than 24 hours since the person last wrote, tapped or reacted, or 7 days with HUMAN_AGENT.',
  },
  instagramPrivateReply: {
    code: 100,
    subcode: 2534025,
    message: '(#100) The private reply is not acceptable',
    meaning: 'A comment gets one private reply, within 7 days.',
  },
  personUnavailable: {
    code: 551,
    subcode: 1545041,
    message: "(#551) This person isn't available right now.",
    meaning: 'The person cannot get messages now, without having blocked the Page.',
  },
  personUnreachable: {
    code: 10,
    subcode: 2018108,
    message: '(#10) This person cannot receive messages from this Page right now.',
    meaning: 'The person cannot get messages from this Page until they act themselves.',
  },
  personBlocks: {
    code: 551,
    message: "(#551) This person isn't available right now.",
    meaning: 'The person has blocked the Page.',
  },
} as const satisfies Record<string, Partial<Refusal> & Pick<Refusal, 'code' | 'message' | 'meaning'>>;

/** The names of the known refusals. */
export type RefusalName = keyof typeof REFUSALS;

/** Refusals that have another number on Instagram. */
export const INSTAGRAM_REFUSALS: Partial<Record<RefusalName, RefusalName>> = {
  recipientUnknown: 'instagramUserUnknown',
  windowClosed: 'instagramWindowClosed',
  humanAgentWindowClosed: 'instagramWindowClosed',
  privateReplyTwice: 'instagramPrivateReply',
  privateReplyLate: 'instagramPrivateReply',
};
