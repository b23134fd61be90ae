import { isObject, type JsonObject } from '../../messenger/check/json.ts';
import { hasText, idText, valuesAtPath } from '../json.ts';
import { BUTTON_PARTS, TEMPLATE_LIMITS } from './limits.ts';
import { firstProblem, kindProblem, missingParameter, choiceProblem, partProblem } from './part-rules.ts';
import { badParameter, toRefusal, type Refusal } from './refusals.ts';

const TEMPLATE_PAYLOAD = 'message.attachment.payload';

/** Checks a template. The body has an attachment of type `template`. */
export function templateProblem(body: JsonObject): Refusal | undefined {
  const type = valuesAtPath(body, `${TEMPLATE_PAYLOAD}.template_type`)[0]?.value;
  const limits = typeof type === 'string' && Object.hasOwn(TEMPLATE_LIMITS, type) ? TEMPLATE_LIMITS[type] : undefined;
  if (!limits || typeof type !== 'string') {
    return choiceProblem('message[attachment][payload][template_type]', type, Object.keys(TEMPLATE_LIMITS));
  }
  return (
    buttonProblem(body, type) ??
    partProblem(body, TEMPLATE_PAYLOAD, limits) ??
    firstProblem(valuesAtPath(body, TEMPLATE_PAYLOAD), ({ value }) => OTHER_RULES[type]?.(isObject(value) ? value : {}))
  );
}

function buttonProblem(body: JsonObject, type: string): Refusal | undefined {
  const { postback, web_url } = BUTTON_PARTS;
  const kinds = type === 'image_grid' && postback && web_url ? { postback, web_url } : BUTTON_PARTS;
  return (
    kindProblem(body, `${TEMPLATE_PAYLOAD}.buttons.[]`, 'type', kinds) ??
    kindProblem(body, `${TEMPLATE_PAYLOAD}.elements.[].buttons.[]`, 'type', kinds)
  );
}

/** Rules of single templates that a table of limits cannot state. */
const OTHER_RULES: Readonly<Record<string, (payload: JsonObject) => Refusal | undefined>> = {
  generic: (payload) => firstProblem(objectsAtPath(payload, 'elements.[]'), cardProblem),
  media: (payload) => firstProblem(objectsAtPath(payload, 'elements.[]'), mediaElementProblem),
  coupon: couponProblem,
  customer_feedback: (payload) =>
    firstProblem(objectsAtPath(payload, 'feedback_screens.[].questions.[]'), ({ type }) =>
      choiceProblem('question[type]', type, ['csat', 'nps', 'ces', 'free_form']),
    ),
  image_grid: gridProblem,
  product: (payload) =>
    firstProblem(objectsAtPath(payload, 'elements.[]'), ({ id }) =>
      /^\d+$/.test(idText(id)) ? undefined : toRefusal('productUnknown'),
    ),
};

function cardProblem({ title: _, ...rest }: JsonObject): Refusal | undefined {
  if (Object.keys(rest).length > 0) return undefined;
  return badParameter(
    'Generic template element must have at least one of subtitle, image_url, default_action or buttons',
    'A card needs something besides its title.',
  );
}

function mediaElementProblem({ media_type: type, url, attachment_id: id }: JsonObject): Refusal | undefined {
  const problem = choiceProblem('message[attachment][payload][elements][0][media_type]', type, ['image', 'video']);
  if (problem || hasText(id)) return problem;
  if (!hasText(url)) return missingParameter('message[attachment][payload][elements][0][attachment_id]');
  if (/^https:\/\/([\w-]+\.)?facebook\.com\//i.test(url)) return undefined;
  return badParameter('url must be a Facebook URL', 'A media template shows a file on Facebook or an uploaded one.');
}

function couponProblem({ coupon_code: code, coupon_url: url }: JsonObject): Refusal | undefined {
  if (!hasText(code) && !hasText(url)) return missingParameter('message[attachment][payload][coupon_code]');
  if (!hasText(code) || !/\s/.test(code)) return undefined;
  return badParameter('coupon_code must not contain spaces', 'A coupon code is one word.');
}

function gridProblem(payload: JsonObject): Refusal | undefined {
  const images = objectsAtPath(payload, 'elements.[].images.[]');
  if (images.filter((image) => image['is_hero_image'] === true).length > 1) {
    return badParameter('Only one image can have is_hero_image', 'More than one image of the grid is the large one.');
  }
  return firstProblem(objectsAtPath(payload, 'elements.[].images.[].action'), ({ type, url, payload: answer }) => {
    const problem = choiceProblem('action[type]', type, ['web_url', 'postback']);
    if (problem) return problem;
    const isComplete = type === 'web_url' ? hasText(url) && answer === undefined : hasText(answer) && url === undefined;
    return isComplete
      ? undefined
      : badParameter(`Invalid action of type ${idText(type)}`, 'It has a url or a payload.');
  });
}

function objectsAtPath(payload: JsonObject, path: string): JsonObject[] {
  return valuesAtPath(payload, path).flatMap(({ value }) => (isObject(value) ? [value] : []));
}
