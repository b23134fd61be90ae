/** The built-in fields. They are plain functions, so they cost no memory in a cached conversation. */

import { textMessage } from '../../messenger/outbound/message-builders.ts';
import type { QuickReply, Sayable } from '../../messenger/outbound/outbound-message.ts';
import { askEmail, askPhone, quickReply } from '../../messenger/outbound/quick-reply.ts';
import { cleanText, findByTitle } from '../../messenger/text.ts';
import { optionsOf } from '../options.ts';
import { readEmail } from './email-address.ts';
import { type Field, field, schemaOf } from './field.ts';
import { isPhoneCountry, readPhone } from './phone-number.ts';

/**
 * Asks for an e-mail address of at most 254 characters; stored in lower case, without what people and phones put around
 * it (`<…>`, `mailto:`, "my e-mail is …", a full stop). Offers the address of the person's profile, if `ask` is a string.
 */
export function email(ask: Sayable, retry?: Sayable): Field {
  return field(withOffer(ask, askEmail()), schemaOf(readEmail, 'That does not look like an e-mail address.'), retry);
}

/** The options of {@link phone}. */
export interface PhoneOptions {
  /** Two letters (ISO 3166), `PT`: national numbers are read as of this country. Default: they are stored as digits. */
  readonly country?: string;
  /** Said after an invalid answer. Default: in English. */
  readonly retry?: Sayable;
}

/**
 * Asks for a phone number of 6 to 15 digits. An international one (`+351 …`, `00351 …`) is stored as E.164, and so is a
 * national one of `country`: `+351912345678`. Offers the number of the person's profile, if `ask` is a string.
 *
 * @throws BotError `bot_invalid` for a country without phone numbers.
 */
export function phone(ask: Sayable, options: PhoneOptions | Sayable = {}): Field {
  const { country, retry } = isSayable(options) ? { retry: options } : options;
  const isCountry = country === undefined || isPhoneCountry(country);
  optionsOf('phone').that(isCountry, 'country', "two capital letters such as 'PT'", country);
  const read = (text: string) => readPhone(text, country);
  return field(withOffer(ask, askPhone()), schemaOf(read, 'That does not look like a phone number.'), retry);
}

/** Anything but `{}`, `{ country }`, `{ retry }` and both is a message, which is checked as one. */
function isSayable(options: PhoneOptions | Sayable): options is Sayable {
  return typeof options === 'string' || !Object.keys(options).every((key) => key === 'country' || key === 'retry');
}

/**
 * Asks for text of 1 to `most` characters; `most` is 200 by default.
 */
export function text(ask: Sayable, options: { readonly most?: number; readonly retry?: Sayable } = {}): Field {
  optionsOf('text').known(options, { most: true, retry: true });
  const { most = 200, retry } = options;
  const read = (answer: string) => {
    const words = answer.replaceAll(/^[\s\p{Cf}]+|[\s\p{Cf}]+$/gu, '');
    return cleanText(words) !== '' && words.length <= most ? words : undefined;
  };
  const complaint = `Please answer in words, with at most ${most} characters.`;
  return { ...field(ask, schemaOf(read, complaint), retry), takesAnyWords: true };
}

/** A comma or a point before the decimals and no thousands separator: "1,000" is 1. */
const NUMBER_PATTERN = /^[-+]?\d{1,15}([.,]\d{1,15})?$/;

/** Asks for a number from `least` to `most`, with a decimal comma or point; without them, of any size. */
export function number(
  ask: Sayable,
  options: { readonly least?: number; readonly most?: number } = {},
  retry?: Sayable,
): Field {
  optionsOf('number').known(options, { least: true, most: true });
  const { least = -Infinity, most = Infinity } = options;
  const read = (typed: string) => {
    const answer = withoutFullStop(typed);
    const value = NUMBER_PATTERN.test(answer) ? Number(answer.replace(',', '.')) : Number.NaN;
    return value >= least && value <= most ? value : undefined;
  };
  return field(ask, schemaOf(read, 'Please answer with a number.'), retry);
}

/**
 * Asks for one of `options`, offered as quick replies: 1 to 13, each of 1 to 20 characters. The person may also type one,
 * in any case.
 */
export function choice(ask: string, options: readonly string[], retry?: Sayable): Field {
  const isList = Array.isArray(options) && options.length > 0;
  optionsOf('choice').that(isList, 'options', 'a list with an answer', options);
  const replies = options.map((option) => quickReply(option));
  const read = (answer: string) => findByTitle(answer, options, (option) => option);
  return field(textMessage(ask, replies), schemaOf(read, 'Please choose one of the answers.'), retry);
}

/** Asks for a date, written as `2026-12-24`, `24.12.2026`, `24/12/2026` or `24-12-2026`; stored as `2026-12-24`. */
export function date(ask: Sayable, retry?: Sayable): Field {
  return field(ask, schemaOf(parseDay, 'Please write a day like 24.12.2026.'), retry);
}

/** The answer with plain digits, hyphens and decimal points, and without the full stop of a sentence. */
function withoutFullStop(answer: string): string {
  return cleanText(answer)
    .replaceAll(/[\p{Pd}\u2212]/gu, '-')
    .replaceAll('\u066B', '.')
    .replace(/[\s.,;!。؟।]+$/u, '');
}

function parseDay(typed: string): string | undefined {
  const answer = withoutFullStop(typed).replaceAll(/\s*([./-])\s*/g, '$1');
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(answer);
  const dotted = /^(\d{1,2})[./-](\d{1,2})[./-](\d{4})$/.exec(answer);
  const [year, month, day] = iso ? iso.slice(1) : dotted ? dotted.slice(1).toReversed() : [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const padded = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const midnight = new Date(`${padded}T00:00:00Z`);
  return Number.isNaN(midnight.getTime()) || !midnight.toISOString().startsWith(padded) ? undefined : padded;
}

/** Adds a quick reply that offers a value of the person's profile; the person may still type. */
function withOffer(ask: Sayable, reply: QuickReply): Sayable {
  return typeof ask === 'string' ? textMessage(ask, [reply]) : ask;
}
