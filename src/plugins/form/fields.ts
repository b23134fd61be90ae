/** The built-in fields. They are plain functions, so they cost no memory in a cached conversation. */

import { textMessage } from '../../messenger/outbound/message-builders.ts';
import type { QuickReply, Sayable } from '../../messenger/outbound/outbound-message.ts';
import { askEmail, askPhone, quickReply } from '../../messenger/outbound/quick-reply.ts';
import { optionsOf } from '../options.ts';
import { type Field, field, schemaOf } from './field.ts';

/** Local part, one @, a domain with a dot: catches typos; only a mail can prove an address. */
const EMAIL_PATTERN = /^[^\s@"(),:;<>[\]\\]{1,64}@[^\s@.]+(\.[^\s@.]+)+$/;
const MAX_EMAIL_CHARS = 254;

/**
 * Asks for an e-mail address of at most 254 characters; stored in lower case. Offers the address of the person's
 * profile, if `ask` is a string.
 */
export function email(ask: Sayable, retry?: Sayable): Field {
  const read = (text: string) =>
    text.length <= MAX_EMAIL_CHARS && EMAIL_PATTERN.test(text) ? text.toLowerCase() : undefined;
  return field(withOffer(ask, askEmail()), schemaOf(read, 'That does not look like an e-mail address.'), retry);
}

/**
 * Asks for a phone number of 6 to 15 digits; stored as digits, with a leading `+` if it was given. Offers the number of
 * the person's profile, if `ask` is a string.
 */
export function phone(ask: Sayable, retry?: Sayable): Field {
  const read = (text: string) => {
    const digits = text.replaceAll(/[\s().\-/]/g, '');
    return /^\+?\d{6,15}$/.test(digits) ? digits : undefined;
  };
  return field(withOffer(ask, askPhone()), schemaOf(read, 'That does not look like a phone number.'), retry);
}

/**
 * Asks for text of 1 to `most` characters; `most` is 200 by default.
 */
export function text(
  ask: Sayable,
  { most = 200, retry }: { readonly most?: number; readonly retry?: Sayable } = {},
): Field {
  const read = (answer: string) => (answer.length > 0 && answer.length <= most ? answer : undefined);
  const complaint = `Please answer in words, with at most ${most} characters.`;
  return { ...field(ask, schemaOf(read, complaint), retry), takesAnyWords: true };
}

/** A comma or a point before the decimals and no thousands separator: "1,000" is 1. */
const NUMBER_PATTERN = /^[-+]?\d{1,15}([.,]\d{1,15})?$/;

/** Asks for a number from `least` to `most`, with a decimal comma or point; without them, of any size. */
export function number(ask: Sayable, { least = -Infinity, most = Infinity } = {}, retry?: Sayable): Field {
  const read = (answer: string) => {
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
  const read = (answer: string) => options.find((option) => option.toLowerCase() === answer.toLowerCase());
  return field(textMessage(ask, replies), schemaOf(read, 'Please choose one of the answers.'), retry);
}

/** Asks for a date, written as `2026-12-24`, `24.12.2026` or `24/12/2026`; stored as `2026-12-24`. */
export function date(ask: Sayable, retry?: Sayable): Field {
  return field(ask, schemaOf(parseDay, 'Please write a day like 24.12.2026.'), retry);
}

function parseDay(answer: string): string | undefined {
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(answer);
  const dotted = /^(\d{1,2})[./](\d{1,2})[./](\d{4})$/.exec(answer);
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
