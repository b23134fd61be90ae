import type { Channel } from '../../domain/conversation-id.ts';
import { isObject, type JsonObject } from '../../messenger/check/json.ts';
import { badParameter, toRefusal, type Refusal } from './refusals.ts';
import { isOpenAt, isWithinTaggedWindow, type AdWindow, type WindowTimes } from './window.ts';

/**
 * The classes of messages and how far each reaches: `RESPONSE` and `UPDATE` inside the window, `HUMAN_AGENT` and
 * `CUSTOMER_FEEDBACK` for 7 days, `UTILITY` always (Meta, Policy and Send a Message, read 2026-10-06).
 */
type MessagingClass = 'standard' | 'human_agent' | 'survey' | 'utility';

/** Checks what a tag or a messaging type may carry, in a body that passed the other form rules. */
export function classProblem({ messaging_type: type, tag, message }: JsonObject): Refusal | undefined {
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
      'HUMAN_AGENT is for messages that an operator writes; a survey has the tag CUSTOMER_FEEDBACK.',
    );
  }
  return undefined;
}

/** Checks the messaging window for a send of this class. A sender action needs no window. */
export function windowProblem(
  times: WindowTimes,
  now: number,
  body: JsonObject,
  { adWindow, channel }: { readonly adWindow: AdWindow; readonly channel: Channel },
): Refusal | undefined {
  if (body['sender_action'] !== undefined) return undefined;
  switch (messagingClassOf(body)) {
    case 'utility':
      return undefined;
    case 'standard':
      return isOpenAt(times, now, adWindow) ? undefined : toRefusal('windowClosed', channel);
    case 'human_agent':
      return reachesTagged(times, now, adWindow) ? undefined : toRefusal('humanAgentWindowClosed', channel);
    case 'survey':
      return reachesTagged(times, now, adWindow) ? undefined : toRefusal('surveyWindowClosed');
  }
}

/**
 * A remark for the page on an accepted message. Meta does not say what happens to HUMAN_AGENT inside the open window,
 * where it is not needed; three products wrongly attached it always (reports of 2026). So it is accepted here, and
 * flagged.
 */
export function remarkOn(times: WindowTimes, now: number, body: JsonObject, adWindow: AdWindow): string | undefined {
  if (body['tag'] !== 'HUMAN_AGENT' || !isOpenAt(times, now, adWindow)) return undefined;
  return 'HUMAN_AGENT inside the open window: the tag is not needed here, and what Meta does with it is not documented.';
}

/** The template of a message, if it has one. */
function templateTypeOf(message: unknown): unknown {
  const attachment = isObject(message) ? message['attachment'] : undefined;
  const payload = isObject(attachment) ? attachment['payload'] : undefined;
  return isObject(payload) ? payload['template_type'] : undefined;
}

/** A tag counts only with MESSAGE_TAG, and never with a sticker, which needs the standard window. */
function messagingClassOf({ messaging_type: type, tag, message }: JsonObject): MessagingClass {
  if (type === 'UTILITY') return 'utility';
  const isSticker = isObject(message) && message['sticker_id'] !== undefined;
  if (type !== 'MESSAGE_TAG' || isSticker) return 'standard';
  return tag === 'CUSTOMER_FEEDBACK' ? 'survey' : 'human_agent';
}

/** The longer window after an ad is open for tagged messages too. */
function reachesTagged(times: WindowTimes, now: number, adWindow: AdWindow): boolean {
  return isWithinTaggedWindow(times, now) || isOpenAt(times, now, adWindow);
}
