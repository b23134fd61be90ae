/** A message of the maximum size for every limit of Meta's table that is about messages. */

import { fixtureTable } from '../support/fixtures.ts';

interface Row {
  readonly what: string;
  readonly messenger: number | null;
}

/** `max`: one more is rejected. `min`: one less is. `exact`: both are. */
export interface MessageLimit {
  readonly row: string;
  readonly kind: 'max' | 'min' | 'exact';
  /** The code of the builder's error. */
  readonly code: string;
  readonly of: (size: number) => object;
}

const rows = fixtureTable<Row>('send-limits.json');

/** Meta's number; the test fails when the table has no such row. */
export function limitOf(what: string): number {
  const limit = rows.find((row) => row.what === what)?.messenger;
  if (limit == null) throw new Error(`send-limits.json has no number for ${what}.`);
  return limit;
}

/** The names of all rows of the table. */
export function allRows(): string[] {
  return rows.map(({ what }) => what);
}

const words = (length: number) => 'x'.repeat(length);
const times = <Part>(count: number, part: (index: number) => Part) =>
  Array.from({ length: count }, (_, index) => part(index));

export const postback = { type: 'postback', title: 'Yes', payload: 'YES' };
const buttons = (count: number) => times(count, () => postback);
const picture = (index: number) => ({ url: `https://shop.example/${index}.png` });
const privacy = { url: 'https://shop.example/privacy' };

export function template(template_type: string, payload: object): object {
  return { attachment: { type: 'template', payload: { template_type, ...payload } } };
}
export function aCard(parts: object): object {
  return template('generic', { elements: [{ title: 'City bike', subtitle: 'Three gears', ...parts }] });
}
export function aGrid(parts: object): object {
  return template('image_grid', { elements: [{ images: times(2, picture), ...parts }] });
}
export function aMediaCard(parts: object): object {
  const element = { media_type: 'image', url: 'https://www.facebook.com/photo.php?fbid=1', ...parts };
  return template('media', { elements: [element] });
}
export function aReceipt(parts: object): object {
  const order = { recipient_name: 'Ana', order_number: 'A-77', currency: 'EUR', payment_method: 'Visa 2345' };
  return template('receipt', { ...order, summary: { total_cost: 9.5 }, ...parts });
}
export function aCoupon(parts: object): object {
  return template('coupon', { title: '10% off', coupon_code: 'TEN', ...parts });
}
export function aSurvey(parts: object): object {
  const question = { id: 'q1', type: 'csat' };
  const texts = { title: 'Rate us', subtitle: 'One question', button_title: 'Rate' };
  const screens = { feedback_screens: [{ questions: [question] }], business_privacy: privacy };
  return template('customer_feedback', { ...texts, ...screens, ...parts });
}
export function anAddressForm(parts: object): object {
  return template('customer_information', { business_privacy: privacy, ...parts });
}
const screens = (count: number) => times(count, () => ({ questions: [{ id: 'q1', type: 'csat' }] }));
const questions = (count: number) => [{ questions: times(count, (index) => ({ id: `q${index}`, type: 'nps' })) }];
const buttonMessage = (parts: object) => template('button', { text: 'Shall we?', buttons: [postback], ...parts });
const suggestion = (parts: object) => ({
  text: 'Which?',
  quick_replies: [{ content_type: 'text', title: 'A', payload: 'A', ...parts }],
});

