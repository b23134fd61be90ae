import { BUTTON_PARTS, COUNTS, LENGTHS, QUICK_REPLY_PARTS, TEMPLATE_PARTS } from './limits.ts';
import type { LengthLimit } from './limits.ts';
import { hasText, isRecord, valuesAt } from './json.ts';
import type { JsonRecord } from './json.ts';
import { badParameter, refusal } from './refusals.ts';
import type { Refusal } from './refusals.ts';

/** A rule looks at a request body and names what is wrong with it. */
type Rule = (body: JsonRecord) => Refusal | undefined;

const MESSAGING_TYPES = ['RESPONSE', 'UPDATE', 'MESSAGE_TAG', 'UTILITY'];
const RETIRED_TAGS = ['ACCOUNT_UPDATE', 'CONFIRMED_EVENT_UPDATE', 'POST_PURCHASE_UPDATE'];
const TAGS = ['HUMAN_AGENT', 'CUSTOMER_FEEDBACK', 'NON_PROMOTIONAL_SUBSCRIPTION'];
const SENDER_ACTIONS = ['typing_on', 'typing_off', 'mark_seen'];
const MEDIA_TYPES = ['image', 'video', 'audio', 'file'];

/** In the order Meta seems to look: whom, what, how, then the parts. The first that complains decides. */
const RULES: readonly Rule[] = [
  recipientIsNamed,
  messageOrAction,
  actionIsKnown,
  messagingTypeIsKnown,
  tagIsKnown,
  messageHasContent,
  utilityHasTemplate,
  quickRepliesAreWhole,
  attachmentIsWhole,
  buttonsAreWhole,
  countsAreRight,
  lengthsAreRight,
];

/** Checks the form of a request, without knowing the person it is for. */
export function formProblem(body: JsonRecord): Refusal | undefined {
  for (const rule of RULES) {
    const problem = rule(body);
    if (problem) return problem;
  }
  return undefined;
}

function missing(param: string): Refusal {
  return badParameter(`The parameter ${param} is required`, `The request has no ${param}.`);
}

function recipientIsNamed({ recipient }: JsonRecord): Refusal | undefined {
  if (isRecord(recipient) && hasText(recipient['id'])) return undefined;
  return missing('recipient[id]');
}

function messageOrAction({ message, sender_action: action }: JsonRecord): Refusal | undefined {
  if (message !== undefined && action !== undefined) return refusal('messageAndAction');
  if (message === undefined && action === undefined) return missing('message');
  if (message === undefined || isRecord(message)) return undefined;
  return badParameter('param message must be a JSON object', 'The message is not an object.');
}

function actionIsKnown({ sender_action: action }: JsonRecord): Refusal | undefined {
  return action === undefined ? undefined : oneOf('sender_action', action, SENDER_ACTIONS);
}

function messagingTypeIsKnown({ message, messaging_type: type, tag }: JsonRecord): Refusal | undefined {
  if (message === undefined) return undefined;
  if (type === undefined) return missing('messaging_type');
  return (
    oneOf('messaging_type', type, MESSAGING_TYPES) ?? (type === 'MESSAGE_TAG' && !tag ? missing('tag') : undefined)
  );
}

function tagIsKnown({ tag }: JsonRecord): Refusal | undefined {
  if (tag === undefined) return undefined;
  if (typeof tag === 'string' && RETIRED_TAGS.includes(tag)) return refusal('tagRetired');
  if (tag === 'NON_PROMOTIONAL_SUBSCRIPTION') return refusal('newsPermissionMissing');
  if (tag === 'CUSTOMER_FEEDBACK') {
    return badParameter('Tag CUSTOMER_FEEDBACK needs the customer_feedback template', 'It carries nothing else.');
  }
  return oneOf('tag', tag, TAGS);
}

function messageHasContent({ message }: JsonRecord): Refusal | undefined {
  if (!isRecord(message)) return undefined;
  const { text, attachment, template } = message;
  if (hasText(text) || isRecord(attachment) || isRecord(template)) return undefined;
  return badParameter(
    'Message cannot be empty, must provide valid attachment or text',
    'A message needs a text or an attachment.',
  );
}

