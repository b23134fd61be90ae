import { SimulatorError } from '../simulator-error.ts';
import type { Page } from '../state/pages.ts';
import type { NewPersona } from '../state/personas.ts';
import type { ProfileAccess } from '../state/simulated-app.ts';
import { tellPage, type World } from '../state/simulator-state.ts';
import type { ReleaseHabit } from '../webhook/deliveries.ts';
import { policyItem, type PolicyAction } from '../webhook/routing-items.ts';

/** Why the Send API refuses a person who has not blocked the Page; Meta has more than one number for it. */
export type Unavailability = '551/1545041' | '10/2018108';

/**
 * What Meta does to a Page, its tokens and its app. `pageId` is the main Page when left out. None of it outlives a
 * restart, but for what holds for a person.
 */
export interface MetaSide {
  /** Every send of the Page is refused with 10/1893063 until the restriction is lifted; the app is told `block`. */
  restrictsPage(reason?: string, pageId?: string): void;
  /** The app is told `unblock`. */
  liftsRestriction(pageId?: string): void;
  /** The app is told `warning`, and nothing else happens. */
  warnsPage(reason?: string, pageId?: string): void;
  /** From now on this token is the Page's; those before it get 190/460, as after a changed password. */
  replaceToken(token: string, pageId?: string): void;
  /** The Page's token gets 190/463 until it is replaced. */
  expireToken(pageId?: string): void;
  /** While the app is not live, sends get 200. Its webhooks go on: who has a role on the app is not simulated. */
  setAppLive(isLive: boolean): void;
  /** What the User Profile API tells the app of people from now on; `all` at first. */
  setProfileAccess(access: ProfileAccess): void;
  /** Unsubscribes the app on the Page, as after an hour of failed deliveries: what it has not taken is lost to it. */
  unsubscribesApp(pageId?: string): void;
  /** The Page has a persona with this name; gives its id. */
  addPersona(persona: NewPersona): string;
  /** Webhooks wait from now on, until they are released. */
  holdsDeliveries(): void;
  /** What waits goes out as a habit of Meta's has it: in batches, twice, or the last first; then all is as before. */
  releasesDeliveries(habit?: ReleaseHabit): void;
  /** Brings the newest webhooks of a person once more, as Meta does now and then. */
  redelivers(psid: string, count?: number): void;
  /** The person cannot get messages, without having blocked the Page, until they do something themselves. */
  makesUnavailable(psid: string, number?: Unavailability): void;
}

export function createMetaSide(world: World): MetaSide {
  const { pages, people, live } = world;

  function known(pageId = pages.main.id): Page {
    const page = pages.find(pageId);
    if (page) return page;
    throw new SimulatorError('bad_input', `There is no Page ${pageId} here. Name it in the option pages.`);
  }

  function enforce(pageId: string, action: PolicyAction, reason?: string): void {
    const at = Date.now();
    tellPage(world, { pageId, kind: 'policy', item: policyItem(pageId, at, action, reason), at });
    live.changed();
  }

  return {
    restrictsPage(reason = 'Spam-like behaviour', pageId) {
      const { id } = known(pageId);
      pages.restrict(id, true);
      enforce(id, 'block', reason);
    },
    liftsRestriction(pageId) {
      const { id } = known(pageId);
      pages.restrict(id, false);
      enforce(id, 'unblock');
    },
    setProfileAccess(access) {
      world.app.profileAccess = access;
    },
    warnsPage: (reason = 'Spam-like behaviour', pageId) => enforce(known(pageId).id, 'warning', reason),
    replaceToken: (token, pageId) => pages.replaceToken(known(pageId).id, token),
    expireToken: (pageId) => pages.expireToken(known(pageId).id),
    setAppLive: (isLive) => void (world.app.isLive = isLive),
    unsubscribesApp: (pageId) => world.stopTelling(known(pageId).id),
    addPersona: (persona) => world.personas.add(persona, known(persona.pageId).id),
    holdsDeliveries: () => world.deliveries.hold(),
    releasesDeliveries: (habit = {}) => world.deliveries.release(habit),
    redelivers(psid, count = 1) {
      world.webhooks.waitAgain(people.get(psid).psid, count);
      world.deliveries.wake(psid);
    },
    makesUnavailable(psid, number = '551/1545041') {
      people.setUnavailable(people.get(psid).psid, number);
      live.changed(psid);
    },
  };
}
