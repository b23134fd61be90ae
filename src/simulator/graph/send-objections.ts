import type { Channel } from '../../domain/conversation-id.ts';
import { connectedApp } from '../actors/thread-routing.ts';
import { hasText, idText, isRecord, textAt, valuesAt, type JsonRecord } from '../json.ts';
import { windowProblem } from '../rules/class-rules.ts';
import { PRIVATE_REPLY_MS } from '../rules/limits.ts';
import { first } from '../rules/part-rules.ts';
import { badParameter, refusal, type Refusal } from '../rules/refusals.ts';
import { isExpired } from '../state/attachments.ts';
import type { Comment } from '../state/comments.ts';
import type { Person } from '../state/people.ts';
import type { World } from '../state/simulator-state.ts';
import { mayWrite } from '../state/thread-control.ts';
import { fill } from '../state/utility-templates.ts';

const UNAVAILABLE: Readonly<Record<string, 'personUnavailable' | 'personUnreachable'>> = {
  '551/1545041': 'personUnavailable',
  '10/2018108': 'personUnreachable',
};

/** What speaks against a send of good form: the person, who owns the thread, the window, what it names. */
export function sendObjection(
  world: World,
  person: Person,
  comment: Comment | undefined,
  body: JsonRecord,
): Refusal | undefined {
  const now = world.now(person.psid);
  if (person.isBlocking) return refusal('personBlocks');
  if (person.unavailable !== undefined) return refusal(UNAVAILABLE[person.unavailable] ?? 'personUnavailable');
  const objection = comment
    ? commentObjection(comment, now, world.channel)
    : (threadObjection(world, person, now, body) ?? windowProblem(person, now, body, world));
  return objection ?? referenceProblem(world, person, now, body);
}

/** One private reply per comment, within 7 days; neither the window nor the owner of a thread has a say in it. */
function commentObjection({ at, isAnswered }: Comment, now: number, channel: Channel): Refusal | undefined {
  if (isAnswered) return refusal('privateReplyTwice', channel);
  return now < at + PRIVATE_REPLY_MS ? undefined : refusal('privateReplyLate', channel);
}

/**
 * Under Conversation Routing one app writes. That a sender action, and a send by an app that is not the default one
 * into an idle thread, get the same number is our reading; Meta prints 2018300 for sends alone.
 */
function threadObjection(world: World, { psid }: Person, now: number, body: JsonRecord): Refusal | undefined {
  const control = world.threadControls.of(psid, now);
  if (!mayWrite(control, world.options.appId)) return refusal('threadOwned');
  const { thread_control: wish } = body;
  if (wish === undefined) return undefined;
  if (!control) {
    return badParameter(
      'thread_control needs Conversation Routing',
      'No default app is set for this Page, so there is no control to pass or release.',
    );
  }
  const target = textAt(wish, 'app_id');
  return target !== undefined && connectedApp(world, target) === undefined ? refusal('appUnknown') : undefined;
}

/** What a request names must be there: files, templates, quoted messages. */
function referenceProblem(world: World, { psid, pageId }: Person, now: number, body: JsonRecord): Refusal | undefined {
  const { message, reply_to: reply, payload, persona_id: persona } = body;
  if (persona !== undefined && !world.personas.find(idText(persona), pageId)) return refusal('personaUnknown');
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
