import { isObject, type JsonObject } from '../../messenger/check/json.ts';
import { hasText, idText, valuesAtPath } from '../json.ts';
import { SimulatorError } from '../simulator-error.ts';
import type { SimulatorState } from '../simulator-state.ts';
import type { Person } from '../state/people.ts';
import { addressItem, couponItem, feedbackItem } from '../webhook/webhook-items.ts';
import type { PersonEvents } from './person-events.ts';

/** How a person answers the templates that Meta draws as forms. None of it opens the window. */
export interface PersonForms {
  /** Taps "Reveal code" on a coupon, by default the newest. */
  revealsCode(psid: string, mid?: string): void;
  /** Answers a survey, by default the newest; `score` is one of those it offers. */
  rates(psid: string, score: number, words?: string, mid?: string): void;
  /** Submits the newest address form: `{ country: 'PT', postal_code: '4050-262' }`. */
  sendsAddress(psid: string, address: Readonly<Record<string, string>>): void;
}

/** A person's answers to forms, recorded as person events. */
export function createPersonForms(state: SimulatorState, events: PersonEvents): PersonForms {
  function revealsCode(psid: string, onMid?: string): void {
    const person = events.requireUnblocked(psid);
    const { coupon_code: code, payload } = requireForm(person, 'coupon', onMid);
    if (!hasText(code)) throw new SimulatorError('nothing_to_tap', 'This coupon has no code to reveal.');
    events.recordEvent(psid, 'coupon', (at) =>
      couponItem(state.threadOf(psid), at, { code, ...(hasText(payload) && { payload }) }),
    );
  }

  function rates(psid: string, score: number, words?: string, onMid?: string): void {
    const form = requireForm(events.requireUnblocked(psid), 'customer_feedback', onMid);
    const question = valuesAtPath(form, 'feedback_screens.[].questions.[]')[0]?.value;
    const { id, type } = isObject(question) ? question : {};
    const answer = { id: idText(id), type: idText(type), payload: String(score), ...(words && { words }) };
    events.recordEvent(psid, 'feedback', () => feedbackItem(state.threadOf(psid), answer));
  }

  function sendsAddress(psid: string, address: Readonly<Record<string, string>>): void {
    requireForm(events.requireUnblocked(psid), 'customer_information', undefined);
    events.recordEvent(psid, 'customer_information', (at) => addressItem(state.threadOf(psid), at, address));
  }

  /** The payload of the newest form of that type, or of the one on message `onMid`; throws when there is none. */
  function requireForm({ psid, firstName }: Person, type: string, onMid: string | undefined): JsonObject {
    const payloads = state.messages
      .newest(psid, 300)
      .filter((message) => onMid === undefined || message.mid === onMid)
      .map(({ content }) => content.attachment?.payload ?? {});
    const form = payloads.findLast((payload) => payload['template_type'] === type);
    if (form) return form;
    throw new SimulatorError('nothing_to_tap', `${firstName} sees no ${type.replace('_', ' ')} here.`);
  }

  return { revealsCode, rates, sendsAddress };
}
