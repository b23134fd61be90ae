import { isObject, type JsonObject } from '../../messenger/check/json.ts';
import { hasText, idText } from '../json.ts';
import { classProblem } from './class-rules.ts';
import { MESSAGE_LIMITS, QUICK_REPLY_PARTS } from './limits.ts';
import { kindProblem, missingParameter, choiceProblem, partProblem } from './part-rules.ts';
import { badParameter, toRefusal, type Refusal } from './refusals.ts';
import { templateProblem } from './template-rules.ts';

/** Checks a request body; returns the refusal if it breaks the rule. */
type Rule = (body: JsonObject) => Refusal | undefined;

const MESSAGING_TYPES = ['RESPONSE', 'UPDATE', 'MESSAGE_TAG', 'UTILITY'];
const RETIRED_TAGS = ['ACCOUNT_UPDATE', 'CONFIRMED_EVENT_UPDATE', 'POST_PURCHASE_UPDATE'];
const KNOWN_TAGS = ['HUMAN_AGENT', 'CUSTOMER_FEEDBACK', 'NON_PROMOTIONAL_SUBSCRIPTION'];
const KNOWN_SENDER_ACTIONS = ['typing_on', 'typing_off', 'mark_seen', 'react', 'unreact'];
const KNOWN_NOTIFICATION_TYPES = ['REGULAR', 'SILENT_PUSH', 'NO_PUSH'];
/** The types of files in an attachment. */
export const KNOWN_MEDIA_TYPES = ['image', 'video', 'audio', 'file'];

/** In the order in which Meta seems to check: recipient, message, delivery, then the parts. The first refusal counts. */
const RULES: readonly Rule[] = [
  recipientIsNamed,
  messageOrAction,
  actionIsKnown,
  messagingTypeIsKnown,
  tagIsKnown,
  deliveryIsKnown,
  controlIsKnown,
  messageHasContent,
  utilityHasTemplate,
  classProblem,
  quickRepliesAreComplete,
  attachmentIsComplete,
  messageIsWithinLimits,
];

/** Checks the form of a request, which does not depend on its recipient. */
export function formProblem(body: JsonObject): Refusal | undefined {
  for (const rule of RULES) {
    const problem = rule(body);
    if (problem) return problem;
  }
  return undefined;
}

function recipientIsNamed({ recipient }: JsonObject): Refusal | undefined {
  const ids = isObject(recipient) ? [recipient['id'], recipient['comment_id'], recipient['post_id']] : [];
  return ids.some(hasText) ? undefined : missingParameter('recipient[id]');
}

function messageOrAction({ message, sender_action: action }: JsonObject): Refusal | undefined {
  if (message !== undefined && action !== undefined) return toRefusal('messageAndAction');
  if (message === undefined && action === undefined) return missingParameter('message');
  if (message === undefined || isObject(message)) return undefined;
  return badParameter('param message must be a JSON object', 'The message is not an object.');
}

function actionIsKnown({ sender_action: action, payload }: JsonObject): Refusal | undefined {
  if (action === undefined) return undefined;
  const problem = choiceProblem('sender_action', action, KNOWN_SENDER_ACTIONS);
  if (problem || (action !== 'react' && action !== 'unreact')) return problem;
  const { message_id: mid, reaction } = isObject(payload) ? payload : {};
  if (!hasText(mid)) return missingParameter('payload[message_id]');
  return action === 'react' && !hasText(reaction) ? missingParameter('payload[reaction]') : undefined;
}

function messagingTypeIsKnown({ message, messaging_type: type, tag }: JsonObject): Refusal | undefined {
  if (message === undefined) return undefined;
  if (type === undefined) return missingParameter('messaging_type');
  return (
    choiceProblem('messaging_type', type, MESSAGING_TYPES) ??
    (type === 'MESSAGE_TAG' && !tag ? missingParameter('tag') : undefined)
  );
}

