import type { StepTaker } from '../../recording/recording.ts';
import type { OtherSenders } from './other-senders.ts';
import type { PersonActions } from './person-actions.ts';

/** The steps of a test that people on Messenger take, and operators in Meta's own apps. */
export function simulatedSteps(actions: PersonActions & OtherSenders, psid: string) {
  return {
    says: (...texts) => texts.map((text) => actions.says(psid, text)),
    taps: (title) => actions.tapsAnything(psid, title),
    reacts: (reaction) => actions.reacts(psid, reaction),
    unreacts: () => actions.unreacts(psid),
    sendsMedia(type, url, caption) {
      actions.sendsMedia(psid, type, url);
      if (caption !== undefined) actions.says(psid, caption);
    },
    sendsSticker: (stickerId) => actions.sendsSticker(psid, stickerId),
    sendsLocation: (lat, long) => actions.sendsLocation(psid, lat, long),
    edits: (text) => actions.edits(psid, text),
    unsends: () => actions.unsends(psid),
    rates: (score, words) => actions.rates(psid, score, words),
    revealsCode: () => actions.revealsCode(psid),
    sendsAddress: (address) => actions.sendsAddress(psid, address),
    getsStarted: (ref) => actions.getsStarted(psid, ref),
    opensLink: (ref) => actions.opensLink(psid, ref),
    clicksAd: (ref, adId) => actions.clicksAd(psid, ref, adId),
    optsIn: (ref) => actions.optsIn(psid, ref),
    blocks: () => actions.blocks(psid),
    unblocks: () => actions.unblocks(psid),
    answersFromInbox: (text) => actions.answersFromInbox(psid, text),
    answersFromNativeApp: (text) => actions.answersFromNativeApp(psid, text),
  } satisfies Partial<StepTaker>;
}
