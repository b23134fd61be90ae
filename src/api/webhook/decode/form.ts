import { isObject, compact, recordOf, valueAt, type JsonObject } from '../../../messenger/check/json.ts';
import { asText } from '../../../messenger/check/meta-values.ts';
import type { EventFields, ItemKind } from '../../../messenger/inbound/event-fields.ts';
import type { FeedbackEvent, OrderedProduct } from '../../../messenger/inbound/inbound-event.ts';
import { idAt, mapObjects, optionalId, optionalObject, optionalText, textAt } from './fields.ts';

/** Answers, orders and other forms. */
export const FORM_KINDS: readonly ItemKind[] = [
  { key: 'messaging_feedback', names: 'person', read: readFeedback },
  { key: 'order', names: 'person', read: readOrder },
  { key: 'messaging_customer_information', names: 'person', read: readCustomerInformation },
  { key: 'form', names: 'person', read: readLeadForm },
  { key: 'template', names: 'person', read: readTemplate },
  { key: 'game_play', names: 'person', read: readGamePlay },
];

type FeedbackAnswer = FeedbackEvent['answers'][string];

/** `messaging_feedback`: the answers of all screens together. */
function readFeedback(feedback: JsonObject): EventFields<'feedback'> {
  const screens = mapObjects(feedback, 'feedback_screens', (screen) =>
    Object.entries(optionalObject(screen, 'questions') ?? {}).flatMap(([question, answer]) =>
      readFeedbackAnswer(question, answer),
    ),
  );
  return { kind: 'feedback', answers: recordOf(screens.flat()) };
}

function readFeedbackAnswer(question: string, answer: unknown): [string, FeedbackAnswer][] {
  if (!isObject(answer)) return [];
  const followUp = optionalObject(answer, 'follow_up');
  return [
    [
      question,
      compact<FeedbackAnswer>({
        payload: textAt(answer, 'payload'),
        followUp: followUp && optionalText(followUp, 'payload'),
      }),
    ],
  ];
}

/** `order`: a cart that the person sent. */
function readOrder(order: JsonObject): EventFields<'order'> {
  return compact<EventFields<'order'>>({
    kind: 'order',
    products: mapObjects(order, 'products', readProduct),
    note: optionalText(order, 'note'),
  });
}

function readProduct(product: JsonObject): OrderedProduct {
  return compact<OrderedProduct>({
    id: idAt(product, 'id'),
    retailerId: optionalId(product, 'retailer_id'),
    name: optionalText(product, 'name'),
    unitPrice: asNumber(valueAt(product, 'unit_price')),
    currency: optionalText(product, 'currency'),
    quantity: asNumber(valueAt(product, 'quantity')),
  });
}

function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** `messaging_customer_information`: the answers of all screens together. */
function readCustomerInformation(information: JsonObject): EventFields<'customer_information'> {
  const answers = mapObjects(information, 'screens', (screen) =>
    mapObjects(screen, 'responses', (response) => [textAt(response, 'key'), textAt(response, 'value')] as const),
  );
  return { kind: 'customer_information', answers: recordOf(answers.flat()) };
}

/** `form`: an instant form. Its answers are fetched with this id. */
function readLeadForm(form: JsonObject): EventFields<'lead_form'> {
  return { kind: 'lead_form', formId: idAt(form, 'id') };
}

/** `template`: the only documented one is the coupon. */
function readTemplate(template: JsonObject): EventFields<'coupon'> | EventFields<'unknown'> {
  if (valueAt(template, 'type') !== 'coupon') return { kind: 'unknown', keys: ['template'] };
  return compact<EventFields<'coupon'>>({
    kind: 'coupon',
    payload: optionalText(template, 'payload'),
    code: optionalText(template, 'coupon_code'),
  });
}

/** `game_play`. Meta's body is not verified, so no field is required. */
function readGamePlay(play: JsonObject): EventFields<'game_play'> {
  return compact<EventFields<'game_play'>>({
    kind: 'game_play',
    gameId: optionalId(play, 'game_id'),
    payload: asText(valueAt(play, 'payload')),
  });
}
