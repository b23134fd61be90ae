import { isObject, type JsonObject } from '../../messenger/check/json.ts';
import type { MediaType } from '../../messenger/outbound/media.ts';
import { listTappable, type Tappable } from '../content/tappable.ts';
import { hasText, idText, valuesAtPath } from '../json.ts';
import { SimulatorError } from '../simulator-error.ts';
import type { SimulatorState } from '../simulator-state.ts';
import type { MessageContent } from '../state/messages.ts';
import type { NewPerson, Person } from '../state/people.ts';
import {
  addressItem,
  couponItem,
  emojiOf,
  feedbackItem,
  mediaItem,
  META_FILES,
  messageItem,
  postbackItem,
  reactItem,
  readReceiptItem,
  seenItem,
  unreactItem,
  type ReactionName,
} from '../webhook/webhook-items.ts';
import { emitWebhook } from './emit-webhook.ts';
import { createEntryPoints, type EntryPoints } from './entry-points.ts';
import { createPersonEvents } from './person-events.ts';

/** What a person can do in Messenger. Somebody not met before is added on the way. */
export interface PersonActions extends EntryPoints {
  addPerson(wanted?: NewPerson): Person;
  /** Writes a text; gives its message id. */
  says(psid: string, text: string): string;
  /** Sends a file, which Meta keeps at an address that it signs anew with every delivery; gives the message id. */
  sendsMedia(psid: string, type: MediaType, url?: string): string;
  /** Taps a quick reply or a button by what is written on it; the newest that says so, or the one on message `mid`. */
  taps(psid: string, title: string, mid?: string): string;
  /** Puts a reaction on a message, by default the newest of the Page. */
  reacts(psid: string, reaction: ReactionName, mid?: string): void;
  unreacts(psid: string, mid?: string): void;
  /** Looks at the thread; nothing happens when everything was read already. */
  reads(psid: string): void;
  /** Taps "Reveal code" on a coupon, by default the newest. */
  revealsCode(psid: string, mid?: string): void;
  /** Answers a survey, by default the newest; `score` is one of those it offers. */
  rates(psid: string, score: number, words?: string, mid?: string): void;
  /** Sends an address form back: `{ country: 'PT', postal_code: '4050-262' }`. */
  sendsAddress(psid: string, address: Readonly<Record<string, string>>): void;
  blocks(psid: string): void;
  unblocks(psid: string): void;
}

const FILE_EXTENSIONS = { image: 'jpg', video: 'mp4', audio: 'mp3', file: 'pdf' } as const;

