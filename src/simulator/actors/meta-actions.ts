import { SimulatorError } from '../simulator-error.ts';
import type { SimulatorState } from '../simulator-state.ts';
import type { SimulatedPage } from '../state/pages.ts';
import type { NewPersona } from '../state/personas.ts';
import type { ProfileAccess } from '../state/simulated-app.ts';
import type { ReleaseOptions } from '../webhook/deliveries.ts';
import { policyItem, type PolicyAction } from '../webhook/routing-items.ts';
import { emitPageWebhook } from './emit-webhook.ts';

/** Why the Send API refuses a person who has not blocked the Page; Meta has more than one number for it. */
export type UnavailableError = '551/1545041' | '10/2018108';

/**
 * What Meta does to a Page, its tokens and its app. `pageId` is the main Page when left out. None of it outlives a
 * restart, but for what holds for a person.
 */
export interface MetaActions {
  /** Every send of the Page is refused with 10/1893063 until the restriction is lifted; the app is told `block`. */
  restrictPage(reason?: string, pageId?: string): void;
  /** The app is told `unblock`. */
  liftRestriction(pageId?: string): void;
  /** The app is told `warning`, and nothing else happens. */
  warnPage(reason?: string, pageId?: string): void;
  /** From now on this token is the Page's; those before it get 190/460, as after a changed password. */
  replaceToken(token: string, pageId?: string): void;
  /** The Page's token gets 190/463 until it is replaced. */
  expireToken(pageId?: string): void;
  /** While the app is not live, sends get 200. Its webhooks go on: who has a role on the app is not simulated. */
  setAppLive(isLive: boolean): void;
  /** What the User Profile API tells the app of people from now on; `all` at first. */
  setProfileAccess(access: ProfileAccess): void;
  /** Unsubscribes the app on the Page, as after an hour of failed deliveries: what it has not taken is lost to it. */
  unsubscribeApp(pageId?: string): void;
  /** The Page has a persona with this name; gives its id. */
  addPersona(persona: NewPersona): string;
  /** Webhooks wait from now on, until they are released. */
  holdDeliveries(): void;
  /** What waits goes out as a habit of Meta's has it: in batches, twice, or the last first; then all is as before. */
  releaseDeliveries(habit?: ReleaseOptions): void;
  /** Brings the newest webhooks of a person once more, as Meta does now and then. */
  redeliver(psid: string, count?: number): void;
  /** The person cannot get messages, without having blocked the Page, until they do something themselves. */
  makeUnavailable(psid: string, number?: UnavailableError): void;
}

export function createMetaActions(state: SimulatorState): MetaActions {
  const { pages, people, live } = state;

  function known(pageId = pages.main.id): SimulatedPage {
    const page = pages.find(pageId);
    if (page) return page;
    throw new SimulatorError('bad_input', `There is no Page ${pageId} here. Name it in the option pages.`);
  }

  function enforce(pageId: string, action: PolicyAction, reason?: string): void {
    const at = Date.now();
    emitPageWebhook(state, { pageId, kind: 'policy', item: policyItem(pageId, at, action, reason), at });
    live.notify();
  }

  return {
    restrictPage(reason = 'Spam-like behaviour', pageId) {
      const { id } = known(pageId);
      pages.restrict(id, true);
      enforce(id, 'block', reason);
    },
    liftRestriction(pageId) {
      const { id } = known(pageId);
      pages.restrict(id, false);
      enforce(id, 'unblock');
    },
    setProfileAccess(access) {
      state.app.profileAccess = access;
    },
    warnPage: (reason = 'Spam-like behaviour', pageId) => enforce(known(pageId).id, 'warning', reason),
    replaceToken: (token, pageId) => pages.replaceToken(known(pageId).id, token),
    expireToken: (pageId) => pages.expireToken(known(pageId).id),
    setAppLive: (isLive) => void (state.app.isLive = isLive),
    unsubscribeApp: (pageId) => state.unsubscribeApp(known(pageId).id),
    addPersona: (persona) => state.personas.add(persona, known(persona.pageId).id),
    holdDeliveries: () => state.deliveries.hold(),
    releaseDeliveries: (habit = {}) => state.deliveries.release(habit),
    redeliver(psid, count = 1) {
      state.webhooks.requeue(people.get(psid).psid, count);
      state.deliveries.wake(psid);
    },
    makeUnavailable(psid, number = '551/1545041') {
      people.setUnavailable(people.get(psid).psid, number);
      live.notify(psid);
    },
  };
}
