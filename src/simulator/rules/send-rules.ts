import { hasText, idText, isRecord, type JsonRecord } from '../json.ts';
import { classProblem } from './class-rules.ts';
import { MESSAGE, QUICK_REPLY_PARTS } from './limits.ts';
import { kindProblem, missing, oneOf, partProblem } from './part-rules.ts';
import { badParameter, refusal, type Refusal } from './refusals.ts';
import { templateProblem } from './template-rules.ts';

/** A rule looks at a request body and names what is wrong with it. */
type Rule = (body: JsonRecord) => Refusal | undefined;

const MESSAGING_TYPES = ['RESPONSE', 'UPDATE', 'MESSAGE_TAG', 'UTILITY'];
const RETIRED_TAGS = ['ACCOUNT_UPDATE', 'CONFIRMED_EVENT_UPDATE', 'POST_PURCHASE_UPDATE'];
const TAGS = ['HUMAN_AGENT', 'CUSTOMER_FEEDBACK', 'NON_PROMOTIONAL_SUBSCRIPTION'];
const SENDER_ACTIONS = ['typing_on', 'typing_off', 'mark_seen', 'react', 'unreact'];
const NOTIFICATION_TYPES = ['REGULAR', 'SILENT_PUSH', 'NO_PUSH'];
export const MEDIA_TYPES = ['image', 'video', 'audio', 'file'];

/** In the order Meta seems to look: whom, what, how, then the parts. The first that complains decides. */
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
  quickRepliesAreWhole,
  attachmentIsWhole,
  messageIsWithinLimits,
];

/** Checks the form of a request, without knowing the person it is for. */
export function formProblem(body: JsonRecord): Refusal | undefined {
  for (const rule of RULES) {
    const problem = rule(body);
    if (problem) return problem;
  }
  return undefined;
}

function recipientIsNamed({ recipient }: JsonRecord): Refusal | undefined {
  const ids = isRecord(recipient) ? [recipient['id'], recipient['comment_id'], recipient['post_id']] : [];
  return ids.some(hasText) ? undefined : missing('recipient[id]');
}

function messageOrAction({ message, sender_action: action }: JsonRecord): Refusal | undefined {
  if (message !== undefined && action !== undefined) return refusal('messageAndAction');
  if (message === undefined && action === undefined) return missing('message');
  if (message === undefined || isRecord(message)) return undefined;
  return badParameter('param message must be a JSON object', 'The message is not an object.');
}

function actionIsKnown({ sender_action: action, payload }: JsonRecord): Refusal | undefined {
  if (action === undefined) return undefined;
  const problem = oneOf('sender_action', action, SENDER_ACTIONS);
  if (problem || (action !== 'react' && action !== 'unreact')) return problem;
  const { message_id: mid, reaction } = isRecord(payload) ? payload : {};
  if (!hasText(mid)) return missing('payload[message_id]');
  return action === 'react' && !hasText(reaction) ? missing('payload[reaction]') : undefined;
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
  return oneOf('tag', tag, TAGS);
}

function deliveryIsKnown({
  reply_to: reply,
  persona_id: persona,
  notification_type: type,
}: JsonRecord): Refusal | undefined {
  if (reply !== undefined && !(isRecord(reply) && hasText(reply['mid']))) return missing('reply_to[mid]');
  if (persona !== undefined && !/^\d+$/.test(idText(persona))) {
    return badParameter('Invalid persona_id', `${JSON.stringify(persona)} is no id of a persona.`);
  }
  return type === undefined ? undefined : oneOf('notification_type', type, NOTIFICATION_TYPES);
}

function controlIsKnown({ thread_control: wish }: JsonRecord): Refusal | undefined {
  if (wish === undefined) return undefined;
  const { control_type: type, app_id: appId } = isRecord(wish) ? wish : {};
  const problem = oneOf('thread_control[control_type]', type, ['pass', 'release']);
  return problem ?? (type === 'pass' && !hasText(appId) ? missing('thread_control[app_id]') : undefined);
}

function messageHasContent({ message }: JsonRecord): Refusal | undefined {
  if (!isRecord(message)) return undefined;
  const { text, attachment, template, sticker_id: sticker } = message;
  const contents = [hasText(text), isRecord(attachment), isRecord(template), sticker !== undefined].filter(Boolean);
  if (contents.length > 1) {
    return badParameter('Message must have either text or an attachment, not both', 'Send them one after the other.');
  }
  if (sticker !== undefined && !/^\d{1,16}$/.test(idText(sticker))) {
    return badParameter('Invalid sticker_id', `${JSON.stringify(sticker)} is no sticker of Meta's.`);
  }
  if (contents.length === 1) return undefined;
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
  return kindProblem(body, 'message.quick_replies.[]', 'content_type', QUICK_REPLY_PARTS);
}

function attachmentIsWhole(body: JsonRecord): Refusal | undefined {
  const { message } = body;
  if (!isRecord(message) || message['attachment'] === undefined) return undefined;
  const { attachment } = message;
  if (!isRecord(attachment)) return missing('message[attachment][type]');
  const { type, payload } = attachment;
  const known = oneOf('message[attachment][type]', type, ['template', ...MEDIA_TYPES]);
  if (known) return known;
  if (!isRecord(payload)) return missing('message[attachment][payload]');
  return type === 'template' ? templateProblem(body) : mediaProblem(payload);
}

/** A file is uploaded by its address, or was uploaded before. */
export function mediaProblem({ url, attachment_id: id }: JsonRecord): Refusal | undefined {
  if (hasText(id)) return undefined;
  if (id !== undefined) return badParameter('attachment_id must be a string', 'The attachment_id is not a text.');
  if (!hasText(url)) return missing('message[attachment][payload][url]');
  return /^https?:\/\/\S+$/i.test(url) ? undefined : refusal('mediaNotFetched');
}

function messageIsWithinLimits(body: JsonRecord): Refusal | undefined {
  return partProblem(body, 'message', MESSAGE);
}
