import type { MediaType } from '../../messenger/outbound/media.ts';
import { THUMBS_UP_STICKER_ID } from '../content/renderers.ts';
import { listTappable, type Tappable } from '../content/tappable.ts';
import { SimulatorError } from '../simulator-error.ts';
import type { SimulatorState } from '../simulator-state.ts';
import type { MessageContent, ThreadMessage } from '../state/messages.ts';
import { profileView, type ProfileView } from '../state/page-profile.ts';
import type { Person } from '../state/people.ts';
import {
  attachmentItem,
  editItem,
  META_FILES,
  textMessageItem,
  postbackItem,
  unsendItem,
} from '../webhook/webhook-items.ts';
import type { PersonEvents } from './person-events.ts';

/** What a person says: texts, files, taps. Each returns its message id. */
export interface PersonMessages {
  /** Writes a text, perhaps as the reply to message `replyTo`. */
  says(psid: string, text: string, replyTo?: string): string;
  /** Sends a file. Meta stores it at an address that it signs anew for every delivery. */
  sendsMedia(psid: string, type: MediaType, url?: string): string;
  /** Sends a sticker, by default the thumb beside the composer. */
  sendsSticker(psid: string, stickerId?: string): string;
  /** Sends a place on the map. */
  sendsLocation(psid: string, lat: number, long: number): string;
  /** Edits message `mid`, by default the person's newest text; the newest messages can be edited five times. */
  edits(psid: string, text: string, mid?: string): void;
  /** Takes message `mid` back, by default the person's newest. Messenger tells no app of it, Instagram does. */
  unsends(psid: string, mid?: string): void;
  /** Taps the newest quick reply or button with this title, or the one on message `mid`. */
  taps(psid: string, title: string, mid?: string): string;
  /** Taps the button or quick reply with this title; where there is none, the item of the menu or the ice breaker. */
  tapsAnything(psid: string, title: string): string;
  /** Taps an item of the persistent menu, or an ice breaker, that the Page's profile has. */
  choosesFromMenu(psid: string, title: string): string;
}

const FILE_EXTENSIONS = { image: 'jpg', video: 'mp4', audio: 'mp3', file: 'pdf' } as const;
/** Meta's clients allow no more. */
const MAX_EDITS = 5;

