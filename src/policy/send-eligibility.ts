import { isInboxApp } from '../messenger/meta-apps.ts';
import { WINDOW_MS, type MessagingWindow } from './messaging-window.ts';

/**
 * How a person and a Page stand with each other: all that a verdict depends on besides who says what, and when.
 * It is what we know; Meta has the last word.
 */
export interface SendEligibility {
  /** Missing when the person never did anything that opens it. */
  readonly window?: MessagingWindow;
  /** Meta said that this person cannot or does not want to get messages, and they have not been heard of since. */
  readonly isUnavailable: boolean;
  /** They wrote "stop" and not "start" since: the business may answer, and not begin. */
  readonly hasOptedOut: boolean;
  /** Somebody else answers in this thread, by Meta's Conversation Routing. */
  readonly otherOwner?: OtherOwner;
  /** Why the whole Page is held back. */
  readonly breakerReason?: BreakerReason;
}

export interface OtherOwner {
  readonly who: 'other_app' | 'page_inbox';
  /** Control ends after 24 hours without activity (Meta, Conversation Routing, read 2026-10-06), epoch ms. */
  readonly until: number;
}

/**
 * `token_invalid`: Meta does not take the Page's token. `restricted`: Meta has restricted the Page, in an error or in a
 * policy enforcement notice. A notice of the kind `warning` holds nothing back.
 */
export type BreakerReason = 'token_invalid' | 'restricted';

/** Who has a thread, as events and refusals tell it. */
export interface ThreadOwner {
  /** The app's id; `idle` for nobody; `other` for an app that Meta does not name. */
  readonly appId: string;
  readonly since: number;
}

/**
 * Somebody else than our app, if so. An app that cannot be told from ours, because ours is not known, counts as ours:
 * Meta refuses what it must not send, and is believed (2018300).
 */
export function otherOwner({ appId, since }: ThreadOwner, ourAppId: string | undefined): OtherOwner | undefined {
  // Idle: the default app may write. Whether that is us only Meta knows.
  if (appId === 'idle' || appId === ourAppId) return undefined;
  const until = since + WINDOW_MS;
  if (isInboxApp(appId)) return { who: 'page_inbox', until };
  return appId === 'other' || ourAppId !== undefined ? { who: 'other_app', until } : undefined;
}
