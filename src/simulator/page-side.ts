import { hasText, isRecord } from './json.ts';
import type { JsonRecord } from './json.ts';
import { newMid } from './messages.ts';
import type { MessageAuthor, MessageContent } from './messages.ts';
import type { Person } from './people.ts';
import { refusal } from './refusals.ts';
import type { Refusal } from './refusals.ts';
import { formProblem } from './send-rules.ts';
import { SimulatorError } from './simulator-error.ts';
import { deliveryItem, echoItem, PAGE_INBOX_APP_ID } from './webhook-items.ts';
import { HUMAN_AGENT_WINDOW_MS, isWithin, STANDARD_WINDOW_MS } from './window.ts';
import { tell } from './world.ts';
import type { World } from './world.ts';

/** What Meta makes of one call of the Send API. */
export type SendResult =
  | { readonly status: 'accepted'; readonly recipientId: string; readonly mid?: string }
  | { readonly status: 'refused'; readonly refusal: Refusal };

/** Looks at a request as Meta does and, when nothing speaks against it, delivers it. */
export function takeSend(world: World, body: JsonRecord): SendResult {
  const problem = formProblem(body);
  if (problem) return { status: 'refused', refusal: problem };
  const person = world.people.find(recipientOf(body) ?? '');
  if (!person) return { status: 'refused', refusal: refusal('recipientUnknown') };
  const objection = personObjection(person, world.now(person.psid), body);
  if (objection) return { status: 'refused', refusal: objection };
  if (hasText(body['sender_action'])) return act(world, person, body['sender_action']);
  return { status: 'accepted', recipientId: person.psid, mid: deliver(world, person, body) };
}

export function recipientOf({ recipient }: JsonRecord): string | undefined {
  return isRecord(recipient) && hasText(recipient['id']) ? recipient['id'] : undefined;
}

/** Somebody of the business answers by hand in the Page's inbox. */
export function answerFromInbox(world: World, psid: string, text: string): string {
  const person = world.people.get(psid);
  if (person.isBlocking) {
    throw new SimulatorError('person_blocks_page', `${person.firstName} has blocked the Page and cannot be answered.`);
  }
  return speak(world, person, { author: 'inbox', appId: PAGE_INBOX_APP_ID, content: { text } });
}

function personObjection(person: Person, now: number, body: JsonRecord): Refusal | undefined {
  if (person.isBlocking) return refusal('personBlocks');
  if (body['sender_action'] !== undefined || body['messaging_type'] === 'UTILITY') return undefined;
  if (body['messaging_type'] === 'MESSAGE_TAG') {
    return isWithin(person, now, HUMAN_AGENT_WINDOW_MS) ? undefined : refusal('humanAgentWindowClosed');
  }
  return isWithin(person, now, STANDARD_WINDOW_MS) ? undefined : refusal('windowClosed');
}

function act(world: World, { psid }: Person, action: string): SendResult {
  if (action === 'typing_on') world.live.startTyping(psid);
  if (action === 'typing_off') world.live.stopTyping(psid);
  if (action === 'mark_seen') world.people.seenByPage(psid, world.now(psid));
  return { status: 'accepted', recipientId: psid };
}

function deliver(world: World, person: Person, body: JsonRecord): string {
  const { metadata, ...content } = body['message'] as MessageContent & { readonly metadata?: string };
  const quoted = isRecord(body['reply_to']) ? world.messages.find(String(body['reply_to']['mid'])) : undefined;
  return speak(world, person, {
    author: 'bot',
    appId: world.options.appId,
    content,
    ...(metadata !== undefined && { metadata }),
    ...(quoted && { replyTo: { mid: quoted.mid, is_self_reply: quoted.author !== 'person' } }),
  });
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