function tagIsKnown({ tag }: JsonObject): Refusal | undefined {
  if (tag === undefined) return undefined;
  if (typeof tag === 'string' && RETIRED_TAGS.includes(tag)) return toRefusal('tagRetired');
  if (tag === 'NON_PROMOTIONAL_SUBSCRIPTION') return toRefusal('newsPermissionMissing');
  return choiceProblem('tag', tag, KNOWN_TAGS);
}

function deliveryIsKnown({
  reply_to: reply,
  persona_id: persona,
  notification_type: type,
}: JsonObject): Refusal | undefined {
  if (reply !== undefined && !(isObject(reply) && hasText(reply['mid']))) return missingParameter('reply_to[mid]');
  if (persona !== undefined && !/^\d+$/.test(idText(persona))) {
    return badParameter('Invalid persona_id', `${JSON.stringify(persona)} is not the id of a persona.`);
  }
  return type === undefined ? undefined : choiceProblem('notification_type', type, KNOWN_NOTIFICATION_TYPES);
}

function controlIsKnown({ thread_control: control }: JsonObject): Refusal | undefined {
  if (control === undefined) return undefined;
  const { control_type: type, app_id: appId } = isObject(control) ? control : {};
  const problem = choiceProblem('thread_control[control_type]', type, ['pass', 'release']);
  return problem ?? (type === 'pass' && !hasText(appId) ? missingParameter('thread_control[app_id]') : undefined);
}

function messageHasContent({ message }: JsonObject): Refusal | undefined {
  if (!isObject(message)) return undefined;
  const { text, attachment, template, sticker_id: sticker } = message;
  const contents = [hasText(text), isObject(attachment), isObject(template), sticker !== undefined].filter(Boolean);
  if (contents.length > 1) {
    return badParameter('Message must have either text or an attachment, not both', 'Send them one after the other.');
  }
  if (sticker !== undefined && !/^\d{1,16}$/.test(idText(sticker))) {
    return badParameter('Invalid sticker_id', `${JSON.stringify(sticker)} is not one of Meta's stickers.`);
  }
  if (contents.length === 1) return undefined;
  return badParameter(
    'Message cannot be empty, must provide valid attachment or text',
    'A message needs a text or an attachment.',
  );
}

function utilityHasTemplate({ message, messaging_type: type }: JsonObject): Refusal | undefined {
  if (!isObject(message)) return undefined;
  const { template } = message;
  if (type !== 'UTILITY' && template === undefined) return undefined;
  if (type !== 'UTILITY') return choiceProblem('messaging_type', type, ['UTILITY']);
  if (!isObject(template) || !hasText(template['name'])) return missingParameter('message[template][name]');
  const { language } = template;
  return isObject(language) && hasText(language['code'])
    ? undefined
    : missingParameter('message[template][language][code]');
}

function quickRepliesAreComplete(body: JsonObject): Refusal | undefined {
  return kindProblem(body, 'message.quick_replies.[]', 'content_type', QUICK_REPLY_PARTS);
}

function attachmentIsComplete(body: JsonObject): Refusal | undefined {
  const { message } = body;
  if (!isObject(message) || message['attachment'] === undefined) return undefined;
  const { attachment } = message;
  if (!isObject(attachment)) return missingParameter('message[attachment][type]');
  const { type, payload } = attachment;
  const known = choiceProblem('message[attachment][type]', type, ['template', ...KNOWN_MEDIA_TYPES]);
  if (known) return known;
  if (!isObject(payload)) return missingParameter('message[attachment][payload]');
  return type === 'template' ? templateProblem(body) : mediaProblem(payload);
}

/** Checks that a file has an address or an attachment id. */
export function mediaProblem({ url, attachment_id: id }: JsonObject): Refusal | undefined {
  if (hasText(id)) return undefined;
  if (id !== undefined) return badParameter('attachment_id must be a string', 'The attachment_id is not a string.');
  if (!hasText(url)) return missingParameter('message[attachment][payload][url]');
  return /^https?:\/\/\S+$/i.test(url) ? undefined : toRefusal('mediaNotFetched');
}

function messageIsWithinLimits(body: JsonObject): Refusal | undefined {
  return partProblem(body, 'message', MESSAGE_LIMITS);
}
