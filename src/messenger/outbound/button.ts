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

/** A button under a message, which stays there for good. Meta, send-messages/buttons, read 2026-10-06. */
export type Button = PostbackButton | UrlButton | CallButton | LoginButton | LogoutButton;

/** A button whose tap sends the bot a postback with `payload`. */
export interface PostbackButton {
  readonly type: 'postback';
  readonly title: string;
  readonly payload: string;
}

/** The web page that a tap on a button, card or picture opens. */
export interface UrlAction {
  readonly type: 'web_url';
  readonly url: string;
  readonly webview_height_ratio?: WebviewHeight;
  readonly messenger_extensions?: boolean;
  readonly fallback_url?: string;
}

/** A button that opens a web page. */
export interface UrlButton extends UrlAction {
  readonly title: string;
}

/** A button that calls a phone number. */
export interface CallButton {
  readonly type: 'phone_number';
  readonly title: string;
  /** The number: `+351210000000`. */
  readonly payload: string;
}

/** The button "Log in". */
export interface LoginButton {
  readonly type: 'account_link';
  readonly url: string;
}

/** The button "Log out". */
export interface LogoutButton {
  readonly type: 'account_unlink';
}

const HEIGHTS = ['compact', 'tall', 'full'] as const;
/** How much of the screen a web page takes inside Messenger. */
export type WebviewHeight = (typeof HEIGHTS)[number];

/**
 * A button whose tap sends the bot a postback. It stays there for good, so a tap may come long after. Meta,
 * send-messages/buttons, read 2026-10-06.
 *
 * @param title 1 to 20 characters.
 * @param payload 1 to 1,000 characters, which the bot gets back.
 * @throws BotError `text_empty`, `text_too_long` or `message_invalid`.
 */
export function postbackButton(title: string, payload: string): PostbackButton {
  return { type: 'postback', title: requireTitle(title), payload: requirePayload(payload) };
}

/**
 * A button that opens a web page, inside Messenger when `height` is given. Meta, send-messages/buttons, read 2026-10-06.
 *
 * @param title 1 to 20 characters.
 * @param url An http or https URL.
 * @throws BotError `text_empty`, `text_too_long`, `url_invalid` or `message_invalid`.
 */
export function urlButton(title: string, url: string, height?: WebviewHeight): UrlButton {
  return { title: requireTitle(title), ...requireUrlAction({ type: 'web_url', url, webview_height_ratio: height }) };
}

/**
 * A button that calls a phone number. Meta, send-messages/buttons, read 2026-10-06.
 *
 * @param title 1 to 20 characters.
 * @param phone With the country's code: `+` and 5 to 15 digits.
 * @throws BotError `text_empty`, `text_too_long`, `phone_invalid` or `message_invalid`.
 */
export function callButton(title: string, phone: string): CallButton {
  return { type: 'phone_number', title: requireTitle(title), payload: requirePhone(phone) };
}

/**
 * A button "Log in" that opens `url`, where the person links their account with the business; Meta takes https only.
 * Meta, send-messages/buttons, read 2026-10-06.
 *
 * @throws BotError `url_invalid`.
 */
export function loginButton(url: string): LoginButton {
  return { type: 'account_link', url: requireUrl("A login button's address", url) };
}

/** A button "Log out", for a person whose account is linked. Meta, send-messages/buttons, read 2026-10-06. */
export function logoutButton(): LogoutButton {
  return { type: 'account_unlink' };
}

/** One to three buttons. Throws `wrong_number_of_buttons` or `message_invalid`. */
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
      return requireTitledButton(requireObject('A button', button, ['type', 'title', 'payload'], BUTTON_CURE));
    case 'web_url':
      return { title: requireTitle(button['title']), ...requireUrlAction(button, ['title']) };
    case 'account_link':
      return loginButton(requireUrl("A login button's address", button['url']));
    case 'account_unlink':
      return logoutButton();
    default:
      throw invalidMessage('A button is of a kind that is not known here', BUTTON_CURE);
  }
}

const BUTTON_CURE = 'Use postbackButton(…), urlButton(…), callButton(…), loginButton(…) or logoutButton()';

function requireTitledButton({ type, title, payload }: JsonObject): PostbackButton | CallButton {
  if (type === 'postback') return { type, title: requireTitle(title), payload: requirePayload(payload) };
  return { type: 'phone_number', title: requireTitle(title), payload: requirePhone(payload) };
}

/** The web page that a tap opens. `alsoKnown` are keys of the button around it. Throws `url_invalid` or `message_invalid`. */
export function requireUrlAction(value: unknown, alsoKnown: readonly string[] = []): UrlAction {
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

/** The payload of a postback, 1 to 1,000 characters. */
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
