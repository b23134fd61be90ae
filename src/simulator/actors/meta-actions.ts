import { SimulatorError } from '../simulator-error.ts';
import type { SimulatorState } from '../simulator-state.ts';
import type { SimulatedPage } from '../state/pages.ts';
import type { NewPersona } from '../state/personas.ts';
import type { ProfileAccess } from '../state/simulated-app.ts';
import type { NamedTemplate, ReviewStatus } from '../state/templates.ts';
import type { ReleaseOptions } from '../webhook/deliveries.ts';
import { policyItem, type PolicyAction } from '../webhook/routing-items.ts';
import { templateStatusItem } from '../webhook/webhook-items.ts';
import { emitPageWebhook } from './emit-webhook.ts';

/** Meta's error numbers for a person who cannot get messages and has not blocked the Page. */
export type UnavailableError = '551/1545041' | '10/2018108';

/**
 * What Meta does to a Page, its tokens and its app. `pageId` defaults to the main Page. After a restart only what
 * concerns a person remains.
 */
export interface MetaActions {
  /** Refuses every send of the Page with 10/1893063 until the restriction is lifted; the app gets a `block` webhook. */
  restrictPage(reason?: string, pageId?: string): void;
  /** Lifts the restriction; the app gets an `unblock` webhook. */
  liftRestriction(pageId?: string): void;
  /** Sends the app a `warning` webhook, without other effect. */
  warnPage(reason?: string, pageId?: string): void;
  /** Gives the Page this token; earlier ones get 190/460, as after a changed password. */
  replaceToken(token: string, pageId?: string): void;
  /** Refuses the Page's token with 190/463 until it is replaced. */
  expireToken(pageId?: string): void;
  /** Refuses sends with error 200 while the app is not live. Webhooks go on: roles on the app are not simulated. */
  setAppLive(isLive: boolean): void;
  /** Sets which fields the User Profile API gives the app; `all` at first. */
  setProfileAccess(access: ProfileAccess): void;
  /** Unsubscribes the app on the Page, as after an hour of failed deliveries; unacknowledged webhooks are lost. */
  unsubscribeApp(pageId?: string): void;
  /** Adds a persona to a Page; returns its id. */
  addPersona(persona: NewPersona): string;
  /** Approves, rejects, pauses or disables a utility template; the app gets a webhook about the main Page. */
  setTemplateStatus(template: NamedTemplate, status: ReviewStatus): void;
  /** Holds webhooks back until they are released. */
  holdDeliveries(): void;
  /** Delivers held webhooks in a rare way of Meta's: in batches, twice or in reverse order; then as usual again. */
  releaseDeliveries(habit?: ReleaseOptions): void;
  /** Delivers the newest webhooks of a person once more, as Meta does now and then; `count` defaults to 1. */
  redeliver(psid: string, count?: number): void;
  /** Refuses messages to the person, who has not blocked the Page, until the person acts. */
  makeUnavailable(psid: string, number?: UnavailableError): void;
}

/** Meta's actions in one simulator. */
export function createMetaActions(state: SimulatorState): MetaActions {
  const { pages, people, live } = state;

  function requirePage(pageId = pages.main.id): SimulatedPage {
    const page = pages.find(pageId);
    if (page) return page;
    throw new SimulatorError('bad_input', `There is no Page ${pageId} here. Name it in the option pages.`);
  }

  function sendPolicyNotice(pageId: string, action: PolicyAction, reason?: string): void {
    const at = Date.now();
    emitPageWebhook(state, { pageId, kind: 'policy', item: policyItem(pageId, at, action, reason), at });
    live.notify();
  }

  return {
    restrictPage(reason = 'Spam-like behaviour', pageId) {
      const { id } = requirePage(pageId);
      pages.restrict(id, true);
      sendPolicyNotice(id, 'block', reason);
    },
    liftRestriction(pageId) {
      const { id } = requirePage(pageId);
      pages.restrict(id, false);
      sendPolicyNotice(id, 'unblock');
    },
    setProfileAccess(access) {
      state.app.profileAccess = access;
    },
    warnPage: (reason = 'Spam-like behaviour', pageId) => sendPolicyNotice(requirePage(pageId).id, 'warning', reason),
    replaceToken: (token, pageId) => pages.replaceToken(requirePage(pageId).id, token),
    expireToken: (pageId) => pages.expireToken(requirePage(pageId).id),
    setAppLive: (isLive) => void (state.app.isLive = isLive),
    unsubscribeApp: (pageId) => state.unsubscribeApp(requirePage(pageId).id),
    addPersona: (persona) => state.personas.add(persona, requirePage(persona.pageId).id),
    setTemplateStatus({ name, language = 'en_US' }, status) {
      if (!state.templates.setStatus(name, language, status)) {
        throw new SimulatorError('bad_input', `There is no template ${name} in ${language}. Approve it first.`);
      }
      const item = templateStatusItem({ name, language }, status);
      emitPageWebhook(state, { pageId: pages.main.id, kind: 'template_status', item, at: Date.now() });
      live.notify();
    },
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
