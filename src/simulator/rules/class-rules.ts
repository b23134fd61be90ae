import type { Channel } from '../../domain/conversation-id.ts';
import { isRecord, type JsonRecord } from '../json.ts';
import type { Person } from '../state/people.ts';
import { badParameter, refusal, type Refusal } from './refusals.ts';
import { isOpen, isWithinTaggedWindow, type AdWindow } from './window.ts';

/**
 * The classes of messages and how far each reaches: `RESPONSE` and `UPDATE` inside the window, `HUMAN_AGENT` and
 * `CUSTOMER_FEEDBACK` for 7 days, `UTILITY` always (Meta, Policy and Send a Message, read 2026-10-06).
 */
type MessageClass = 'standard' | 'human_agent' | 'survey' | 'utility';

/** What a tag or a type may carry, whoever it is for; the body passed the other rules of form. */
export function classProblem({ messaging_type: type, tag, message }: JsonRecord): Refusal | undefined {
  if (type === 'UTILITY' && tag !== undefined) {
    return badParameter('A utility message takes no tag', 'UTILITY reaches the person by itself; leave the tag out.');
  }
  const isSurvey = templateTypeOf(message) === 'customer_feedback';
  if (tag === 'CUSTOMER_FEEDBACK' && !isSurvey) {
    return badParameter('Tag CUSTOMER_FEEDBACK needs the customer_feedback template', 'It carries nothing else.');
  }
  if (tag === 'HUMAN_AGENT' && isSurvey) {
    return badParameter(
      'Tag HUMAN_AGENT does not take the customer_feedback template',
      'HUMAN_AGENT is for what a person of the business writes; a survey has the tag CUSTOMER_FEEDBACK.',
    );
  }
  return undefined;
}

/** Whether a message of this class reaches the person now. A sender action needs no window. */
export function windowProblem(
  person: Person,
  now: number,
  body: JsonRecord,
  { adWindow, channel }: { readonly adWindow: AdWindow; readonly channel: Channel },
): Refusal | undefined {
  if (body['sender_action'] !== undefined) return undefined;
  switch (classOf(body)) {
    case 'utility':
      return undefined;
    case 'standard':
      return isOpen(person, now, adWindow) ? undefined : refusal('windowClosed', channel);
    case 'human_agent':
      return reachesTagged(person, now, adWindow) ? undefined : refusal('humanAgentWindowClosed', channel);
    case 'survey':
      return reachesTagged(person, now, adWindow) ? undefined : refusal('surveyWindowClosed');
  }
}

/**
 * What the page tells of a message that was taken all the same. Meta does not say what becomes of HUMAN_AGENT inside
 * the open window, where nothing needs it; three products were wrong to attach it always (reports of 2026). So it is
 * taken here, and flagged.
 */
export function remarkOn(person: Person, now: number, body: JsonRecord, adWindow: AdWindow): string | undefined {
  if (body['tag'] !== 'HUMAN_AGENT' || !isOpen(person, now, adWindow)) return undefined;
  return 'HUMAN_AGENT inside the open window: nothing needs the tag here, and what Meta makes of it is not known.';
}

/** Which of Meta's forms a message has. */
function templateTypeOf(message: unknown): unknown {
  const attachment = isRecord(message) ? message['attachment'] : undefined;
  const payload = isRecord(attachment) ? attachment['payload'] : undefined;
  return isRecord(payload) ? payload['template_type'] : undefined;
}

/** A tag counts on a MESSAGE_TAG only, and no tag carries a sticker: that goes inside the window alone. */
function classOf({ messaging_type: type, tag, message }: JsonRecord): MessageClass {
  if (type === 'UTILITY') return 'utility';
  const isSticker = isRecord(message) && message['sticker_id'] !== undefined;
  if (type !== 'MESSAGE_TAG' || isSticker) return 'standard';
  return tag === 'CUSTOMER_FEEDBACK' ? 'survey' : 'human_agent';
}

/** A longer window of an ad is open for tagged messages too. */
function reachesTagged(person: Person, now: number, adWindow: AdWindow): boolean {
  return isWithinTaggedWindow(person, now) || isOpen(person, now, adWindow);
}
