/**
 * Meta's limits for what a message is made of (Send API and template reference, read 2026-10-06), written down here
 * a second time on purpose: what the policy forgets must fail at home. `[]` stands for every item of a list.
 */
export const LENGTHS = [
  { at: 'message.text', below: 2000 },
  { at: 'message.metadata', below: 1000 },
  { at: 'message.quick_replies.[].title', upTo: 20 },
  { at: 'message.quick_replies.[].payload', upTo: 1000 },
  { at: 'message.attachment.payload.text', upTo: 640 },
  { at: 'message.attachment.payload.buttons.[].title', upTo: 20 },
  { at: 'message.attachment.payload.buttons.[].payload', upTo: 1000 },
  { at: 'message.attachment.payload.elements.[].title', upTo: 80 },
  { at: 'message.attachment.payload.elements.[].subtitle', upTo: 80 },
  { at: 'message.attachment.payload.elements.[].buttons.[].title', upTo: 20 },
  { at: 'message.attachment.payload.elements.[].buttons.[].payload', upTo: 1000 },
] as const satisfies readonly LengthLimit[];

export const COUNTS = [
  { at: 'message.quick_replies', from: 1, upTo: 13 },
  { at: 'message.attachment.payload.buttons', from: 1, upTo: 3 },
  { at: 'message.attachment.payload.elements', from: 1, upTo: 10 },
  { at: 'message.attachment.payload.elements.[].buttons', from: 1, upTo: 3 },
] as const satisfies readonly CountLimit[];

/** `below` where Meta's wording is "below", so that the number itself is too much. */
export type LengthLimit = { readonly at: string } & ({ readonly upTo: number } | { readonly below: number });
export interface CountLimit {
  readonly at: string;
  readonly from: number;
  readonly upTo: number;
}

/** What each kind of button and quick reply must have. */
export const BUTTON_PARTS: Readonly<Record<string, readonly string[]>> = {
  postback: ['title', 'payload'],
  web_url: ['title', 'url'],
  phone_number: ['title', 'payload'],
  account_link: ['url'],
  account_unlink: [],
};
export const QUICK_REPLY_PARTS: Readonly<Record<string, readonly string[]>> = {
  text: ['title', 'payload'],
  user_email: [],
  user_phone_number: [],
};
/** What each template needs beside its type. Others exist at Meta; this simulator does not draw them yet. */
export const TEMPLATE_PARTS: Readonly<Record<string, readonly string[]>> = {
  button: ['text', 'buttons'],
  generic: ['elements'],
};
