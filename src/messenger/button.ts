import { BotError } from './bot-error.ts';
import { LIMITS } from './limits.ts';
import type { Button } from './outbound-message.ts';
import { checkLength } from './text-length.ts';

/** A button that answers the bot with `payload`. It stays there for good, so a tap may come long after. */
export function postbackButton(title: string, payload: string): Button {
  checkTitle(title);
  checkLength('The payload of a button', payload, LIMITS.buttonPayload);
  return { type: 'postback', title, payload };
}

/** A button that opens a web page. */
export function urlButton(title: string, url: string): Button {
  checkTitle(title);
  if (!/^https?:\/\/\S+$/i.test(url)) {
    throw new BotError('url_invalid', `A button's address "${url}" is no web address. Begin it with https://.`);
  }
  return { type: 'web_url', title, url };
}

/** A button that calls a phone number, written with its country: `+351210000000`. */
export function callButton(title: string, phone: string): Button {
  checkTitle(title);
  if (!/^\+\d{5,15}$/.test(phone)) {
    throw new BotError(
      'phone_invalid',
      `A call button's number has ${phone.length} characters and not the form +351210000000. Write + and digits only.`,
    );
  }
  return { type: 'phone_number', title, payload: phone };
}

export function checkButtons(buttons: readonly Button[]): void {
  if (buttons.length >= 1 && buttons.length <= LIMITS.buttons) return;
  throw new BotError(
    'wrong_number_of_buttons',
    `The message has ${buttons.length} buttons and Meta takes 1 to ${LIMITS.buttons}. Send a plain text, or fewer.`,
  );
}

function checkTitle(title: string): void {
  checkLength('The title of a button', title, LIMITS.buttonTitle);
}
