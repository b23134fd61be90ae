import { tappable, type Tappable } from '../content/tappable.ts';
import { hasText, idText, isRecord, valuesAt, type JsonRecord } from '../json.ts';
import { SimulatorError } from '../simulator-error.ts';
import type { MessageContent } from '../state/messages.ts';
import type { NewPerson, Person } from '../state/people.ts';
import { tell, type World } from '../state/simulator-state.ts';
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
  readItem,
  seenItem,
  unreactItem,
  type MediaType,
  type ReactionName,
} from '../webhook/webhook-items.ts';
import { createEntryPoints, type EntryPoints } from './entry-points.ts';
import { createPersonActs } from './sender-actions.ts';

/** What a person can do in Messenger. Somebody not met before is added on the way. */
export interface PersonSide extends EntryPoints {
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

const ENDINGS = { image: 'jpg', video: 'mp4', audio: 'mp3', file: 'pdf' } as const;

export function createPersonSide(world: World): PersonSide {
  const { people, messages, live } = world;
  const acts = createPersonActs(world);

  function says(psid: string, text: string): string {
    const { adClicked: ad } = acts.active(psid);
    const message = { text, ...(ad && { ad }) };
    return acts.speaks(psid, 'message', { text }, (at, mid) =>
      messageItem(world.threadOf(psid), at, { mid, ...message }),
    );
  }

  function sendsMedia(psid: string, type: MediaType, url = `${META_FILES}v/city.${ENDINGS[type]}`): string {
    const { adClicked: ad } = acts.active(psid);
    const content: MessageContent = { attachment: { type, payload: { url } } };
    return acts.speaks(psid, 'message', content, (at, mid) =>
      mediaItem(world.threadOf(psid), at, { mid, type, url, ...(ad && { ad }) }),
    );
  }

  function taps(psid: string, title: string, onMid?: string): string {
    const person = acts.active(psid);
    const offered = tappable(messages.newest(psid, 300), person);
    const wanted = offered.find((one) => one.title === title && (onMid === undefined || one.mid === onMid));
    if (wanted) return tapped(psid, wanted);
    const there = offered.map((one) => `"${one.title}"`).join(', ') || 'nothing';
    throw new SimulatorError('nothing_to_tap', `${person.firstName} sees no "${title}" to tap; there is: ${there}.`);
  }

  function tapped(psid: string, { kind, title, payload }: Tappable): string {
    const content: MessageContent = { text: title, tapped: kind };
    if (kind === 'button') {
      return acts.speaks(psid, 'postback', content, (at, mid) =>
        postbackItem(world.threadOf(psid), at, { mid, title, payload }),
      );
    }
    const message = { text: title, quickReply: payload };
    return acts.speaks(psid, 'message', content, (at, mid) =>
      messageItem(world.threadOf(psid), at, { mid, ...message }),
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
    acts.active(psid);
    const mid = reactable(psid, onMid);
    const mark = () => messages.react(mid, emojiOf(reaction));
    acts.opens(psid, 'reaction', (at) => reactItem(world.threadOf(psid), at, mid, reaction), mark);
  }

  function unreacts(psid: string, onMid?: string): void {
    acts.active(psid);
    const mid = reactable(psid, onMid);
    const at = world.now(psid);
    messages.react(mid, undefined);
    tell(world, { psid, kind: 'reaction', item: unreactItem(world.threadOf(psid), at, mid), at });
    live.changed(psid);
  }

  function reads(psid: string): void {
    acts.met(psid);
    if (messages.unread(psid) === 0) return;
    const at = world.now(psid);
    const thread = world.threadOf(psid);
    const seen = world.channel === 'instagram' ? newestOfPage(psid)?.mid : undefined;
    const item = seen === undefined ? readItem(thread, at) : seenItem(thread, at, seen);
    world.database.together(() => {
      messages.markRead(psid);
      tell(world, { psid, kind: 'read', item, at });
    });
    live.changed(psid);
  }

  function revealsCode(psid: string, onMid?: string): void {
    const person = acts.active(psid);
    const { coupon_code: code, payload } = formOf(person, 'coupon', onMid);
    if (!hasText(code)) throw new SimulatorError('nothing_to_tap', 'This coupon has no code to reveal.');
    acts.tellOnly(psid, 'coupon', (at) =>
      couponItem(world.threadOf(psid), at, { code, ...(hasText(payload) && { payload }) }),
    );
  }

  function rates(psid: string, score: number, words?: string, onMid?: string): void {
    const form = formOf(acts.active(psid), 'customer_feedback', onMid);
    const question = valuesAt(form, 'feedback_screens.[].questions.[]')[0]?.value;
    const { id, type } = isRecord(question) ? question : {};
    const answer = { id: idText(id), type: idText(type), payload: String(score), ...(words && { words }) };
    acts.tellOnly(psid, 'feedback', () => feedbackItem(world.threadOf(psid), answer));
  }

  function sendsAddress(psid: string, address: Readonly<Record<string, string>>): void {
    formOf(acts.active(psid), 'customer_information', undefined);
    acts.tellOnly(psid, 'customer_information', (at) => addressItem(world.threadOf(psid), at, address));
  }

  /** The payload of the newest form of that type in the thread, or of the one on message `mid`. */
  function formOf({ psid, firstName }: Person, type: string, onMid: string | undefined): JsonRecord {
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
      if (pageId !== undefined && !world.pages.find(pageId)) {
        throw new SimulatorError('bad_input', `There is no Page ${pageId} here. Name it in the option pages.`);
      }
      const person = people.add(wanted);
      live.changed(person.psid);
      return person;
    },
    ...createEntryPoints(world, acts),
    says,
    sendsMedia,
    taps,
    reacts,
    unreacts,
    reads,
    revealsCode,
    rates,
    sendsAddress,
    blocks: (psid) => (people.block(acts.met(psid).psid), live.changed(psid)),
    unblocks: (psid) => (people.unblock(acts.met(psid).psid), live.changed(psid)),
  };
}
