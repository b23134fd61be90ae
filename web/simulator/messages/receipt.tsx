import { NEW_TAB, safeUrl } from '../../shared/links.ts';
import type { FigureOf } from '../views.ts';
import { Media } from './media.tsx';

/**
 * A receipt template as the Send API takes it.
 * https://developers.facebook.com/docs/messenger-platform/send-messages/template/receipt
 */
interface Order {
  readonly order_number: string;
  readonly merchant_name?: string;
  readonly recipient_name: string;
  readonly currency: string;
  readonly payment_method: string;
  readonly order_url?: string;
  readonly elements?: readonly OrderItem[];
  readonly address?: OrderAddress;
  readonly adjustments?: readonly { readonly name: string; readonly amount: number }[];
  readonly summary?: Readonly<Partial<Record<'subtotal' | 'shipping_cost' | 'total_tax' | 'total_cost', number>>>;
}

interface OrderItem {
  readonly title: string;
  readonly subtitle?: string;
  readonly quantity?: number;
  readonly price: number;
  readonly currency?: string;
  readonly image_url?: string;
}

type OrderAddress = Readonly<
  Partial<Record<'street_1' | 'street_2' | 'postal_code' | 'city' | 'state' | 'country', string>>
>;

/** An order confirmation. */
export function Receipt({ order: sent }: Pick<FigureOf<'receipt'>, 'order'>) {
  // The simulator checked the fields when it accepted the send.
  const order = sent as unknown as Order;
  const { elements = [], summary = {}, address, adjustments = [], currency } = order;
  return (
    <div class="card receipt">
      <p class="head">
        Order confirmation
        <small>{`${order.merchant_name ?? ''} № ${order.order_number}`.trim()}</small>
      </p>
      {elements.map((item, index) => (
        <Item key={index} item={item} currency={currency} />
      ))}
      <p class="part">
        <small>Paid with</small>
        {order.payment_method}
      </p>
      {address && (
        <p class="part">
          <small>Ship to</small>
          {order.recipient_name}, {formatAddress(address)}
        </p>
      )}
      <div class="sums">
        <Sum name="Subtotal" amount={summary.subtotal} currency={currency} />
        <Sum name="Shipping" amount={summary.shipping_cost} currency={currency} />
        <Sum name="Tax" amount={summary.total_tax} currency={currency} />
        {adjustments.map(({ name, amount }, index) => (
          <Sum key={index} name={name} amount={-amount} currency={currency} />
        ))}
        <Sum name="Total" amount={summary.total_cost} currency={currency} isTotal />
      </div>
      {order.order_url && (
        <a class="act" href={safeUrl(order.order_url)} {...NEW_TAB}>
          See the order
        </a>
      )}
    </div>
  );
}

function Item({ item, currency }: { readonly item: OrderItem; readonly currency: string }) {
  const { title, subtitle, quantity = 1 } = item;
  return (
    <div class="item">
      {item.image_url && <Media type="image" url={item.image_url} name={title} />}
      <p>
        <b>{title}</b>
        <small>{[subtitle, quantity > 1 && `Qty. ${quantity}`].filter(Boolean).join(' · ')}</small>
      </p>
      <span>{formatMoney(item.price, item.currency ?? currency)}</span>
    </div>
  );
}

interface SumProps {
  readonly name: string;
  readonly amount: number | undefined;
  readonly currency: string;
  readonly isTotal?: boolean;
}

function Sum({ name, amount, currency, isTotal = false }: SumProps) {
  if (amount === undefined) return null;
  const Line = isTotal ? 'strong' : 'p';
  return (
    <Line>
      <span>{name}</span>
      <span>{formatMoney(amount, currency)}</span>
    </Line>
  );
}

function formatAddress({ street_1, street_2, postal_code, city, state, country }: OrderAddress): string {
  const place = [postal_code, city, state !== city && state].filter(Boolean).join(' ');
  return [street_1, street_2, place, country].filter(Boolean).join(', ');
}

function formatMoney(amount: number, currency: string): string {
  try {
    return new Intl.NumberFormat('en', { style: 'currency', currency }).format(amount);
  } catch {
    // No currency code that the browser knows.
    return `${amount} ${currency}`;
  }
}
