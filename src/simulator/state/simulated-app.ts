/** What the app is told at all, and where; each Page then tells it what it subscribed to there. */
export interface CallbackSubscription {
  readonly callbackUrl: string;
  readonly fields: readonly string[];
}

/**
 * Our app at Meta. What becomes of it lives in memory, like a fault: after a restart it is live, and told everything at
 * the address of the options.
 */
/** `names`: language and time zone want permissions of their own, and asking for them is refused. `none`: an empty object. */
export type ProfileAccess = 'all' | 'names' | 'none';

export interface SimulatedApp {
  isLive: boolean;
  /** What Meta's reviews let the app know of people. */
  profileAccess: ProfileAccess;
  /** Missing after the subscription was deleted: then no webhook goes out. */
  subscription: CallbackSubscription | undefined;
  readonly userTokens: Set<string>;
}

/** `app_id|app_secret`, which some calls take in place of anybody's token. */
export function appTokenOf({ appId, appSecret }: { readonly appId: string; readonly appSecret: string }): string {
  return `${appId}|${appSecret}`;
}
