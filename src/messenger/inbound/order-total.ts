import type { OrderEvent } from './inbound-event.ts';

export interface Money {
  /** In units of `currency`, not in cents. */
  readonly amount: number;
  readonly currency: string;
}

/** No currency has more than four decimal places (ISO 4217). */
const STEPS = 10_000;

/**
 * What the products of a cart cost together, without shipping and tax, of which Meta says nothing. `undefined` unless
 * every product has a price, a quantity and the same currency. Field `send_cart`.
 */
export function orderTotal({ products }: OrderEvent): Money | undefined {
  const currency = products[0]?.currency;
  if (currency === undefined) return undefined;
  let steps = 0;
  for (const product of products) {
    const { unitPrice, quantity } = product;
    if (unitPrice === undefined || quantity === undefined || product.currency !== currency) return undefined;
    // In whole steps: three times 0.1 is 0.3.
    steps += Math.round(unitPrice * STEPS) * quantity;
  }
  return { amount: steps / STEPS, currency };
}
