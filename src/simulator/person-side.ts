import { hasText, idText, isRecord, valuesAt } from './json.ts';
import type { JsonRecord } from './json.ts';
import { newMid } from './messages.ts';
import type { MessageContent } from './messages.ts';
import { getStartedPayload } from './page-profile.ts';
import type { NewPerson, Person } from './people.ts';
import { SimulatorError } from './simulator-error.ts';
import { tappable } from './tappable.ts';
import type { Tappable } from './tappable.ts';
import {
  addressItem,
  commentItem,
  couponItem,
  emojiOf,
  feedbackItem,
  messageItem,
  postbackItem,
  reactItem,
  readItem,
  referralItem,
  unreactItem,
} from './webhook-items.ts';
import type { MessagingItem, ReactionName, WebhookKind } from './webhook-items.ts';
import { tell } from './world.ts';
import type { World } from './world.ts';

/** What a person can do in Messenger. Somebody not met before is added on the way. */
export interface PersonSide {
  addPerson(wanted?: NewPerson): Person;
  /** Writes a text; gives its message id. */
  says(psid: string, text: string): string;
  /** Taps a quick reply or a button by what is written on it; the newest that says so, or the one on message `mid`. */
  taps(psid: string, title: string, mid?: string): string;
  /** Taps Get Started, perhaps after an m.me link with a `ref`. */
  getsStarted(psid: string, ref?: string): string;
  /** Opens an m.me link: a referral in a thread that exists, else Get Started with the `ref`. */
  opensLink(psid: string, ref: string): void;
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
  /** Writes under a post of the Page, which lets it answer once in private; gives the id of the comment. */
  comments(psid: string, text: string): string;
  blocks(psid: string): void;
  unblocks(psid: string): void;
}

