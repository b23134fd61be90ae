import { isInboxApp } from '../messenger/meta-apps.ts';
import { WINDOW_MS, type MessagingWindow } from './messaging-window.ts';

/**
 * All facts about the person and the Page on which a verdict depends, as far as we know them; Meta decides.
 */
export interface SendEligibility {
  /** Missing when the person never did anything that opens it. */
  readonly window?: MessagingWindow;
  /** Meta said that this person cannot or does not want to get messages, and they have not written since. */
  readonly isUnavailable: boolean;
  /** The person wrote "stop", and not "start" since: replies are allowed, updates are not. */
  readonly hasOptedOut: boolean;
  /** Another app has thread control, by Meta's Conversation Routing. */
  readonly otherOwner?: OtherOwner;
  /** Why the Page's circuit breaker is open. */
  readonly breakerReason?: BreakerReason;
}

/** An app other than ours that has thread control. */
export interface OtherOwner {
  readonly who: 'other_app' | 'page_inbox';
  /** Control ends after 24 hours without activity (Meta, Conversation Routing, read 2026-10-06), epoch ms. */
  readonly until: number;
}

/**
 * `token_invalid`: Meta does not take the Page's token. `restricted`: Meta has restricted the Page, in an error or in a
 * policy enforcement notice; a notice of the kind `warning` does not open the breaker.
 */
export type BreakerReason = 'token_invalid' | 'restricted';

/** The app with thread control, by events and by errors of Meta. */
export interface ThreadOwner {
  /** The app's id; `idle` for nobody; `other` for an app that Meta does not name. */
  readonly appId: string;
  readonly since: number;
}

/**
 * The owner if it is not our app. Without our app's id, an app that may be ours counts as ours: Meta then refuses the send
 * (2018300), and that is recorded.
 */
export function otherOwner({ appId, since }: ThreadOwner, ourAppId: string | undefined): OtherOwner | undefined {
  // Idle: the default app may write. Only Meta knows whether that is ours.
  if (appId === 'idle' || appId === ourAppId) return undefined;
  const until = since + WINDOW_MS;
  if (isInboxApp(appId)) return { who: 'page_inbox', until };
  return appId === 'other' || ourAppId !== undefined ? { who: 'other_app', until } : undefined;
}
