/** Readers that answer one question about an inbound event, for plugins and bot files. */

import type { EchoEvent, InboundEvent, MessageEvent, OrderEvent, Referral } from './inbound-event.ts';

/**
 * The person's answer as text: what they wrote, or the title of the button they tapped (fields `messages`,
 * `messaging_postbacks`). `undefined` when they sent a photo, a sticker or a location instead.
 */
export function textOf(event: InboundEvent): string | undefined {
  if (event.kind === 'message') return event.text;
  if (event.kind === 'postback') return event.title;
  return undefined;
}

/**
 * The payload of the quick reply (field `messages`), button, Get Started, menu item or ice breaker
 * (`messaging_postbacks`) that the person tapped. `undefined` for typed text, and for a tap seen in standby.
 */
export function payloadOf(event: InboundEvent): string | undefined {
  if (event.kind === 'message') return event.quickReply;
  return event.kind === 'postback' ? event.payload : undefined;
}

/**
 * Where the person came from: the referral inside the message or tap that opened the thread (fields `messages`,
 * `messaging_postbacks`), or the one Meta sends by itself for an existing thread (`messaging_referrals`).
 */
export function referralOf(event: InboundEvent): Referral | undefined {
  return event.kind === 'message' || event.kind === 'postback' || event.kind === 'referral'
    ? event.referral
    : undefined;
}

/**
 * Who wrote a message of the Page that this bot did not send: `human`, an operator in Meta's Page inbox or in a native
 * app, or `other_app`.
 * Plugins receive no echoes of the bot's own messages.
 */
export function authorOf({ isFromInbox }: EchoEvent): 'human' | 'other_app' {
  return isFromInbox ? 'human' : 'other_app';
}

/** A slash command of the Page's profile, and the text that follows it. */
export interface Command {
  /** Without its slash. */
  readonly name: string;
  /** `12` of `/order 12`; the whole text when the command's name does not occur in it. */
  readonly rest: string;
}

/**
 * The command that Meta recognised in a message, if any. Meta sends only the command's name, and recognises it without
 * its slash and among other words too, so the arguments are read from the text. Field `messages`.
 */
export function commandOf({ commands: [name], text = '' }: MessageEvent): Command | undefined {
  if (name === undefined) return undefined;
  const words = [...text.matchAll(/[^\s.,;:!?]+/g)];
  const find = (wanted: string) => words.find(([word]) => word.toLowerCase() === wanted.toLowerCase());
  const found = find(`/${name}`) ?? find(name);
  const rest = text.slice(found ? found.index + found[0].length : 0);
  return { name, rest: rest.replace(/^[\s,:;]+/, '').trim() };
}

/** An amount in one currency. */
export interface Money {
  /** In units of `currency`, not in cents. */
  readonly amount: number;
  /** ISO 4217: `EUR`. */
  readonly currency: string;
}

/** No currency has more than four decimal places (ISO 4217). */
const STEPS_PER_UNIT = 10_000;

/**
 * The total price of a cart's products, without shipping and tax, which Meta does not send. `undefined` unless every
 * product has a price, a quantity and the same currency. Field `send_cart`.
 */
export function orderTotal({ products }: OrderEvent): Money | undefined {
  const currency = products[0]?.currency;
  if (currency === undefined) return undefined;
  let steps = 0;
  for (const product of products) {
    const { unitPrice, quantity } = product;
    if (unitPrice === undefined || quantity === undefined || product.currency !== currency) return undefined;
    // Whole steps avoid floating-point error: three times 0.1 is 0.3.
    steps += Math.round(unitPrice * STEPS_PER_UNIT) * quantity;
  }
  return { amount: steps / STEPS_PER_UNIT, currency };
}
