import { BotError } from '../../domain/bot-error.ts';
import {
  checkedFields,
  checkedFlag,
  checkedList,
  checkedNumber,
  checkedText,
  checkedUrl,
  checkedWholeNumber,
  optional,
} from '../check/checked.ts';
import { LIMITS } from '../outbound/limits.ts';
import { templateMessage, type TemplateMessage } from './template-message.ts';

/** Names as Meta has them; amounts are decimal numbers in `currency`. */
export interface ReceiptTemplate {
  readonly template_type: 'receipt';
  readonly recipient_name: string;
  readonly merchant_name?: string;
  /** Another one for every receipt. */
  readonly order_number: string;
  /** `EUR` */
  readonly currency: string;
  /** What the person will recognise: `Visa 2345`. */
  readonly payment_method: string;
  readonly order_url?: string;
  /** Seconds since 1970, as text. */
  readonly timestamp?: string;
  readonly elements?: readonly ReceiptItem[];
  readonly address?: ReceiptAddress;
  readonly summary: ReceiptSummary;
  readonly adjustments?: readonly { readonly name: string; readonly amount: number }[];
  readonly sharable?: boolean;
}

export interface ReceiptItem {
  readonly title: string;
  readonly subtitle?: string;
  readonly quantity?: number;
  readonly price: number;
  readonly currency?: string;
  readonly image_url?: string;
}

export interface ReceiptAddress {
  readonly street_1: string;
  readonly street_2?: string;
  readonly city: string;
  readonly postal_code: string;
  readonly state: string;
  /** `PT` */
  readonly country: string;
}

export interface ReceiptSummary {
  readonly subtotal?: number;
  readonly shipping_cost?: number;
  readonly total_tax?: number;
  readonly total_cost: number;
}

/**
 * A confirmed order: up to 100 items, where they go, how it was paid, and the sum. A tap shows all of it. Every receipt
 * has an order number of its own. Meta, send-messages/template/receipt, read 2026-10-06.
 *
 * @example
 * receipt({ recipient_name: 'Ana Sousa', order_number: 'A-77', currency: 'EUR', payment_method: 'Visa 2345',
 *   elements: [{ title: 'Bell', price: 9.5 }], summary: { total_cost: 9.5 } })
 */
export function receipt(order: Omit<ReceiptTemplate, 'template_type'>): TemplateMessage<ReceiptTemplate> {
  return templateMessage(checkedReceipt({ template_type: 'receipt', ...order }));
}

export function checkedReceipt(value: unknown): ReceiptTemplate {
  const keys =
    'template_type recipient_name merchant_name order_number currency payment_method order_url timestamp elements ' +
    'address summary adjustments sharable';
  const order = checkedFields('A receipt', value, keys.split(' '), CURE);
  const text = (what: string) => (given: unknown) => checkedText(`${what} of a receipt`, given);
  return {
    template_type: 'receipt',
    recipient_name: text('The recipient')(order['recipient_name']),
    ...optional(order, 'merchant_name', text('The merchant')),
    order_number: text('The order number')(order['order_number']),
    currency: checkedCurrency(order['currency']),
    payment_method: text('The payment method')(order['payment_method']),
    ...optional(order, 'order_url', (url) => checkedUrl("A receipt's address", url)),
    ...optional(order, 'timestamp', checkedSeconds),
    ...optional(order, 'elements', checkedItems),
    ...optional(order, 'address', checkedAddress),
    summary: checkedSummary(order['summary']),
    ...optional(order, 'adjustments', checkedAdjustments),
    ...optional(order, 'sharable', (flag) => checkedFlag('sharable', flag)),
  };
}

const CURE = 'Use receipt(…)';

function checkedItems(value: unknown): readonly ReceiptItem[] {
  const keys = ['title', 'subtitle', 'quantity', 'price', 'currency', 'image_url'];
  return checkedList('The items of a receipt', value, 1, LIMITS.receiptItems).map((raw) => {
    const item = checkedFields('An item of a receipt', raw, keys, CURE);
    return {
      title: checkedText('The title of an item', item['title']),
      ...optional(item, 'subtitle', (text) => checkedText('The subtitle of an item', text)),
      ...optional(item, 'quantity', (number) => checkedWholeNumber('The quantity of an item', number, 1, Infinity)),
      price: checkedNumber('The price of an item', item['price'], 0, Infinity),
      ...optional(item, 'currency', checkedCurrency),
      ...optional(item, 'image_url', (url) => checkedUrl("An item's picture", url)),
    };
  });
}

function checkedAddress(value: unknown): ReceiptAddress {
  const keys = ['street_1', 'street_2', 'city', 'postal_code', 'state', 'country'];
  const address = checkedFields('The address of a receipt', value, keys, CURE);
  const part = (key: string) => checkedText(`The ${key} of an address`, address[key]);
  return {
    street_1: part('street_1'),
    ...optional(address, 'street_2', (text) => checkedText('The street_2 of an address', text)),
    city: part('city'),
    postal_code: part('postal_code'),
    state: part('state'),
    country: part('country'),
  };
}

function checkedSummary(value: unknown): ReceiptSummary {
  const keys = ['subtotal', 'shipping_cost', 'total_tax', 'total_cost'];
  const summary = checkedFields('The summary of a receipt', value, keys, CURE);
  const amount = (what: string) => (given: unknown) => checkedNumber(`${what} of a receipt`, given, 0, Infinity);
  return {
    ...optional(summary, 'subtotal', amount('The subtotal')),
    ...optional(summary, 'shipping_cost', amount('The shipping cost')),
    ...optional(summary, 'total_tax', amount('The tax')),
    total_cost: amount('The total cost')(summary['total_cost']),
  };
}

function checkedAdjustments(value: unknown): readonly { readonly name: string; readonly amount: number }[] {
  return checkedList('The adjustments of a receipt', value, 1, Infinity).map((raw) => {
    const adjustment = checkedFields('An adjustment', raw, ['name', 'amount'], CURE);
    return {
      name: checkedText('The name of an adjustment', adjustment['name']),
      amount: checkedNumber('The amount of an adjustment', adjustment['amount'], 0, Infinity),
    };
  });
}

function checkedCurrency(value: unknown): string {
  if (typeof value === 'string' && /^[A-Z]{3}$/.test(value)) return value;
  const found = typeof value === 'string' ? `"${value.slice(0, 20)}"` : `a ${typeof value}`;
  throw new BotError('currency_invalid', `The currency of a receipt is ${found}. Use three letters, such as EUR.`);
}

function checkedSeconds(value: unknown): string {
  if (typeof value === 'string' && /^\d{1,10}$/.test(value)) return value;
  throw new BotError(
    'number_invalid',
    `The time of a receipt is a ${typeof value}, and Meta takes seconds since 1970 as text. Write "1791200000".`,
  );
}
