import { isObject, type JsonObject } from '../../messenger/check/json.ts';
import { postMessage } from '../actors/post-message.ts';
import { updateControlAfterSend } from '../actors/routing-actions.ts';
import { hasText, idText } from '../json.ts';
import { remarkOn } from '../rules/class-rules.ts';
import { instagramProblem } from '../rules/instagram-rules.ts';
import { toRefusal, type Refusal } from '../rules/refusals.ts';
import { formProblem } from '../rules/send-rules.ts';
import type { SimulatorState } from '../simulator-state.ts';
import type { Comment } from '../state/comments.ts';
import type { MessageContent } from '../state/messages.ts';
import type { SimulatedPage } from '../state/pages.ts';
import type { Person } from '../state/people.ts';
import { fillTemplate } from '../state/templates.ts';
import { recipientProblem } from './recipient-rules.ts';

/** Meta's answer to one call of the Send API. */
export type SendResult =
  | {
      readonly status: 'accepted';
      readonly recipientId: string;
      readonly mid?: string;
      /** Set when the message had a file with `is_reusable`. */
      readonly attachmentId?: string;
      /** A remark on a message that was accepted although something is doubtful. */
      readonly remark?: string;
    }
  | { readonly status: 'refused'; readonly refusal: Refusal };

/** Checks a request as Meta does and delivers it, or returns the refusal. */
export function acceptSend(state: SimulatorState, page: SimulatedPage, body: JsonObject): SendResult {
  const problem = formProblem(body) ?? (state.channel === 'instagram' ? instagramProblem(body) : undefined);
  if (problem) return { status: 'refused', refusal: problem };
  const comment = commentOf(state, body);
  const person = state.people.find(comment?.psid ?? recipientOf(body) ?? '');
  if (person?.pageId !== page.id) return { status: 'refused', refusal: toRefusal('recipientUnknown', state.channel) };
  const refused = recipientProblem(state, person, comment, body);
  if (refused) return { status: 'refused', refusal: refused };
  if (hasText(body['sender_action'])) return applySenderAction(state, person, body['sender_action'], body['payload']);
  if (comment) state.comments.markAnswered(comment.id);
  const remark = remarkOn(person, state.now(person.psid), body, state.adWindow);
  const delivered = deliverMessage(state, person, body);
  updateControlAfterSend(state, person.psid, body['thread_control']);
  return { status: 'accepted', recipientId: person.psid, ...delivered, ...(remark !== undefined && { remark }) };
}

/** The recipient's PSID: in the request, or of the person whose comment it answers. */
export function psidOf(state: SimulatorState, body: JsonObject): string | undefined {
  return commentOf(state, body)?.psid ?? recipientOf(body);
}

function recipientOf({ recipient }: JsonObject): string | undefined {
  return isObject(recipient) && hasText(recipient['id']) ? recipient['id'] : undefined;
}

function commentOf(state: SimulatorState, { recipient }: JsonObject): Comment | undefined {
  if (!isObject(recipient)) return undefined;
  const id = recipient['comment_id'] ?? recipient['post_id'];
  return hasText(id) ? state.comments.find(id) : undefined;
}

function applySenderAction(state: SimulatorState, { psid }: Person, action: string, payload: unknown): SendResult {
  const { message_id: mid, reaction } = isObject(payload) ? payload : {};
  if (action === 'typing_on') state.live.startTyping(psid);
  if (action === 'typing_off') state.live.stopTyping(psid);
  if (action === 'mark_seen') state.people.markSeenByPage(psid, state.now(psid));
  if (action === 'react') state.messages.reactAsPage(idText(mid), idText(reaction));
  if (action === 'unreact') state.messages.reactAsPage(idText(mid), undefined);
  return { status: 'accepted', recipientId: psid };
}

function deliverMessage(
  state: SimulatorState,
  person: Person,
  body: JsonObject,
): { readonly mid: string; readonly attachmentId?: string } {
  const { metadata, ...content } = body['message'] as MessageContent & { readonly metadata?: string };
  const quoted = isObject(body['reply_to']) ? state.messages.find(idText(body['reply_to']['mid'])) : undefined;
  const filled = isObject(content.template) ? fillTemplate(state.templates, content.template) : undefined;
  const persona = body['persona_id'];
  const mid = postMessage(state, person.psid, {
    author: 'bot',
    appId: state.options.appId,
    content: {
      ...content,
      ...(filled && !('meaning' in filled) && { filled }),
      ...(quoted && { quotes: quoted.mid }),
      ...(persona !== undefined && { persona: idText(persona) }),
    },
    ...(metadata !== undefined && { metadata }),
    ...(quoted && { replyTo: { mid: quoted.mid, is_self_reply: quoted.author !== 'person' } }),
  });
  const attachmentId = saveReusableAttachment(state, content);
  return { mid, ...(attachmentId !== undefined && { attachmentId }) };
}

/** Stores the file of a message with `is_reusable`; returns the attachment id. */
function saveReusableAttachment(state: SimulatorState, { attachment }: MessageContent): string | undefined {
  const { url, is_reusable: isReusable } = attachment?.payload ?? {};
  if (isReusable !== true || !attachment || !hasText(url)) return undefined;
  return state.attachments.add({ type: attachment.type, url, at: Date.now() });
}
