/**
 * Meta's limits for the parts of a message (Send API and template reference, read 2026-10-06), stated a second time
 * on purpose: what `messenger` forgets must fail in a test. `[]` stands for every item of a list.
 */

/** The length of a text in characters. `below` where Meta's wording is "below", so that the number itself is too many. */
export type LengthLimit = { readonly at: string } & ({ readonly upTo: number } | { readonly below: number });

/** The number of items in a list, or the range of a number. */
export interface CountLimit {
  readonly at: string;
  readonly from: number;
  readonly upTo: number;
}

/** Required parts and their limits, below one place in a body. */
export interface PartLimits {
  readonly needs?: readonly { readonly at: string; readonly parts: readonly string[] }[];
  readonly counts?: readonly CountLimit[];
  readonly lengths?: readonly LengthLimit[];
  readonly ranges?: readonly CountLimit[];
}

/** Limits of `message`. */
export const MESSAGE_LIMITS: PartLimits = {
  counts: [{ at: 'quick_replies', from: 1, upTo: 13 }],
  lengths: [
    { at: 'text', below: 2000 },
    { at: 'metadata', below: 1000 },
    { at: 'quick_replies.[].title', upTo: 20 },
    { at: 'quick_replies.[].payload', upTo: 1000 },
  ],
};

const ofButtons = (at: string): Required<Pick<PartLimits, 'counts' | 'lengths'>> => ({
  counts: [{ at, from: 1, upTo: 3 }],
  lengths: [
    { at: `${at}.[].title`, upTo: 20 },
    { at: `${at}.[].payload`, upTo: 1000 },
  ],
});

/** Limits of `message.attachment.payload` for each template. */
export const TEMPLATE_LIMITS: Readonly<Record<string, PartLimits>> = {
  button: {
    needs: [{ at: '', parts: ['text', 'buttons'] }],
    counts: ofButtons('buttons').counts,
    lengths: [{ at: 'text', upTo: 640 }, ...ofButtons('buttons').lengths],
  },
  generic: {
    needs: [
      { at: '', parts: ['elements'] },
      { at: 'elements.[]', parts: ['title'] },
    ],
    counts: [{ at: 'elements', from: 1, upTo: 10 }, ...ofButtons('elements.[].buttons').counts],
    lengths: [
      { at: 'elements.[].title', upTo: 80 },
      { at: 'elements.[].subtitle', upTo: 80 },
      ...ofButtons('elements.[].buttons').lengths,
    ],
  },
  media: {
    needs: [
      { at: '', parts: ['elements'] },
      { at: 'elements.[]', parts: ['media_type'] },
    ],
    counts: [{ at: 'elements', from: 1, upTo: 1 }, ...ofButtons('elements.[].buttons').counts],
    lengths: ofButtons('elements.[].buttons').lengths,
  },
  receipt: {
    needs: [
      { at: '', parts: ['recipient_name', 'order_number', 'currency', 'payment_method', 'summary'] },
      { at: 'summary', parts: ['total_cost'] },
      { at: 'elements.[]', parts: ['title', 'price'] },
      { at: 'address', parts: ['street_1', 'city', 'postal_code', 'state', 'country'] },
    ],
    counts: [{ at: 'elements', from: 0, upTo: 100 }],
  },
  coupon: {
    needs: [{ at: '', parts: ['title'] }],
    lengths: [
      { at: 'title', upTo: 80 },
      { at: 'subtitle', upTo: 80 },
    ],
  },
  customer_feedback: {
    needs: [
      { at: '', parts: ['title', 'subtitle', 'button_title', 'feedback_screens', 'business_privacy'] },
      { at: 'business_privacy', parts: ['url'] },
      { at: 'feedback_screens.[]', parts: ['questions'] },
      { at: 'feedback_screens.[].questions.[]', parts: ['id', 'type'] },
    ],
    counts: [
      { at: 'feedback_screens', from: 1, upTo: 1 },
      { at: 'feedback_screens.[].questions', from: 1, upTo: 1 },
    ],
    lengths: [
      { at: 'title', upTo: 65 },
      { at: 'subtitle', upTo: 80 },
      { at: 'button_title', upTo: 20 },
    ],
    ranges: [{ at: 'expires_in_days', from: 1, upTo: 7 }],
  },
  customer_information: {
    needs: [
      { at: '', parts: ['business_privacy'] },
      { at: 'business_privacy', parts: ['url'] },
    ],
    ranges: [{ at: 'expires_in_days', from: 1, upTo: 7 }],
  },
  image_grid: {
    needs: [
      { at: '', parts: ['elements'] },
      { at: 'elements.[]', parts: ['images'] },
      { at: 'elements.[].images.[]', parts: ['url'] },
    ],
    counts: [
      { at: 'elements', from: 1, upTo: 1 },
      { at: 'elements.[].images', from: 2, upTo: 6 },
      ...ofButtons('elements.[].buttons').counts,
    ],
    lengths: [
      { at: 'elements.[].title', upTo: 45 },
      { at: 'elements.[].subtitle', upTo: 80 },
      ...ofButtons('elements.[].buttons').lengths,
    ],
  },
  product: {
    needs: [
      { at: '', parts: ['elements'] },
      { at: 'elements.[]', parts: ['id'] },
    ],
    counts: [{ at: 'elements', from: 1, upTo: 10 }],
  },
};

