import { isExpired } from './attachments.ts';
import { remarkOn, windowProblem } from './class-rules.ts';
import type { Comment } from './comments.ts';
import { hasText, idText, isRecord, valuesAt } from './json.ts';
import type { JsonRecord } from './json.ts';
import { PRIVATE_REPLY_MS } from './limits.ts';
import { newMid } from './messages.ts';
import type { MessageAuthor, MessageContent } from './messages.ts';
import type { Person } from './people.ts';
import { first } from './part-rules.ts';
import { badParameter, refusal } from './refusals.ts';
import type { Refusal } from './refusals.ts';
import { formProblem } from './send-rules.ts';
import { SimulatorError } from './simulator-error.ts';
import { fill } from './utility-templates.ts';
import { deliveryItem, echoItem, PAGE_INBOX_APP_ID } from './webhook-items.ts';
import type { AdWindow } from './window.ts';
import { tell } from './world.ts';
import type { World } from './world.ts';

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
export function takeSend(world: World, body: JsonRecord): SendResult {
  const problem = formProblem(body);
  if (problem) return { status: 'refused', refusal: problem };
  const comment = commentOf(world, body);
  const person = world.people.find(comment?.psid ?? recipientOf(body) ?? '');
  if (!person) return { status: 'refused', refusal: refusal('recipientUnknown') };
  const now = world.now(person.psid);
  const objection =
    (comment ? commentObjection(person, comment, now) : personObjection(person, now, body, world.adWindow)) ??
    referenceProblem(world, person, now, body);
  if (objection) return { status: 'refused', refusal: objection };
  if (hasText(body['sender_action'])) return act(world, person, body['sender_action'], body['payload']);
  if (comment) world.comments.answered(comment.id);
  const remark = remarkOn(person, now, body, world.adWindow);
  const delivered = deliver(world, person, body);
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

/** One private reply per comment, within 7 days; the window has no say in it. */
function commentObjection(person: Person, { at, isAnswered }: Comment, now: number): Refusal | undefined {
  if (person.isBlocking) return refusal('personBlocks');
  if (isAnswered) return badParameter('Activity already replied to', 'A comment gets one private reply.');
  if (now < at + PRIVATE_REPLY_MS) return undefined;
  return badParameter('Activity is too old to be replied to', 'A comment can be answered in private for 7 days.');
}

/** Somebody of the business answers by hand in the Page's inbox. */
export function answerFromInbox(world: World, psid: string, text: string): string {
  const person = world.people.get(psid);
  if (person.isBlocking) {
    throw new SimulatorError('person_blocks_page', `${person.firstName} has blocked the Page and cannot be answered.`);
  }
  return speak(world, person, { author: 'inbox', appId: PAGE_INBOX_APP_ID, content: { text } });
}

function personObjection(person: Person, now: number, body: JsonRecord, adWindow: AdWindow): Refusal | undefined {
  return person.isBlocking ? refusal('personBlocks') : windowProblem(person, now, body, adWindow);
}

/** What a request names must be there: files, templates, quoted messages. */
function referenceProblem(world: World, { psid }: Person, now: number, body: JsonRecord): Refusal | undefined {
  const { message, reply_to: reply, payload } = body;
  const mids = [isRecord(reply) ? reply['mid'] : undefined, isRecord(payload) ? payload['message_id'] : undefined];
  const strange = mids.filter(hasText).find((mid) => world.messages.find(mid)?.psid !== psid);
  if (strange !== undefined) {
    return badParameter(`Message ${strange} not found in this thread`, 'Quote or react to a message of this person.');
  }
  if (!isRecord(message)) return undefined;
  const ids = [
    ...valuesAt(message, 'attachment.payload.attachment_id'),
    ...valuesAt(message, 'attachment.payload.elements.[].attachment_id'),
  ];
  const lost = first(ids, ({ value }) => {
    const attachment = world.attachments.find(idText(value));
    if (!attachment) return refusal('attachmentUnknown');
    return isExpired(attachment, now) ? refusal('attachmentExpired') : undefined;
  });
  if (lost || !isRecord(message['template'])) return lost;
  const filled = fill(world.templates, message['template']);
  return 'meaning' in filled ? filled : undefined;
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
  const mid = speak(world, person, {
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

interface Utterance {
  readonly author: MessageAuthor;
  readonly appId: string;
  readonly content: MessageContent;
  readonly metadata?: string;
  readonly replyTo?: { readonly mid: string; readonly is_self_reply: boolean };
}

/** Puts it in the thread, with its echo and its receipt. */
function speak(world: World, { psid }: Person, { author, ...utterance }: Utterance): string {
  const mid = newMid();
  const at = world.now(psid);
  const thread = { psid, pageId: world.options.pageId };
  world.database.together(() => {
    world.messages.add({ mid, psid, author, content: utterance.content, at });
    tell(world, { psid, kind: 'echo', about: mid, item: echoItem(thread, at, { mid, ...utterance }), at });
    tell(world, { psid, kind: 'delivery', about: mid, item: deliveryItem(thread, at, mid), at });
  });
  world.live.stopTyping(psid);
  world.live.changed(psid);
  return mid;
}
