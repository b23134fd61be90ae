import { BotError } from '../../domain/bot-error.ts';
import {
  requireObject,
  requireBoolean,
  requireList,
  requireNumber,
  requireText,
  requireUrl,
  requireWholeNumber,
  readOptional,
} from '../check/require.ts';
import { LIMITS } from '../outbound/limits.ts';
import { templateMessage, type TemplateMessage } from './template-message.ts';

/** A receipt, in Meta's words. Amounts are decimal numbers in units of `currency`, at least 0. */
export interface ReceiptTemplate {
  readonly template_type: 'receipt';
  readonly recipient_name: string;
  readonly merchant_name?: string;
  /** Different for every receipt. */
  readonly order_number: string;
  /** ISO 4217: `EUR`. */
  readonly currency: string;
  /** In words that the person recognises: `Visa 2345`. */
  readonly payment_method: string;
  readonly order_url?: string;
  /** Seconds since 1970, as text. */
  readonly timestamp?: string;
  /** 1 to 100. */
  readonly elements?: readonly ReceiptItem[];
  readonly address?: ReceiptAddress;
  readonly summary: ReceiptSummary;
  readonly adjustments?: readonly { readonly name: string; readonly amount: number }[];
  readonly sharable?: boolean;
}

/** One item of a receipt. */
export interface ReceiptItem {
  readonly title: string;
  readonly subtitle?: string;
  readonly quantity?: number;
  /** In units of the currency, not in cents. */
  readonly price: number;
  readonly currency?: string;
  readonly image_url?: string;
}

/** The shipping address of a receipt. */
export interface ReceiptAddress {
  readonly street_1: string;
  readonly street_2?: string;
  readonly city: string;
  readonly postal_code: string;
  readonly state: string;
  /** Two letters: `PT`. */
  readonly country: string;
}

/** The sums of a receipt, in units of its currency. */
export interface ReceiptSummary {
  readonly subtotal?: number;
  readonly shipping_cost?: number;
  readonly total_tax?: number;
  readonly total_cost: number;
}

/**
 * The receipt of an order: up to 100 items, the shipping address, the payment method and the sums. A tap shows all of it.
 * Meta, send-messages/template/receipt, read 2026-10-06.
 *
 * @throws BotError `currency_invalid`, `number_invalid`, `wrong_number_of_items`, `text_empty`, `url_invalid` or
 *   `message_invalid`.
 * @example
 * receipt({ recipient_name: 'Ana Sousa', order_number: 'A-77', currency: 'EUR', payment_method: 'Visa 2345',
 *   elements: [{ title: 'Bell', price: 9.5 }], summary: { total_cost: 9.5 } })
 */
export function receipt(order: Omit<ReceiptTemplate, 'template_type'>): TemplateMessage<ReceiptTemplate> {
  return templateMessage(requireReceipt({ template_type: 'receipt', ...order }));
}

/** The payload of a receipt, whether built or written by hand. */
export function requireReceipt(value: unknown): ReceiptTemplate {
  const keys =
    'template_type recipient_name merchant_name order_number currency payment_method order_url timestamp elements ' +
    'address summary adjustments sharable';
  const order = requireObject('A receipt', value, keys.split(' '), RECEIPT_CURE);
  const readText = (what: string) => (given: unknown) => requireText(`${what} of a receipt`, given);
  return {
    template_type: 'receipt',
    recipient_name: readText('The recipient')(order['recipient_name']),
    ...readOptional(order, 'merchant_name', readText('The merchant')),
    order_number: readText('The order number')(order['order_number']),
    currency: requireCurrency(order['currency']),
    payment_method: readText('The payment method')(order['payment_method']),
    ...readOptional(order, 'order_url', (url) => requireUrl("A receipt's address", url)),
    ...readOptional(order, 'timestamp', requireSeconds),
    ...readOptional(order, 'elements', requireItems),
    ...readOptional(order, 'address', requireAddress),
    summary: requireSummary(order['summary']),
    ...readOptional(order, 'adjustments', requireAdjustments),
    ...readOptional(order, 'sharable', (flag) => requireBoolean('sharable', flag)),
  };
}

const RECEIPT_CURE = 'Use receipt(…)';

function requireItems(value: unknown): readonly ReceiptItem[] {
  const keys = ['title', 'subtitle', 'quantity', 'price', 'currency', 'image_url'];
  return requireList('The items of a receipt', value, 1, LIMITS.receiptItems).map((raw) => {
    const item = requireObject('An item of a receipt', raw, keys, RECEIPT_CURE);
    return {
      title: requireText('The title of an item', item['title']),
      ...readOptional(item, 'subtitle', (text) => requireText('The subtitle of an item', text)),
      ...readOptional(item, 'quantity', (number) => requireWholeNumber('The quantity of an item', number, 1, Infinity)),
      price: requireNumber('The price of an item', item['price'], 0, Infinity),
      ...readOptional(item, 'currency', requireCurrency),
      ...readOptional(item, 'image_url', (url) => requireUrl("An item's picture", url)),
    };
  });
}

function requireAddress(value: unknown): ReceiptAddress {
  const keys = ['street_1', 'street_2', 'city', 'postal_code', 'state', 'country'];
  const address = requireObject('The address of a receipt', value, keys, RECEIPT_CURE);
  const readPart = (key: string) => requireText(`The ${key} of an address`, address[key]);
  return {
    street_1: readPart('street_1'),
    ...readOptional(address, 'street_2', (text) => requireText('The street_2 of an address', text)),
    city: readPart('city'),
    postal_code: readPart('postal_code'),
    state: readPart('state'),
    country: readPart('country'),
  };
}

function requireSummary(value: unknown): ReceiptSummary {
  const keys = ['subtotal', 'shipping_cost', 'total_tax', 'total_cost'];
  const summary = requireObject('The summary of a receipt', value, keys, RECEIPT_CURE);
  const readAmount = (what: string) => (given: unknown) => requireNumber(`${what} of a receipt`, given, 0, Infinity);
  return {
    ...readOptional(summary, 'subtotal', readAmount('The subtotal')),
    ...readOptional(summary, 'shipping_cost', readAmount('The shipping cost')),
    ...readOptional(summary, 'total_tax', readAmount('The tax')),
    total_cost: readAmount('The total cost')(summary['total_cost']),
  };
}

function requireAdjustments(value: unknown): readonly { readonly name: string; readonly amount: number }[] {
  return requireList('The adjustments of a receipt', value, 1, Infinity).map((raw) => {
    const adjustment = requireObject('An adjustment', raw, ['name', 'amount'], RECEIPT_CURE);
    return {
      name: requireText('The name of an adjustment', adjustment['name']),
      amount: requireNumber('The amount of an adjustment', adjustment['amount'], 0, Infinity),
    };
  });
}

function requireCurrency(value: unknown): string {
  if (typeof value === 'string' && /^[A-Z]{3}$/.test(value)) return value;
  const found = typeof value === 'string' ? `"${value.slice(0, 20)}"` : `a ${typeof value}`;
  throw new BotError('currency_invalid', `The currency of a receipt is ${found}. Use three letters, such as EUR.`);
}

function requireSeconds(value: unknown): string {
  if (typeof value === 'string' && /^\d{1,10}$/.test(value)) return value;
  throw new BotError(
    'number_invalid',
    `The time of a receipt is a ${typeof value}, and Meta takes seconds since 1970 as text. Write "1791200000".`,
  );
}
