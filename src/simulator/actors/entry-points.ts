import type { SimulatorState } from '../simulator-state.ts';
import { getStartedPayload } from '../state/page-profile.ts';
import { adItem, commentItem, optinItem, postbackItem, referralItem } from '../webhook/webhook-items.ts';
import type { PersonEvents } from './person-events.ts';

/** The ways on which a person comes to the Page. Which of them open the window is Meta's rule (policy, 2026-10-06). */
export interface EntryPoints {
  /** Taps Get Started, perhaps after an m.me link with a `ref`. */
  getsStarted(psid: string, ref?: string): string;
  /**
   * Opens an m.me link: with a `ref` a referral in a thread that exists, which opens the window; without one nothing
   * is told and nothing opens. Where there is no thread, Get Started with the `ref`.
   */
  opensLink(psid: string, ref?: string): void;
  /**
   * Opens a click-to-message ad, told as a referral in a thread that exists. The click opens no window; the next
   * message does, names the ad, and may open a longer one (option `adWindow`).
   */
  clicksAd(psid: string, ref?: string, adId?: string): void;
  /** Taps the plugin Send to Messenger on a web page, which opens the window. */
  optsIn(psid: string, ref: string): void;
  /** Writes under a post of the Page, which lets it answer once in private; gives the id of the comment. */
  comments(psid: string, text: string): string;
}

export function createEntryPoints(state: SimulatorState, acts: PersonEvents): EntryPoints {
  const { people, messages, options } = state;
  const hasThread = (psid: string): boolean => messages.newest(psid, 1).length > 0;

  function getsStarted(psid: string, ref?: string): string {
    acts.requireUnblocked(psid);
    const postback = {
      title: 'Get Started',
      payload:
        getStartedPayload(state.profile, state.threadOf(psid).pageId) ?? options.getStartedPayload ?? 'GET_STARTED',
      ...(ref && { ref }),
    };
    return acts.recordMessage(psid, 'postback', { text: postback.title, tapped: 'get_started' }, (at, mid) =>
      postbackItem(state.threadOf(psid), at, { mid, ...postback }),
    );
  }

  return {
    getsStarted,

    opensLink(psid, ref) {
      acts.requireUnblocked(psid);
      if (!hasThread(psid)) return void getsStarted(psid, ref);
      if (ref) acts.recordWindowOpener(psid, 'referral', (at) => referralItem(state.threadOf(psid), at, ref));
    },

    clicksAd(psid, ref = 'spring', adId = '6411900112233') {
      acts.requireUnblocked(psid);
      people.clickAd(psid, { ref, adId });
      if (hasThread(psid)) acts.recordEvent(psid, 'referral', (at) => adItem(state.threadOf(psid), at, { ref, adId }));
    },

    optsIn(psid, ref) {
      acts.requireUnblocked(psid);
      acts.recordWindowOpener(psid, 'optin', (at) => optinItem(state.threadOf(psid), at, ref));
    },

    comments(psid, text) {
      const { firstName, lastName } = acts.requireUnblocked(psid);
      const comment = state.comments.add({ psid, at: state.now(psid) }, state.threadOf(psid).pageId);
      const words = { ...comment, name: `${firstName} ${lastName}`.trim(), text };
      acts.recordEvent(psid, 'comment', (at) => commentItem(state.threadOf(psid), at, words));
      return comment.id;
    },
  };
}
