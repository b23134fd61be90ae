import type { KeyObject } from 'node:crypto';
import type { SendId } from '../../domain/send-id.ts';
import type { EchoEvent } from '../../messenger/inbound/inbound-event.ts';
import { isInboxApp } from '../../messenger/meta-apps.ts';
import { provenSendId } from '../echo-digest.ts';

/** Whose message an echo repeats, as far as the echo itself can tell. */
export type EchoOrigin =
  /** Another app's, or an operator's in Meta's inbox, whatever else the echo says. */
  | { readonly kind: 'foreign' }
  /** That of one of our sends: nobody else can make its digest. */
  | { readonly kind: 'proven'; readonly sendId: SendId }
  /** Only the ledger can tell. `isOurApp`: Meta says that our app has sent it. */
  | { readonly kind: 'unproven'; readonly isOurApp: boolean };

/** Tells where an echo comes from. */
export type OriginOf = (echo: EchoEvent) => EchoOrigin;

/** What a store knows of itself when an echo comes. */
export interface EchoSecrets {
  readonly echoKey: KeyObject;
  /** The id of our app at Meta. Without it, no app but Meta's inboxes is known to be foreign. */
  readonly appId: string | undefined;
}

/** Creates the function that tells. */
export function echoOrigins({ echoKey, appId: ours }: EchoSecrets): OriginOf {
  return ({ appId, metadata }) => {
    if (isInboxApp(appId) || (appId !== undefined && ours !== undefined && appId !== ours)) return { kind: 'foreign' };
    const sendId = metadata === undefined ? undefined : provenSendId(metadata, echoKey);
    if (sendId !== undefined) return { kind: 'proven', sendId };
    return { kind: 'unproven', isOurApp: appId !== undefined && appId === ours };
  };
}
