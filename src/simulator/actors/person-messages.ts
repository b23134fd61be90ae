import type { MediaType } from '../../messenger/outbound/media.ts';
import { listTappable, type Tappable } from '../content/tappable.ts';
import { SimulatorError } from '../simulator-error.ts';
import type { SimulatorState } from '../simulator-state.ts';
import type { MessageContent } from '../state/messages.ts';
import { mediaMessageItem, META_FILES, textMessageItem, postbackItem } from '../webhook/webhook-items.ts';
import type { PersonEvents } from './person-events.ts';

/** What a person says: texts, files, taps. Each returns its message id. */
export interface PersonMessages {
  /** Writes a text. */
  says(psid: string, text: string): string;
  /** Sends a file. Meta stores it at an address that it signs anew for every delivery. */
  sendsMedia(psid: string, type: MediaType, url?: string): string;
  /** Taps the newest quick reply or button with this title, or the one on message `mid`. */
  taps(psid: string, title: string, mid?: string): string;
}

const FILE_EXTENSIONS = { image: 'jpg', video: 'mp4', audio: 'mp3', file: 'pdf' } as const;

/** A person's messages, recorded as person events. */
export function createPersonMessages(state: SimulatorState, events: PersonEvents): PersonMessages {
  function says(psid: string, text: string): string {
    const { adClicked: ad } = events.requireUnblocked(psid);
    const message = { text, ...(ad && { ad }) };
    return events.recordMessage(psid, 'message', { text }, (at, mid) =>
      textMessageItem(state.threadOf(psid), at, { mid, ...message }),
    );
  }

  function sendsMedia(psid: string, type: MediaType, url = `${META_FILES}v/city.${FILE_EXTENSIONS[type]}`): string {
    const { adClicked: ad } = events.requireUnblocked(psid);
    const content: MessageContent = { attachment: { type, payload: { url } } };
    return events.recordMessage(psid, 'message', content, (at, mid) =>
      mediaMessageItem(state.threadOf(psid), at, { mid, type, url, ...(ad && { ad }) }),
    );
  }

  function taps(psid: string, title: string, onMid?: string): string {
    const person = events.requireUnblocked(psid);
    const tappables = listTappable(state.messages.newest(psid, 300), person);
    const target = tappables.find((one) => one.title === title && (onMid === undefined || one.mid === onMid));
    if (target) return recordTap(psid, target);
    const titles = tappables.map((one) => `"${one.title}"`).join(', ') || 'nothing';
    throw new SimulatorError('nothing_to_tap', `${person.firstName} sees no "${title}" to tap; there is: ${titles}.`);
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

  return { says, sendsMedia, taps };
}
