import { requireObject, requireId, requireList } from '../check/require.ts';
import { LIMITS } from '../outbound/limits.ts';
import { templateMessage, type TemplateMessage } from './template-message.ts';

/** Products of the catalogue, in Meta's words. */
export interface ProductTemplate {
  readonly template_type: 'product';
  readonly elements: readonly { readonly id: string }[];
}

/**
 * One to 10 products of the Page's catalogue side by side, by their ids; picture, name and price come from the catalogue.
 * Not on Instagram. Meta, send-messages/template/product, read 2026-10-06.
 *
 * @throws BotError `wrong_number_of_items`, `id_invalid` or `message_invalid`.
 */
export function products(ids: readonly string[]): TemplateMessage<ProductTemplate> {
  return templateMessage(requireProducts({ template_type: 'product', elements: ids.map((id) => ({ id })) }));
}

/** The payload of a product message, whether built or written by hand. */
export function requireProducts(value: unknown): ProductTemplate {
  const template = requireObject('A product message', value, ['template_type', 'elements'], PRODUCTS_CURE);
  const elements = requireList('The products', template['elements'], 1, LIMITS.products).map((raw) => {
    const element = requireObject('A product', raw, ['id'], PRODUCTS_CURE);
    return { id: requireId('The id of a product', element['id']) };
  });
  return { template_type: 'product', elements };
}

const PRODUCTS_CURE = 'Use products(…)';
