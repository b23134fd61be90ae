import { checkedFields, checkedId, checkedList } from '../check/checked.ts';
import { LIMITS } from '../outbound/limits.ts';
import { templateMessage, type TemplateMessage } from './template-message.ts';

export interface ProductTemplate {
  readonly template_type: 'product';
  readonly elements: readonly { readonly id: string }[];
}

/**
 * Up to 10 products of the Page's own catalogue, side by side; picture, name and price come from there. Not on
 * Instagram. Meta, send-messages/template/product, read 2026-10-06.
 */
export function products(ids: readonly string[]): TemplateMessage<ProductTemplate> {
  return templateMessage(checkedProducts({ template_type: 'product', elements: ids.map((id) => ({ id })) }));
}

export function checkedProducts(value: unknown): ProductTemplate {
  const template = checkedFields('A product message', value, ['template_type', 'elements'], CURE);
  const elements = checkedList('The products', template['elements'], 1, LIMITS.products).map((raw) => {
    const element = checkedFields('A product', raw, ['id'], CURE);
    return { id: checkedId('The id of a product', element['id']) };
  });
  return { template_type: 'product', elements };
}

const CURE = 'Use products(…)';
