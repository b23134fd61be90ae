import { BotError } from '../../domain/bot-error.ts';
import { isObject, type JsonObject } from '../check/json.ts';
import {
  requireChoice,
  requireObject,
  requireBoolean,
  requireText,
  requireUrl,
  invalidMessage,
  readOptional,
} from '../check/require.ts';
import { LIMITS } from './limits.ts';

/** What hangs under a message and stays there for good. Meta, send-messages/buttons, read 2026-10-06. */
export type Button = PostbackButton | UrlButton | CallButton | LoginButton | LogoutButton;

export interface PostbackButton {
  readonly type: 'postback';
  readonly title: string;
  readonly payload: string;
}

/** What a tap opens; also what a tap on a card or a picture opens, then without title. */
export interface UrlAction {
  readonly type: 'web_url';
  readonly url: string;
  readonly webview_height_ratio?: WebviewHeight;
  readonly messenger_extensions?: boolean;
  readonly fallback_url?: string;
}

export interface UrlButton extends UrlAction {
  readonly title: string;
}

export interface CallButton {
  readonly type: 'phone_number';
  readonly title: string;
  /** The number. */
  readonly payload: string;
}

export interface LoginButton {
  readonly type: 'account_link';
  readonly url: string;
}

export interface LogoutButton {
  readonly type: 'account_unlink';
}

const HEIGHTS = ['compact', 'tall', 'full'] as const;
/** How much of the screen a page takes inside Messenger. */
export type WebviewHeight = (typeof HEIGHTS)[number];

/**
 * A button that answers the bot with `payload` (at most 1,000 characters; the title 20). It stays there for good, so a
 * tap may come long after.
 */
export function postbackButton(title: string, payload: string): PostbackButton {
  return { type: 'postback', title: requireTitle(title), payload: requirePayload(payload) };
}

/** A button that opens a web page, inside Messenger when `height` is given. The title has at most 20 characters. */
export function urlButton(title: string, url: string, height?: WebviewHeight): UrlButton {
  return { title: requireTitle(title), ...urlAction({ type: 'web_url', url, webview_height_ratio: height }) };
}

/** A button that calls a phone number, written with its country: `+351210000000`. The title has at most 20 characters. */
export function callButton(title: string, phone: string): CallButton {
  return { type: 'phone_number', title: requireTitle(title), payload: requirePhone(phone) };
}

/** A button "Log in" that opens `url`, where the person links their account with the business; https only. */
export function loginButton(url: string): LoginButton {
  return { type: 'account_link', url: requireUrl("A login button's address", url) };
}

/** A button "Log out", for a person whose account is linked. */
export function logoutButton(): LogoutButton {
  return { type: 'account_unlink' };
}

/** One to three buttons. */
export function requireButtons(value: unknown): readonly Button[] {
  if (!Array.isArray(value)) throw invalidMessage('The buttons are no list', 'Give it an array');
  if (value.length >= 1 && value.length <= LIMITS.buttons) return value.map(requireButton);
  throw new BotError(
    'wrong_number_of_buttons',
    `The message has ${value.length} buttons and Meta takes 1 to ${LIMITS.buttons}. Send a plain text, or fewer.`,
  );
}

function requireButton(value: unknown): Button {
  const button = isObject(value) ? value : {};
  switch (button['type']) {
    case 'postback':
    case 'phone_number':
      return titled(requireObject('A button', button, ['type', 'title', 'payload'], BUTTON_CURE));
    case 'web_url':
      return { title: requireTitle(button['title']), ...urlAction(button, ['title']) };
    case 'account_link':
      return loginButton(requireUrl("A login button's address", button['url']));
    case 'account_unlink':
      return logoutButton();
    default:
      throw invalidMessage('A button is of a kind that is not known here', BUTTON_CURE);
  }
}

const BUTTON_CURE = 'Use postbackButton(…), urlButton(…), callButton(…), loginButton(…) or logoutButton()';

function titled({ type, title, payload }: JsonObject): PostbackButton | CallButton {
  if (type === 'postback') return { type, title: requireTitle(title), payload: requirePayload(payload) };
  return { type: 'phone_number', title: requireTitle(title), payload: requirePhone(payload) };
}

/** What a tap opens, without the title that only a button has. */
export function urlAction(value: unknown, alsoKnown: readonly string[] = []): UrlAction {
  const keys = ['type', 'url', 'webview_height_ratio', 'messenger_extensions', 'fallback_url', ...alsoKnown];
  const action = requireObject('What a tap opens', value, keys, 'Use urlButton(…), or the `link` of a card');
  return {
    type: 'web_url',
    url: requireUrl("A button's address", action['url']),
    ...readOptional(action, 'webview_height_ratio', (height) => requireChoice('The height of a page', height, HEIGHTS)),
    ...readOptional(action, 'messenger_extensions', (flag) => requireBoolean('messenger_extensions', flag)),
    ...readOptional(action, 'fallback_url', (url) => requireUrl('The fallback address', url)),
  };
}

function requireTitle(title: unknown): string {
  return requireText('The title of a button', title, LIMITS.buttonTitleChars);
}

export function requirePayload(payload: unknown): string {
  return requireText('The payload of a button', payload, LIMITS.buttonPayloadChars);
}

function requirePhone(phone: unknown): string {
  if (typeof phone === 'string' && /^\+\d{5,15}$/.test(phone)) return phone;
  const found = typeof phone === 'string' ? `has ${phone.length} characters` : `is a ${typeof phone}`;
  throw new BotError(
    'phone_invalid',
    `A call button's number ${found} and not the form +351210000000. Write + and digits only.`,
  );
}