export const MESSAGE_LIMITS: readonly MessageLimit[] = [
  max('quick_replies.count', 'too_many_quick_replies', (count) => ({
    text: 'Which?',
    quick_replies: times(count, () => ({ content_type: 'text', title: 'A', payload: 'A' })),
  })),
  max('quick_reply.title.length', 'text_too_long', (length) => suggestion({ title: words(length) })),
  max('quick_reply.payload.length', 'text_too_long', (length) => suggestion({ payload: words(length) })),

  max('template.generic.elements.max', 'wrong_number_of_items', (count) =>
    template('generic', { elements: times(count, () => ({ title: 'City bike', subtitle: 'Three gears' })) }),
  ),
  max('template.generic.title.length', 'text_too_long', (length) => aCard({ title: words(length) })),
  max('template.generic.subtitle.length', 'text_too_long', (length) => aCard({ subtitle: words(length) })),
  max('template.generic.buttons.max', 'wrong_number_of_buttons', (count) => aCard({ buttons: buttons(count) })),

  max('template.button.text.length', 'text_too_long', (length) => buttonMessage({ text: words(length) })),
  min('template.button.buttons.min', 'wrong_number_of_buttons', (count) => buttonMessage({ buttons: buttons(count) })),
  max('template.button.buttons.max', 'wrong_number_of_buttons', (count) => buttonMessage({ buttons: buttons(count) })),

  exact('template.media.elements.exact', 'wrong_number_of_items', (count) =>
    template('media', {
      elements: times(count, () => ({ media_type: 'image', url: 'https://www.facebook.com/photo.php?fbid=1' })),
    }),
  ),
  max('template.media.buttons.max', 'wrong_number_of_buttons', (count) => aMediaCard({ buttons: buttons(count) })),

  max('template.receipt.elements.max', 'wrong_number_of_items', (count) =>
    aReceipt({ elements: times(count, () => ({ title: 'Bell', price: 9.5 })) }),
  ),

  max('template.coupon.title.length', 'text_too_long', (length) => aCoupon({ title: words(length) })),
  max('template.coupon.subtitle.length', 'text_too_long', (length) => aCoupon({ subtitle: words(length) })),

  max('template.customer_feedback.title.length', 'text_too_long', (length) => aSurvey({ title: words(length) })),
  max('template.customer_feedback.subtitle.length', 'text_too_long', (length) => aSurvey({ subtitle: words(length) })),
  max('template.customer_feedback.button.length', 'text_too_long', (length) =>
    aSurvey({ button_title: words(length) }),
  ),
  exact('template.customer_feedback.screens.exact', 'wrong_number_of_items', (count) =>
    aSurvey({ feedback_screens: screens(count) }),
  ),
  exact('template.customer_feedback.questions.exact', 'wrong_number_of_items', (count) =>
    aSurvey({ feedback_screens: questions(count) }),
  ),
  min('template.customer_feedback.expires.min', 'number_invalid', (days) => aSurvey({ expires_in_days: days })),
  max('template.customer_feedback.expires.max', 'number_invalid', (days) => aSurvey({ expires_in_days: days })),

  max('template.product.elements.max', 'wrong_number_of_items', (count) =>
    template('product', { elements: times(count, (index) => ({ id: `99001${index}` })) }),
  ),

  exact('template.image_grid.elements.exact', 'wrong_number_of_items', (count) =>
    template('image_grid', { elements: times(count, () => ({ images: times(2, picture) })) }),
  ),
  min('template.image_grid.images.min', 'wrong_number_of_items', (count) => aGrid({ images: times(count, picture) })),
  max('template.image_grid.images.max', 'wrong_number_of_items', (count) => aGrid({ images: times(count, picture) })),
  max('template.image_grid.hero_images.max', 'too_many_hero_images', (count) =>
    aGrid({ images: times(3, (index) => ({ ...picture(index), is_hero_image: index < count })) }),
  ),
  max('template.image_grid.title.length', 'text_too_long', (length) => aGrid({ title: words(length) })),
  max('template.image_grid.subtitle.length', 'text_too_long', (length) => aGrid({ subtitle: words(length) })),
  max('template.image_grid.buttons.max', 'wrong_number_of_buttons', (count) => aGrid({ buttons: buttons(count) })),

  min('template.customer_information.expires.min', 'number_invalid', (days) =>
    anAddressForm({ expires_in_days: days }),
  ),
  max('template.customer_information.expires.max', 'number_invalid', (days) =>
    anAddressForm({ expires_in_days: days }),
  ),

  max('button.web_url.title.length', 'text_too_long', (length) =>
    buttonMessage({ buttons: [{ type: 'web_url', title: words(length), url: 'https://shop.example/' }] }),
  ),
  max('button.postback.title.length', 'text_too_long', (length) =>
    buttonMessage({ buttons: [{ ...postback, title: words(length) }] }),
  ),
  max('button.postback.payload.length', 'text_too_long', (length) =>
    buttonMessage({ buttons: [{ ...postback, payload: words(length) }] }),
  ),
];

/** The same for the profile of a Page. */
export const PROFILE_LIMITS: readonly MessageLimit[] = [
  max('profile.greeting.text.length', 'text_too_long', (length) => ({
    greeting: [{ locale: 'default', text: words(length) }],
  })),
  max('profile.ice_breakers.count', 'wrong_number_of_items', (count) => ({
    ice_breakers: [
      { locale: 'default', call_to_actions: times(count, () => ({ question: 'Open?', payload: 'HOURS' })) },
    ],
  })),
  max('profile.persistent_menu.items.max', 'wrong_number_of_items', (count) => menu(times(count, () => postback))),
  max('profile.persistent_menu.title.length', 'text_too_long', (length) =>
    menu([{ ...postback, title: words(length) }]),
  ),
  max('profile.persistent_menu.payload.length', 'text_too_long', (length) =>
    menu([{ ...postback, payload: words(length) }]),
  ),
  min('profile.commands.count.min', 'wrong_number_of_items', (count) => commands(count, {})),
  max('profile.commands.count.max', 'wrong_number_of_items', (count) => commands(count, {})),
  min('profile.command.name.min', 'text_empty', (length) => commands(1, { name: words(length) })),
  max('profile.command.name.max', 'text_too_long', (length) => commands(1, { name: words(length) })),
  min('profile.command.description.min', 'text_empty', (length) => commands(1, { description: words(length) })),
  max('profile.command.description.max', 'text_too_long', (length) => commands(1, { description: words(length) })),
];

function menu(items: readonly object[]): object {
  return { persistent_menu: [{ locale: 'default', call_to_actions: items }] };
}

function commands(count: number, parts: object): object {
  const list = times(count, () => ({ name: 'hours', description: 'When we are open', ...parts }));
  return { commands: [{ locale: 'default', commands: list }] };
}

function max(row: string, code: string, of: MessageLimit['of']): MessageLimit {
  return { row, kind: 'max', code, of };
}
function min(row: string, code: string, of: MessageLimit['of']): MessageLimit {
  return { row, kind: 'min', code, of };
}
function exact(row: string, code: string, of: MessageLimit['of']): MessageLimit {
  return { row, kind: 'exact', code, of };
}

/** The sizes just beyond the limit. */
export function sizesBeyond({ row, kind }: MessageLimit): number[] {
  const limit = limitOf(row);
  return [...(kind === 'max' ? [] : [limit - 1]), ...(kind === 'min' ? [] : [limit + 1])];
}
