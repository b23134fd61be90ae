/** The app's own webhook subscription. Each Page then sends the fields that the app subscribed to there. */
export interface CallbackSubscription {
  readonly callbackUrl: string;
  readonly fields: readonly string[];
}

/**
 * What the User Profile API gives the app. `names`: asking for language or time zone is refused, as they need
 * permissions of their own. `none`: an empty object.
 */
export type ProfileAccess = 'all' | 'names' | 'none';

/** Our app at Meta. It is held in memory, like faults: after a restart it is live and subscribed as the options say. */
export interface SimulatedApp {
  isLive: boolean;
  profileAccess: ProfileAccess;
  /** Missing after the subscription was deleted: then no webhook is sent. */
  subscription: CallbackSubscription | undefined;
  /** Valid tokens of people who connect the app. */
  readonly userTokens: Set<string>;
}

/** The app access token, `app_id|app_secret`, which some calls take in place of a Page's token. */
export function appTokenOf({ appId, appSecret }: { readonly appId: string; readonly appSecret: string }): string {
  return `${appId}|${appSecret}`;
}
