import { requireText } from '../check/require.ts';
import { LIMITS } from './limits.ts';
import type { Delivery, OutboundMessage } from './outbound-message.ts';
import type { OutboundPart } from './sayable.ts';

/**
 * The recipient of a message: a person by their PSID or IGSID, or the author of a comment or visitor post, who can get one
 * private reply within 7 days; only their answer opens the window. Meta, discovery/private-replies, read 2026-10-06.
 */
export type Recipient = { readonly id: string } | { readonly comment_id: string } | { readonly post_id: string };

/** Meta's class of a send. `src/policy` decides which is allowed. */
export type SendClass =
  | { readonly messaging_type: 'RESPONSE' | 'UPDATE' | 'UTILITY' }
  | { readonly messaging_type: 'MESSAGE_TAG'; readonly tag: 'HUMAN_AGENT' | 'CUSTOMER_FEEDBACK' };

/** The class in one word: the tag, or the messaging type. */
export type SendClassName = Exclude<SendClass['messaging_type'], 'MESSAGE_TAG'> | 'HUMAN_AGENT' | 'CUSTOMER_FEEDBACK';

/** Names a class in one word. */
export function sendClassName(sendClass: SendClass): SendClassName {
  return 'tag' in sendClass ? sendClass.tag : sendClass.messaging_type;
}

/** The body of `POST /{page-id}/messages` (Meta, Send API, read 2026-10-06). */
export interface SendApiRequest {
  readonly recipient: Recipient;
  readonly messaging_type: SendClass['messaging_type'];
  readonly tag?: 'HUMAN_AGENT' | 'CUSTOMER_FEEDBACK';
  /** `metadata` comes back in the echo; it proves the send (`Ledger.metadataOf`). */
  readonly message: OutboundMessage & { readonly metadata: string };
  readonly reply_to?: { readonly mid: string };
  readonly persona_id?: string;
  /** `REGULAR` when left out. */
  readonly notification_type?: 'SILENT_PUSH' | 'NO_PUSH';
}

/** The `error` object of a Graph API response. */
export interface GraphError {
  readonly message: string;
  readonly type?: string;
  readonly code: number;
  readonly error_subcode?: number;
  readonly fbtrace_id?: string;
  readonly is_transient?: boolean;
}

/** The request for one part of a message; `metadata` names the send, in at most 999 characters. */
export function sendApiRequest(
  recipient: Recipient,
  sendClass: SendClass,
  { message, ...delivery }: OutboundPart,
  metadata: string,
): SendApiRequest {
  return {
    recipient,
    ...sendClass,
    message: { ...message, metadata: requireText('The metadata', metadata, LIMITS.metadataChars) },
    ...deliveryFields(delivery),
  };
}

function deliveryFields({ replyTo, persona, notification }: Delivery) {
  return {
    ...(replyTo !== undefined && { reply_to: { mid: replyTo } }),
    ...(persona !== undefined && { persona_id: persona }),
    ...(notification !== undefined && { notification_type: META_NOTIFICATION_TYPES[notification] }),
  };
}

const META_NOTIFICATION_TYPES = { silent: 'SILENT_PUSH', none: 'NO_PUSH' } as const;
