import type { SimulatorState } from '../simulator-state.ts';
import { getStartedPayload } from '../state/page-profile.ts';
import { adItem, commentItem, optinItem, postbackItem, referralItem } from '../webhook/webhook-items.ts';
import type { PersonEvents } from './person-events.ts';

/** How a person comes to the Page (Meta's entry points). Which of them open the window: Meta's policy, 2026-10-06. */
export interface EntryPoints {
  /** Taps Get Started, perhaps after an m.me link with a `ref`; returns the message id. */
  getsStarted(psid: string, ref?: string): string;
  /**
   * Opens an m.me link. In a thread that exists, a `ref` sends a referral, which opens the window; without one there is
   * no webhook and no window. Without a thread, the person taps Get Started with the `ref`.
   */
  opensLink(psid: string, ref?: string): void;
  /**
   * Opens a click-to-message ad, which sends a referral in a thread that exists. The click opens no window; the next
   * message does, names the ad, and may open a longer one (option `adWindow`).
   */
  clicksAd(psid: string, ref?: string, adId?: string): void;
  /** Taps the plugin Send to Messenger on a web page, which opens the window. */
  optsIn(psid: string, ref: string): void;
  /** Writes under a post of the Page, which may then answer once in private; returns the comment's id. */
  comments(psid: string, text: string): string;
}

/** Entry points, recorded as person events. */
export function createEntryPoints(state: SimulatorState, events: PersonEvents): EntryPoints {
  const { people, messages, options } = state;
  const hasThread = (psid: string): boolean => messages.newest(psid, 1).length > 0;

  function getsStarted(psid: string, ref?: string): string {
    events.requireUnblocked(psid);
    const postback = {
      title: 'Get Started',
      payload:
        getStartedPayload(state.profile, state.threadOf(psid).pageId) ?? options.getStartedPayload ?? 'GET_STARTED',
      ...(ref && { ref }),
    };
    return events.recordMessage(psid, 'postback', { text: postback.title, tapped: 'get_started' }, (at, mid) =>
      postbackItem(state.threadOf(psid), at, { mid, ...postback, channel: state.channel }),
    );
  }

  return {
    getsStarted,

    opensLink(psid, ref) {
      events.requireUnblocked(psid);
      if (!hasThread(psid)) return void getsStarted(psid, ref);
      if (ref)
        events.recordWindowOpener(psid, 'referral', (at) => referralItem(state.threadOf(psid), at, ref, state.channel));
    },

    clicksAd(psid, ref = 'spring', adId = '6411900112233') {
      events.requireUnblocked(psid);
      people.clickAd(psid, { ref, adId });
      if (hasThread(psid))
        events.recordEvent(psid, 'referral', (at) => adItem(state.threadOf(psid), at, { ref, adId }));
    },

    optsIn(psid, ref) {
      events.requireUnblocked(psid);
      events.recordWindowOpener(psid, 'optin', (at) => optinItem(state.threadOf(psid), at, ref));
    },

    comments(psid, text) {
      const { firstName, lastName } = events.requireUnblocked(psid);
      const comment = state.comments.add({ psid, at: state.now(psid) }, state.threadOf(psid).pageId);
      const details = { ...comment, name: `${firstName} ${lastName}`.trim(), text };
      events.recordEvent(psid, 'comment', (at) => commentItem(state.threadOf(psid), at, details));
      return comment.id;
    },
  };
}
