import type { OutboundMessage } from './outbound-message.ts';

/** The body of `POST /{page-id}/messages` (Meta, Send API, read 2026-10-06). */
export interface SendApiRequest {
  readonly recipient: { readonly id: string };
  readonly messaging_type: 'RESPONSE' | 'UPDATE' | 'MESSAGE_TAG';
  readonly tag?: 'HUMAN_AGENT';
  /** `metadata` comes back in the echo; ours is the send id. */
  readonly message: OutboundMessage & { readonly metadata: string };
}

/** What Meta answers when it took the message. */
export interface SendApiAnswer {
  readonly recipient_id?: string;
  readonly message_id: string;
}

/** The `error` object of every Graph API refusal. */
export interface GraphError {
  readonly message: string;
  readonly type?: string;
  readonly code: number;
  readonly error_subcode?: number;
  readonly fbtrace_id?: string;
  readonly is_transient?: boolean;
}
