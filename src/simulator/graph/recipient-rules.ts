import type { Channel } from '../../domain/conversation-id.ts';
import { isObject, type JsonObject } from '../../messenger/check/json.ts';
import { findConnectedAppId } from '../actors/routing-actions.ts';
import { hasText, idText, textAtPath, valuesAtPath } from '../json.ts';
import { windowProblem } from '../rules/class-rules.ts';
import { PRIVATE_REPLY_MS } from '../rules/limits.ts';
import { firstProblem } from '../rules/part-rules.ts';
import { badParameter, toRefusal, type Refusal } from '../rules/refusals.ts';
import type { SimulatorState } from '../simulator-state.ts';
import type { Comment } from '../state/comments.ts';
import type { Person } from '../state/people.ts';
import { isExpired } from '../state/stored-attachments.ts';
import { fillTemplate } from '../state/templates.ts';
import { mayWrite } from '../state/thread-routing.ts';

const UNAVAILABLE_REFUSALS: Readonly<Record<string, 'personUnavailable' | 'personUnreachable'>> = {
  '551/1545041': 'personUnavailable',
  '10/2018108': 'personUnreachable',
};

/** Checks a well-formed send against its recipient: blocks, thread control, the window, and what the body refers to. */
export function recipientProblem(
  state: SimulatorState,
  person: Person,
  comment: Comment | undefined,
  body: JsonObject,
): Refusal | undefined {
  const now = state.now(person.psid);
  if (person.isBlocking) return toRefusal('personBlocks');
  if (person.unavailable !== undefined)
    return toRefusal(UNAVAILABLE_REFUSALS[person.unavailable] ?? 'personUnavailable');
  const problem = comment
    ? privateReplyProblem(comment, now, state.channel)
    : (threadControlProblem(state, person, now, body) ?? windowProblem(person, now, body, state));
  return problem ?? referenceProblem(state, person, now, body);
}

/** One private reply per comment, within 7 days, whatever the window and the owner of the thread. */
function privateReplyProblem({ at, isAnswered }: Comment, now: number, channel: Channel): Refusal | undefined {
  if (isAnswered) return toRefusal('privateReplyTwice', channel);
  return now < at + PRIVATE_REPLY_MS ? undefined : toRefusal('privateReplyLate', channel);
}

/**
 * Under Conversation Routing one app may write. Our reading: a sender action, and a send into an idle thread by an app
 * that is not the default one, get the same number; Meta documents 2018300 for sends only.
 */
function threadControlProblem(
  state: SimulatorState,
  { psid }: Person,
  now: number,
  body: JsonObject,
): Refusal | undefined {
  const control = state.threadRoutings.find(psid, now);
  if (!mayWrite(control, state.options.appId)) return toRefusal('threadOwned');
  const { thread_control: request } = body;
  if (request === undefined) return undefined;
  if (!control) {
    return badParameter(
      'thread_control needs Conversation Routing',
      'No default app is set for this Page, so there is no control to pass or release.',
    );
  }
  const target = textAtPath(request, 'app_id');
  return target !== undefined && findConnectedAppId(state, target) === undefined ? toRefusal('appUnknown') : undefined;
}

/** Checks that files, templates, personas and quoted messages of a request exist. */
function referenceProblem(
  state: SimulatorState,
  { psid, pageId }: Person,
  now: number,
  body: JsonObject,
): Refusal | undefined {
  const { message, reply_to: reply, payload, persona_id: persona } = body;
  if (persona !== undefined && !state.personas.find(idText(persona), pageId)) return toRefusal('personaUnknown');
  const mids = [isObject(reply) ? reply['mid'] : undefined, isObject(payload) ? payload['message_id'] : undefined];
  const unknownMid = mids.filter(hasText).find((mid) => state.messages.find(mid)?.psid !== psid);
  if (unknownMid !== undefined) {
    return badParameter(
      `Message ${unknownMid} not found in this thread`,
      'Quote or react to a message of this person.',
    );
  }
  if (!isObject(message)) return undefined;
  const ids = [
    ...valuesAtPath(message, 'attachment.payload.attachment_id'),
    ...valuesAtPath(message, 'attachment.payload.elements.[].attachment_id'),
  ];
  const attachmentProblem = firstProblem(ids, ({ value }) => {
    const attachment = state.attachments.find(idText(value));
    if (!attachment) return toRefusal('attachmentUnknown');
    return isExpired(attachment, now) ? toRefusal('attachmentExpired') : undefined;
  });
  if (attachmentProblem || !isObject(message['template'])) return attachmentProblem;
  const filled = fillTemplate(state.templates, message['template']);
  return 'meaning' in filled ? filled : undefined;
}
