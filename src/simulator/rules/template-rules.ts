import { hasText, idText, isRecord, valuesAt, type JsonRecord } from '../json.ts';
import { BUTTON_PARTS, TEMPLATES } from './limits.ts';
import { first, kindProblem, missing, oneOf, partProblem } from './part-rules.ts';
import { badParameter, refusal, type Refusal } from './refusals.ts';

const PAYLOAD = 'message.attachment.payload';

/** What is wrong with a template, whoever it is for. The body has an attachment of type `template`. */
export function templateProblem(body: JsonRecord): Refusal | undefined {
  const type = valuesAt(body, `${PAYLOAD}.template_type`)[0]?.value;
  const limits = typeof type === 'string' && Object.hasOwn(TEMPLATES, type) ? TEMPLATES[type] : undefined;
  if (!limits || typeof type !== 'string') {
    return oneOf('message[attachment][payload][template_type]', type, Object.keys(TEMPLATES));
  }
  return (
    buttonProblem(body, type) ??
    partProblem(body, PAYLOAD, limits) ??
    first(valuesAt(body, PAYLOAD), ({ value }) => OTHER_RULES[type]?.(isRecord(value) ? value : {}))
  );
}

function buttonProblem(body: JsonRecord, type: string): Refusal | undefined {
  const { postback, web_url } = BUTTON_PARTS;
  const kinds = type === 'image_grid' && postback && web_url ? { postback, web_url } : BUTTON_PARTS;
  return (
    kindProblem(body, `${PAYLOAD}.buttons.[]`, 'type', kinds) ??
    kindProblem(body, `${PAYLOAD}.elements.[].buttons.[]`, 'type', kinds)
  );
}

/** What a table cannot say, for one template each. */
const OTHER_RULES: Readonly<Record<string, (payload: JsonRecord) => Refusal | undefined>> = {
  generic: (payload) => first(records(payload, 'elements.[]'), cardProblem),
  media: (payload) => first(records(payload, 'elements.[]'), mediaProblem),
  coupon: couponProblem,
  customer_feedback: (payload) =>
    first(records(payload, 'feedback_screens.[].questions.[]'), ({ type }) =>
      oneOf('question[type]', type, ['csat', 'nps', 'ces', 'free_form']),
    ),
  image_grid: gridProblem,
  product: (payload) =>
    first(records(payload, 'elements.[]'), ({ id }) =>
      /^\d+$/.test(idText(id)) ? undefined : refusal('productUnknown'),
    ),
};

function cardProblem({ title: _, ...rest }: JsonRecord): Refusal | undefined {
  if (Object.keys(rest).length > 0) return undefined;
  return badParameter(
    'Generic template element must have at least one of subtitle, image_url, default_action or buttons',
    'A card needs something beside its title.',
  );
}

function mediaProblem({ media_type: type, url, attachment_id: id }: JsonRecord): Refusal | undefined {
  const problem = oneOf('message[attachment][payload][elements][0][media_type]', type, ['image', 'video']);
  if (problem || hasText(id)) return problem;
  if (!hasText(url)) return missing('message[attachment][payload][elements][0][attachment_id]');
  if (/^https:\/\/([\w-]+\.)?facebook\.com\//i.test(url)) return undefined;
  return badParameter('url must be a Facebook URL', 'A media template shows what is on Facebook or was uploaded.');
}

function couponProblem({ coupon_code: code, coupon_url: url }: JsonRecord): Refusal | undefined {
  if (!hasText(code) && !hasText(url)) return missing('message[attachment][payload][coupon_code]');
  if (!hasText(code) || !/\s/.test(code)) return undefined;
  return badParameter('coupon_code must not contain spaces', 'A coupon code is one word.');
}

function gridProblem(payload: JsonRecord): Refusal | undefined {
  const images = records(payload, 'elements.[].images.[]');
  if (images.filter((image) => image['is_hero_image'] === true).length > 1) {
    return badParameter('Only one image can have is_hero_image', 'More than one picture of the grid is the large one.');
  }
  return first(records(payload, 'elements.[].images.[].action'), ({ type, url, payload: answer }) => {
    const problem = oneOf('action[type]', type, ['web_url', 'postback']);
    if (problem) return problem;
    const isWhole = type === 'web_url' ? hasText(url) && answer === undefined : hasText(answer) && url === undefined;
    return isWhole ? undefined : badParameter(`Invalid action of type ${idText(type)}`, 'It has a url or a payload.');
  });
}

function records(payload: JsonRecord, path: string): JsonRecord[] {
  return valuesAt(payload, path).flatMap(({ value }) => (isRecord(value) ? [value] : []));
}