/** Limits of the body of `POST /{page}/messenger_profile`. */
export const PROFILE_LIMITS: PartLimits = {
  needs: [
    { at: 'get_started', parts: ['payload'] },
    { at: 'greeting.[]', parts: ['locale', 'text'] },
    { at: 'ice_breakers.[]', parts: ['locale', 'call_to_actions'] },
    { at: 'ice_breakers.[].call_to_actions.[]', parts: ['question', 'payload'] },
    { at: 'persistent_menu.[]', parts: ['locale', 'call_to_actions'] },
    { at: 'persistent_menu.[].call_to_actions.[]', parts: ['type', 'title'] },
    { at: 'commands.[]', parts: ['locale', 'commands'] },
    { at: 'commands.[].commands.[]', parts: ['name', 'description'] },
  ],
  counts: [
    { at: 'ice_breakers.[].call_to_actions', from: 1, upTo: 4 },
    { at: 'persistent_menu.[].call_to_actions', from: 1, upTo: 20 },
    { at: 'commands.[].commands', from: 1, upTo: 100 },
  ],
  lengths: [
    { at: 'greeting.[].text', upTo: 160 },
    { at: 'persistent_menu.[].call_to_actions.[].title', upTo: 30 },
    { at: 'persistent_menu.[].call_to_actions.[].payload', upTo: 1000 },
    { at: 'commands.[].commands.[].name', upTo: 32 },
    { at: 'commands.[].commands.[].description', upTo: 64 },
  ],
};

/** The parts that each kind of button must have. */
export const BUTTON_PARTS: Readonly<Record<string, readonly string[]>> = {
  postback: ['title', 'payload'],
  web_url: ['title', 'url'],
  phone_number: ['title', 'payload'],
  account_link: ['url'],
  account_unlink: [],
};
/** The parts that each kind of quick reply must have. */
export const QUICK_REPLY_PARTS: Readonly<Record<string, readonly string[]>> = {
  text: ['title', 'payload'],
  user_email: [],
  user_phone_number: [],
};

/** The largest upload: 25 MB. */
export const MAX_FILE_BYTES = 25 * 1024 * 1024;
/** How long an attachment id is valid: 90 days. */
export const ATTACHMENT_LIFETIME_MS = 90 * 86_400_000;
/** How long after a comment its one private reply is accepted: 7 days. */
export const PRIVATE_REPLY_MS = 7 * 86_400_000;