export function createPersonActions(state: SimulatorState): PersonActions {
  const { people, messages, live } = state;
  const acts = createPersonEvents(state);

  function says(psid: string, text: string): string {
    const { adClicked: ad } = acts.requireUnblocked(psid);
    const message = { text, ...(ad && { ad }) };
    return acts.recordMessage(psid, 'message', { text }, (at, mid) =>
      messageItem(state.threadOf(psid), at, { mid, ...message }),
    );
  }

  function sendsMedia(psid: string, type: MediaType, url = `${META_FILES}v/city.${FILE_EXTENSIONS[type]}`): string {
    const { adClicked: ad } = acts.requireUnblocked(psid);
    const content: MessageContent = { attachment: { type, payload: { url } } };
    return acts.recordMessage(psid, 'message', content, (at, mid) =>
      mediaItem(state.threadOf(psid), at, { mid, type, url, ...(ad && { ad }) }),
    );
  }

  function taps(psid: string, title: string, onMid?: string): string {
    const person = acts.requireUnblocked(psid);
    const offered = listTappable(messages.newest(psid, 300), person);
    const wanted = offered.find((one) => one.title === title && (onMid === undefined || one.mid === onMid));
    if (wanted) return tapped(psid, wanted);
    const there = offered.map((one) => `"${one.title}"`).join(', ') || 'nothing';
    throw new SimulatorError('nothing_to_tap', `${person.firstName} sees no "${title}" to tap; there is: ${there}.`);
  }

  function tapped(psid: string, { kind, title, payload }: Tappable): string {
    const content: MessageContent = { text: title, tapped: kind };
    if (kind === 'button') {
      return acts.recordMessage(psid, 'postback', content, (at, mid) =>
        postbackItem(state.threadOf(psid), at, { mid, title, payload }),
      );
    }
    const message = { text: title, quickReply: payload };
    return acts.recordMessage(psid, 'message', content, (at, mid) =>
      messageItem(state.threadOf(psid), at, { mid, ...message }),
    );
  }

  function reactable(psid: string, mid: string | undefined): string {
    const message = mid === undefined ? newestOfPage(psid) : messages.find(mid);
    if (message?.psid === psid) return message.mid;
    throw new SimulatorError(
      'message_unknown',
      mid ? `No message ${mid} in this thread.` : 'The Page has said nothing yet.',
    );
  }

  function newestOfPage(psid: string) {
    return messages.newest(psid, 300).findLast((message) => message.author !== 'person');
  }

  function reacts(psid: string, reaction: ReactionName, onMid?: string): void {
    acts.requireUnblocked(psid);
    const mid = reactable(psid, onMid);
    const mark = () => messages.react(mid, emojiOf(reaction));
    acts.recordWindowOpener(psid, 'reaction', (at) => reactItem(state.threadOf(psid), at, mid, reaction), mark);
  }

  function unreacts(psid: string, onMid?: string): void {
    acts.requireUnblocked(psid);
    const mid = reactable(psid, onMid);
    const at = state.now(psid);
    messages.react(mid, undefined);
    emitWebhook(state, { psid, kind: 'reaction', item: unreactItem(state.threadOf(psid), at, mid), at });
    live.notify(psid);
  }

  function reads(psid: string): void {
    acts.findOrAdd(psid);
    if (messages.unread(psid) === 0) return;
    const at = state.now(psid);
    const thread = state.threadOf(psid);
    const seen = state.channel === 'instagram' ? newestOfPage(psid)?.mid : undefined;
    const item = seen === undefined ? readReceiptItem(thread, at) : seenItem(thread, at, seen);
    state.database.transaction(() => {
      messages.markRead(psid);
      emitWebhook(state, { psid, kind: 'read', item, at });
    });
    live.notify(psid);
  }

  function revealsCode(psid: string, onMid?: string): void {
    const person = acts.requireUnblocked(psid);
    const { coupon_code: code, payload } = formOf(person, 'coupon', onMid);
    if (!hasText(code)) throw new SimulatorError('nothing_to_tap', 'This coupon has no code to reveal.');
    acts.recordEvent(psid, 'coupon', (at) =>
      couponItem(state.threadOf(psid), at, { code, ...(hasText(payload) && { payload }) }),
    );
  }

  function rates(psid: string, score: number, words?: string, onMid?: string): void {
    const form = formOf(acts.requireUnblocked(psid), 'customer_feedback', onMid);
    const question = valuesAtPath(form, 'feedback_screens.[].questions.[]')[0]?.value;
    const { id, type } = isObject(question) ? question : {};
    const answer = { id: idText(id), type: idText(type), payload: String(score), ...(words && { words }) };
    acts.recordEvent(psid, 'feedback', () => feedbackItem(state.threadOf(psid), answer));
  }

  function sendsAddress(psid: string, address: Readonly<Record<string, string>>): void {
    formOf(acts.requireUnblocked(psid), 'customer_information', undefined);
    acts.recordEvent(psid, 'customer_information', (at) => addressItem(state.threadOf(psid), at, address));
  }

  /** The payload of the newest form of that type in the thread, or of the one on message `mid`. */
  function formOf({ psid, firstName }: Person, type: string, onMid: string | undefined): JsonObject {
    const payloads = messages
      .newest(psid, 300)
      .filter((message) => onMid === undefined || message.mid === onMid)
      .map(({ content }) => content.attachment?.payload ?? {});
    const form = payloads.findLast((payload) => payload['template_type'] === type);
    if (form) return form;
    throw new SimulatorError('nothing_to_tap', `${firstName} sees no ${type.replace('_', ' ')} here.`);
  }

  return {
    addPerson(wanted) {
      const { pageId } = wanted ?? {};
      if (pageId !== undefined && !state.pages.find(pageId)) {
        throw new SimulatorError('bad_input', `There is no Page ${pageId} here. Name it in the option pages.`);
      }
      const person = people.add(wanted);
      live.notify(person.psid);
      return person;
    },
    ...createEntryPoints(state, acts),
    says,
    sendsMedia,
    taps,
    reacts,
    unreacts,
    reads,
    revealsCode,
    rates,
    sendsAddress,
    blocks: (psid) => (people.block(acts.findOrAdd(psid).psid), live.notify(psid)),
    unblocks: (psid) => (people.unblock(acts.findOrAdd(psid).psid), live.notify(psid)),
  };
}
