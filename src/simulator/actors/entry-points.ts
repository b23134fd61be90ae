import { getStartedPayload } from '../state/page-profile.ts';
import type { World } from '../state/simulator-state.ts';
import { adItem, commentItem, optinItem, postbackItem, referralItem } from '../webhook/webhook-items.ts';
import type { PersonActs } from './sender-actions.ts';

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

export function createEntryPoints(world: World, acts: PersonActs): EntryPoints {
  const { people, messages, options } = world;
  const hasThread = (psid: string): boolean => messages.newest(psid, 1).length > 0;

  function getsStarted(psid: string, ref?: string): string {
    acts.active(psid);
    const postback = {
      title: 'Get Started',
      payload:
        getStartedPayload(world.profile, world.threadOf(psid).pageId) ?? options.getStartedPayload ?? 'GET_STARTED',
      ...(ref && { ref }),
    };
    return acts.speaks(psid, 'postback', { text: postback.title, tapped: 'get_started' }, (at, mid) =>
      postbackItem(world.threadOf(psid), at, { mid, ...postback }),
    );
  }

  return {
    getsStarted,

    opensLink(psid, ref) {
      acts.active(psid);
      if (!hasThread(psid)) return void getsStarted(psid, ref);
      if (ref) acts.opens(psid, 'referral', (at) => referralItem(world.threadOf(psid), at, ref));
    },

    clicksAd(psid, ref = 'spring', adId = '6411900112233') {
      acts.active(psid);
      people.clickAd(psid, { ref, adId });
      if (hasThread(psid)) acts.tellOnly(psid, 'referral', (at) => adItem(world.threadOf(psid), at, { ref, adId }));
    },

    optsIn(psid, ref) {
      acts.active(psid);
      acts.opens(psid, 'optin', (at) => optinItem(world.threadOf(psid), at, ref));
    },

    comments(psid, text) {
      const { firstName, lastName } = acts.active(psid);
      const comment = world.comments.add({ psid, at: world.now(psid) }, world.threadOf(psid).pageId);
      const words = { ...comment, name: `${firstName} ${lastName}`.trim(), text };
      acts.tellOnly(psid, 'comment', (at) => commentItem(world.threadOf(psid), at, words));
      return comment.id;
    },
  };
}