function utilityHasTemplate({ message, messaging_type: type }: JsonRecord): Refusal | undefined {
  if (!isRecord(message)) return undefined;
  const { template } = message;
  if (type !== 'UTILITY' && template === undefined) return undefined;
  if (type !== 'UTILITY') return oneOf('messaging_type', type, ['UTILITY']);
  if (!isRecord(template) || !hasText(template['name'])) return missing('message[template][name]');
  const { language } = template;
  return isRecord(language) && hasText(language['code']) ? undefined : missing('message[template][language][code]');
}

function quickRepliesAreWhole(body: JsonRecord): Refusal | undefined {
  return partsProblem(body, 'message.quick_replies.[]', 'content_type', QUICK_REPLY_PARTS);
}

function buttonsAreWhole(body: JsonRecord): Refusal | undefined {
  return (
    partsProblem(body, 'message.attachment.payload.buttons.[]', 'type', BUTTON_PARTS) ??
    partsProblem(body, 'message.attachment.payload.elements.[].buttons.[]', 'type', BUTTON_PARTS)
  );
}

function attachmentIsWhole({ message }: JsonRecord): Refusal | undefined {
  if (!isRecord(message) || message['attachment'] === undefined) return undefined;
  const { attachment } = message;
  if (!isRecord(attachment)) return missing('message[attachment][type]');
  const { type, payload } = attachment;
  const known = oneOf('message[attachment][type]', type, ['template', ...MEDIA_TYPES]);
  if (known) return known;
  if (!isRecord(payload)) return missing('message[attachment][payload]');
  if (type === 'template') {
    const parts = partsProblem({ message }, 'message.attachment.payload', 'template_type', TEMPLATE_PARTS);
    return parts ?? partsProblem({ message }, 'message.attachment.payload.elements.[]', undefined, { '': ['title'] });
  }
  return hasText(payload['url']) || hasText(payload['attachment_id'])
    ? undefined
    : missing('message[attachment][payload][url]');
}

/** Every part at `path` names a known kind in `key` and has what that kind needs. */
function partsProblem(
  body: JsonRecord,
  path: string,
  key: string | undefined,
  kinds: Readonly<Record<string, readonly string[]>>,
): Refusal | undefined {
  for (const { param, value } of valuesAt(body, path)) {
    if (!isRecord(value)) return badParameter(`param ${param} must be a JSON object`, `${param} is not an object.`);
    const kind = key === undefined ? '' : value[key];
    const needs = typeof kind === 'string' && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
    if (!needs) return oneOf(`${param}[${key}]`, kind, Object.keys(kinds));
    const gap = needs.find((part) => !hasText(value[part]) && !Array.isArray(value[part]));
    if (gap) return missing(`${param}[${gap}]`);
  }
  return undefined;
}

function countsAreRight(body: JsonRecord): Refusal | undefined {
  for (const { at, from, upTo } of COUNTS) {
    for (const { param, value } of valuesAt(body, at)) {
      if (!Array.isArray(value)) return badParameter(`param ${param} must be an array.`, `${param} is not a list.`);
      const length = value.length;
      if (length >= from && length <= upTo) continue;
      return badParameter(
        `param ${param} must have between ${from} and ${upTo} items`,
        `${param} has ${length} items; Meta takes ${from} to ${upTo}.`,
      );
    }
  }
  return undefined;
}

function lengthsAreRight(body: JsonRecord): Refusal | undefined {
  for (const limit of LENGTHS) {
    for (const { param, value } of valuesAt(body, limit.at)) {
      const problem = lengthProblem(param, value, limit);
      if (problem) return problem;
    }
  }
  return undefined;
}

function lengthProblem(param: string, value: unknown, limit: LengthLimit): Refusal | undefined {
  if (typeof value !== 'string') return badParameter(`param ${param} must be a string.`, `${param} is not a text.`);
  const [most, words] =
    'below' in limit
      ? [limit.below - 1, `less than ${limit.below}`]
      : [limit.upTo, `less than or equal to ${limit.upTo}`];
  if (value.length <= most) return undefined;
  return badParameter(
    `Length of param ${param} must be ${words}`,
    `${param} has ${value.length} characters; ${most} is the longest Meta takes.`,
  );
}

function oneOf(param: string, value: unknown, known: readonly string[]): Refusal | undefined {
  if (typeof value === 'string' && known.includes(value)) return undefined;
  return badParameter(
    `Param ${param} must be one of {${known.join(', ')}}`,
    `${param} is ${JSON.stringify(value) ?? 'missing'}, which is none of these.`,
  );
}
