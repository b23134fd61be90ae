import { speak } from '../actors/post-message.ts';
import { controlAfterSend } from '../actors/thread-routing.ts';
import { hasText, idText, isRecord, type JsonRecord } from '../json.ts';
import { remarkOn } from '../rules/class-rules.ts';
import { instagramProblem } from '../rules/instagram-rules.ts';
import { refusal, type Refusal } from '../rules/refusals.ts';
import { formProblem } from '../rules/send-rules.ts';
import type { Comment } from '../state/comments.ts';
import type { MessageContent } from '../state/messages.ts';
import type { Page } from '../state/pages.ts';
import type { Person } from '../state/people.ts';
import type { World } from '../state/simulator-state.ts';
import { fill } from '../state/utility-templates.ts';
import { sendObjection } from './send-objections.ts';

/** What Meta makes of one call of the Send API. */
export type SendResult =
  | {
      readonly status: 'accepted';
      readonly recipientId: string;
      readonly mid?: string;
      /** Set when the message asked Meta to keep its file. */
      readonly attachmentId?: string;
      /** What is odd about a message that was taken all the same. */
      readonly remark?: string;
    }
  | { readonly status: 'refused'; readonly refusal: Refusal };

/** Looks at a request as Meta does and, when nothing speaks against it, delivers it. */
export function takeSend(world: World, page: Page, body: JsonRecord): SendResult {
  const problem = formProblem(body) ?? (world.channel === 'instagram' ? instagramProblem(body) : undefined);
  if (problem) return { status: 'refused', refusal: problem };
  const comment = commentOf(world, body);
  const person = world.people.find(comment?.psid ?? recipientOf(body) ?? '');
  if (person?.pageId !== page.id) return { status: 'refused', refusal: refusal('recipientUnknown', world.channel) };
  const objection = sendObjection(world, person, comment, body);
  if (objection) return { status: 'refused', refusal: objection };
  if (hasText(body['sender_action'])) return act(world, person, body['sender_action'], body['payload']);
  if (comment) world.comments.answered(comment.id);
  const remark = remarkOn(person, world.now(person.psid), body, world.adWindow);
  const delivered = deliver(world, person, body);
  controlAfterSend(world, person.psid, body['thread_control']);
  return { status: 'accepted', recipientId: person.psid, ...delivered, ...(remark !== undefined && { remark }) };
}

/** The PSID in a request, or of the person whose comment it answers. */
export function psidOf(world: World, body: JsonRecord): string | undefined {
  return commentOf(world, body)?.psid ?? recipientOf(body);
}

function recipientOf({ recipient }: JsonRecord): string | undefined {
  return isRecord(recipient) && hasText(recipient['id']) ? recipient['id'] : undefined;
}

function commentOf(world: World, { recipient }: JsonRecord): Comment | undefined {
  if (!isRecord(recipient)) return undefined;
  const id = recipient['comment_id'] ?? recipient['post_id'];
  return hasText(id) ? world.comments.find(id) : undefined;
}

function act(world: World, { psid }: Person, action: string, payload: unknown): SendResult {
  const { message_id: mid, reaction } = isRecord(payload) ? payload : {};
  if (action === 'typing_on') world.live.startTyping(psid);
  if (action === 'typing_off') world.live.stopTyping(psid);
  if (action === 'mark_seen') world.people.seenByPage(psid, world.now(psid));
  if (action === 'react') world.messages.reactAsPage(idText(mid), idText(reaction));
  if (action === 'unreact') world.messages.reactAsPage(idText(mid), undefined);
  return { status: 'accepted', recipientId: psid };
}

function deliver(
  world: World,
  person: Person,
  body: JsonRecord,
): { readonly mid: string; readonly attachmentId?: string } {
  const { metadata, ...content } = body['message'] as MessageContent & { readonly metadata?: string };
  const quoted = isRecord(body['reply_to']) ? world.messages.find(idText(body['reply_to']['mid'])) : undefined;
  const filled = isRecord(content.template) ? fill(world.templates, content.template) : undefined;
  const persona = body['persona_id'];
  const mid = speak(world, person.psid, {
    author: 'bot',
    appId: world.options.appId,
    content: {
      ...content,
      ...(filled && !('meaning' in filled) && { filled }),
      ...(quoted && { quotes: quoted.mid }),
      ...(persona !== undefined && { persona: idText(persona) }),
    },
    ...(metadata !== undefined && { metadata }),
    ...(quoted && { replyTo: { mid: quoted.mid, is_self_reply: quoted.author !== 'person' } }),
  });
  const attachmentId = kept(world, content);
  return { mid, ...(attachmentId !== undefined && { attachmentId }) };
}

/** `is_reusable` asks Meta to keep the file of a send for the next ones. */
function kept(world: World, { attachment }: MessageContent): string | undefined {
  const { url, is_reusable: isReusable } = attachment?.payload ?? {};
  if (isReusable !== true || !attachment || !hasText(url)) return undefined;
  return world.attachments.add({ type: attachment.type, url, at: Date.now() });
}
