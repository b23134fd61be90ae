import type { Channel } from '../../domain/conversation-id.ts';
import { isObject, type JsonObject } from '../../messenger/check/json.ts';
import { badParameter, toRefusal, type Refusal } from './refusals.ts';
import { isWindowOpen, isWithinTaggedWindow, type AdWindow, type WindowTimes } from './window.ts';

/**
 * The classes of messages and how far each reaches: `RESPONSE` and `UPDATE` inside the window, `HUMAN_AGENT` and
 * `CUSTOMER_FEEDBACK` for 7 days, `UTILITY` always (Meta, Policy and Send a Message, read 2026-10-06).
 */
type SendClass = 'standard' | 'human_agent' | 'survey' | 'utility';

/** What a tag or a type may carry, whoever it is for; the body passed the other rules of form. */
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
      'HUMAN_AGENT is for what a person of the business writes; a survey has the tag CUSTOMER_FEEDBACK.',
    );
  }
  return undefined;
}

/** Whether a message of this class reaches the person now. A sender action needs no window. */
export function windowProblem(
  times: WindowTimes,
  now: number,
  body: JsonObject,
  { adWindow, channel }: { readonly adWindow: AdWindow; readonly channel: Channel },
): Refusal | undefined {
  if (body['sender_action'] !== undefined) return undefined;
  switch (sendClassOf(body)) {
    case 'utility':
      return undefined;
    case 'standard':
      return isWindowOpen(times, now, adWindow) ? undefined : toRefusal('windowClosed', channel);
    case 'human_agent':
      return reachesTagged(times, now, adWindow) ? undefined : toRefusal('humanAgentWindowClosed', channel);
    case 'survey':
      return reachesTagged(times, now, adWindow) ? undefined : toRefusal('surveyWindowClosed');
  }
}

/**
 * What the page tells of a message that was taken all the same. Meta does not say what becomes of HUMAN_AGENT inside
 * the open window, where nothing needs it; three products were wrong to attach it always (reports of 2026). So it is
 * taken here, and flagged.
 */
export function remarkOn(times: WindowTimes, now: number, body: JsonObject, adWindow: AdWindow): string | undefined {
  if (body['tag'] !== 'HUMAN_AGENT' || !isWindowOpen(times, now, adWindow)) return undefined;
  return 'HUMAN_AGENT inside the open window: nothing needs the tag here, and what Meta makes of it is not known.';
}

/** Which of Meta's forms a message has. */
function templateTypeOf(message: unknown): unknown {
  const attachment = isObject(message) ? message['attachment'] : undefined;
  const payload = isObject(attachment) ? attachment['payload'] : undefined;
  return isObject(payload) ? payload['template_type'] : undefined;
}

/** A tag counts on a MESSAGE_TAG only, and no tag carries a sticker: that goes inside the window alone. */
function sendClassOf({ messaging_type: type, tag, message }: JsonObject): SendClass {
  if (type === 'UTILITY') return 'utility';
  const isSticker = isObject(message) && message['sticker_id'] !== undefined;
  if (type !== 'MESSAGE_TAG' || isSticker) return 'standard';
  return tag === 'CUSTOMER_FEEDBACK' ? 'survey' : 'human_agent';
}

/** A longer window of an ad is open for tagged messages too. */
function reachesTagged(times: WindowTimes, now: number, adWindow: AdWindow): boolean {
  return isWithinTaggedWindow(times, now) || isWindowOpen(times, now, adWindow);
}