/** A person's messages, recorded as person events. */
export function createPersonMessages(state: SimulatorState, events: PersonEvents): PersonMessages {
  function profileOf(psid: string): ProfileView {
    const { pageId, locale, firstName, lastName } = state.people.get(psid);
    return profileView(state.profile.get(pageId), { locale, firstName, lastName });
  }

  function says(psid: string, text: string, replyTo?: string): string {
    const { adClicked: ad } = events.requireUnblocked(psid);
    const reply = replyTo !== undefined && requireMessage(psid, (message) => message.mid === replyTo).mid;
    const command = profileOf(psid).commands.find(({ name }) => text.split(/\s/)[0] === `/${name}`)?.name;
    const message = {
      text,
      ...(ad && { ad }),
      ...(reply && { replyTo: reply }),
      ...(command !== undefined && { command }),
    };
    return events.recordMessage(psid, 'message', { text, ...(reply && { quotes: reply }) }, (at, mid) =>
      textMessageItem(state.threadOf(psid), at, { mid, ...message }),
    );
  }

  function sendsAttachment(psid: string, content: MessageContent, attachment: MessageContent['attachment']): string {
    const { adClicked: ad } = events.requireUnblocked(psid);
    if (!attachment) throw new SimulatorError('bad_input', 'There is nothing to send.');
    return events.recordMessage(psid, 'message', content, (at, mid) =>
      attachmentItem(state.threadOf(psid), at, { mid, attachment, ...(ad && { ad }) }),
    );
  }

  function sendsMedia(psid: string, type: MediaType, url = `${META_FILES}v/city.${FILE_EXTENSIONS[type]}`): string {
    const attachment = { type, payload: { url } };
    return sendsAttachment(psid, { attachment }, attachment);
  }

  function sendsSticker(psid: string, stickerId = THUMBS_UP_STICKER_ID): string {
    const payload = { url: `${META_FILES}v/${stickerId}.png`, sticker_id: Number(stickerId) };
    return sendsAttachment(psid, { sticker_id: stickerId }, { type: 'sticker', payload });
  }

  function sendsLocation(psid: string, lat: number, long: number): string {
    const attachment = { type: 'location', payload: { coordinates: { lat, long } } };
    return sendsAttachment(psid, { text: `📍 ${lat}, ${long}` }, attachment);
  }

  /** The person's newest message that fits; throws when there is none. */
  function requireMessage(psid: string, fits: (message: ThreadMessage) => boolean): ThreadMessage {
    const message = state.messages.newest(psid, 300).findLast(fits);
    if (message) return message;
    throw new SimulatorError('message_unknown', 'There is no such message in this thread.');
  }

  function requireOwn(psid: string, onMid: string | undefined): ThreadMessage {
    return requireMessage(
      psid,
      ({ mid, author, content }) =>
        author === 'person' && !content.isUnsent && !content.tapped && (onMid === undefined || mid === onMid),
    );
  }

  function edits(psid: string, text: string, onMid?: string): void {
    events.requireUnblocked(psid);
    const { mid, content } = requireOwn(psid, onMid);
    const { edits: before = 0 } = content;
    if (content.text === undefined || before === MAX_EDITS) {
      throw new SimulatorError('bad_input', `Only a text can be edited, and at most ${MAX_EDITS} times.`);
    }
    state.messages.replaceContent(mid, { ...content, text, edits: before + 1 });
    events.recordEvent(psid, 'edit', (at) => editItem(state.threadOf(psid), at, mid, text, before + 1));
  }

  function unsends(psid: string, onMid?: string): void {
    events.requireUnblocked(psid);
    const { mid } = requireOwn(psid, onMid);
    state.messages.replaceContent(mid, { isUnsent: true });
    state.live.notify(psid);
    if (state.channel === 'instagram')
      events.recordEvent(psid, 'unsend', (at) => unsendItem(state.threadOf(psid), at, mid));
  }

  function taps(psid: string, title: string, onMid?: string): string {
    const person = events.requireUnblocked(psid);
    const tappables = tappablesOf(person);
    const target = tappables.find((one) => one.title === title && (onMid === undefined || one.mid === onMid));
    if (target) return recordTap(psid, target);
    const titles = tappables.map((one) => `"${one.title}"`).join(', ') || 'nothing';
    throw new SimulatorError('nothing_to_tap', `${person.firstName} sees no "${title}" to tap; there is: ${titles}.`);
  }

  function tappablesOf(person: Person): Tappable[] {
    return listTappable(state.messages.newest(person.psid, 300), person);
  }

  function tapsAnything(psid: string, title: string): string {
    const { menu, iceBreakers } = profileOf(psid);
    const isTappable = tappablesOf(state.people.get(psid)).some((one) => one.title === title);
    const isInMenu = [...menu, ...iceBreakers].some((item) => item.title === title && item.payload !== undefined);
    return !isTappable && isInMenu ? choosesFromMenu(psid, title) : taps(psid, title);
  }

  function choosesFromMenu(psid: string, title: string): string {
    const { firstName } = events.requireUnblocked(psid);
    const { menu, iceBreakers } = profileOf(psid);
    const chosen = [...menu, ...iceBreakers].find((item) => item.title === title);
    if (chosen?.payload !== undefined)
      return recordTap(psid, { kind: 'button', mid: '', title, payload: chosen.payload });
    throw new SimulatorError('nothing_to_tap', `${firstName} has no "${title}" in the menu of the Page.`);
  }

  function recordTap(psid: string, { kind, title, payload }: Tappable): string {
    const content: MessageContent = { text: title, tapped: kind };
    if (kind === 'button') {
      return events.recordMessage(psid, 'postback', content, (at, mid) =>
        postbackItem(state.threadOf(psid), at, { mid, title, payload }),
      );
    }
    const message = { text: title, quickReply: payload };
    return events.recordMessage(psid, 'message', content, (at, mid) =>
      textMessageItem(state.threadOf(psid), at, { mid, ...message }),
    );
  }

  return { says, sendsMedia, sendsSticker, sendsLocation, edits, unsends, taps, tapsAnything, choosesFromMenu };
}