export function createPersonSide(world: World): PersonSide {
  const { people, messages, live, options } = world;

  function met(psid: string): Person {
    return people.find(psid) ?? people.add({ psid });
  }

  function active(psid: string): Person {
    const person = met(psid);
    if (!person.isBlocking) return person;
    throw new SimulatorError('person_blocks_page', `${person.firstName} has blocked the Page. Unblock it first.`);
  }

  function threadOf(psid: string) {
    return { psid, pageId: options.pageId };
  }

  /** Something the person did that lets the Page write for 24 hours. */
  function opens(psid: string, kind: WebhookKind, item: (at: number) => MessagingItem, extra?: () => void): void {
    const at = world.now(psid);
    world.database.together(() => {
      people.openWindow(psid, at);
      extra?.();
      tell(world, { psid, kind, item: item(at), at });
    });
    live.changed(psid);
  }

  function speaks(
    psid: string,
    kind: 'message' | 'postback',
    content: MessageContent,
    item: (at: number, mid: string) => MessagingItem,
  ): string {
    const mid = newMid();
    const at = world.now(psid);
    world.database.together(() => {
      people.openWindow(psid, at);
      messages.add({ mid, psid, author: 'person', content, at });
      tell(world, { psid, kind, about: mid, item: item(at, mid), at });
    });
    live.changed(psid);
    return mid;
  }

  function says(psid: string, text: string): string {
    active(psid);
    return speaks(psid, 'message', { text }, (at, mid) => messageItem(threadOf(psid), at, { mid, text }));
  }

  function taps(psid: string, title: string, onMid?: string): string {
    const person = active(psid);
    const offered = tappable(messages.newest(psid, 300), person);
    const wanted = offered.find((one) => one.title === title && (onMid === undefined || one.mid === onMid));
    if (wanted) return tapped(psid, wanted);
    const there = offered.map((one) => `"${one.title}"`).join(', ') || 'nothing';
    throw new SimulatorError('nothing_to_tap', `${person.firstName} sees no "${title}" to tap; there is: ${there}.`);
  }

  function tapped(psid: string, { kind, title, payload }: Tappable): string {
    const content: MessageContent = { text: title, tapped: kind };
    if (kind === 'button') {
      return speaks(psid, 'postback', content, (at, mid) => postbackItem(threadOf(psid), at, { mid, title, payload }));
    }
    const message = { text: title, quickReply: payload };
    return speaks(psid, 'message', content, (at, mid) => messageItem(threadOf(psid), at, { mid, ...message }));
  }

  function getsStarted(psid: string, ref?: string): string {
    active(psid);
    const postback = {
      title: 'Get Started',
      payload: getStartedPayload(world.profile) ?? options.getStartedPayload ?? 'GET_STARTED',
      ...(ref && { ref }),
    };
    return speaks(psid, 'postback', { text: postback.title, tapped: 'get_started' }, (at, mid) =>
      postbackItem(threadOf(psid), at, { mid, ...postback }),
    );
  }

  function opensLink(psid: string, ref: string): void {
    active(psid);
    if (messages.newest(psid, 1).length === 0) return void getsStarted(psid, ref);
    opens(psid, 'referral', (at) => referralItem(threadOf(psid), at, ref));
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
    active(psid);
    const mid = reactable(psid, onMid);
    const mark = () => messages.react(mid, emojiOf(reaction));
    opens(psid, 'reaction', (at) => reactItem(threadOf(psid), at, mid, reaction), mark);
  }

  function unreacts(psid: string, onMid?: string): void {
    active(psid);
    const mid = reactable(psid, onMid);
    const at = world.now(psid);
    messages.react(mid, undefined);
    tell(world, { psid, kind: 'reaction', item: unreactItem(threadOf(psid), at, mid), at });
    live.changed(psid);
  }

  function reads(psid: string): void {
    met(psid);
    if (messages.unread(psid) === 0) return;
    const at = world.now(psid);
    world.database.together(() => {
      messages.markRead(psid);
      tell(world, { psid, kind: 'read', item: readItem(threadOf(psid), at), at });
    });
    live.changed(psid);
  }

  function revealsCode(psid: string, onMid?: string): void {
    const person = active(psid);
    const { coupon_code: code, payload } = formOf(person, 'coupon', onMid);
    if (!hasText(code)) throw new SimulatorError('nothing_to_tap', 'This coupon has no code to reveal.');
    tellOnly(psid, 'coupon', (at) => couponItem(threadOf(psid), at, { code, ...(hasText(payload) && { payload }) }));
  }

  function rates(psid: string, score: number, words?: string, onMid?: string): void {
    const form = formOf(active(psid), 'customer_feedback', onMid);
    const question = valuesAt(form, 'feedback_screens.[].questions.[]')[0]?.value;
    const { id, type } = isRecord(question) ? question : {};
    const answer = { id: idText(id), type: idText(type), payload: String(score), ...(words && { words }) };
    tellOnly(psid, 'feedback', () => feedbackItem(threadOf(psid), answer));
  }

  function sendsAddress(psid: string, address: Readonly<Record<string, string>>): void {
    formOf(active(psid), 'customer_information', undefined);
    tellOnly(psid, 'customer_information', (at) => addressItem(threadOf(psid), at, address));
  }

  function comments(psid: string, text: string): string {
    const { firstName, lastName } = active(psid);
    const comment = world.comments.add({ psid, at: world.now(psid) }, options.pageId);
    const words = { ...comment, name: `${firstName} ${lastName}`.trim(), text };
    tellOnly(psid, 'comment', (at) => commentItem(threadOf(psid), at, words));
    return comment.id;
  }

  /** Told to the bot, and no more: it does not stand in the thread and opens no window. */
  function tellOnly(psid: string, kind: WebhookKind, item: (at: number) => MessagingItem): void {
    const at = world.now(psid);
    tell(world, { psid, kind, item: item(at), at });
    live.changed(psid);
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
      const person = people.add(wanted);
      live.changed(person.psid);
      return person;
    },
    says,
    taps,
    getsStarted,
    opensLink,
    reacts,
    unreacts,
    reads,
    revealsCode,
    rates,
    sendsAddress,
    comments,
    blocks: (psid) => (people.block(met(psid).psid), live.changed(psid)),
    unblocks: (psid) => (people.unblock(met(psid).psid), live.changed(psid)),
  };
}
