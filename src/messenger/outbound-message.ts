/**
 * What a bot can say, as Meta's Send API takes it in `message`.
 * A plain string is a text message. Limits: Meta, Send API reference, read 2026-10-06.
 */
export type OutboundMessage = TextMessage | ButtonMessage;

/** Anything `ctx.send` accepts. */
export type Sayable = string | OutboundMessage;

export interface TextMessage {
  readonly text: string;
  readonly quick_replies?: readonly QuickReply[];
}

export interface ButtonMessage {
  readonly attachment: {
    readonly type: 'template';
    readonly payload: {
      readonly template_type: 'button';
      readonly text: string;
      readonly buttons: readonly Button[];
    };
  };
}

export type QuickReply =
  | TextQuickReply
  | { readonly content_type: 'user_email' }
  | { readonly content_type: 'user_phone_number' };

export interface TextQuickReply {
  readonly content_type: 'text';
  readonly title: string;
  readonly payload: string;
  readonly image_url?: string;
}

export type Button =
  | { readonly type: 'postback'; readonly title: string; readonly payload: string }
  | { readonly type: 'web_url'; readonly title: string; readonly url: string }
  | { readonly type: 'phone_number'; readonly title: string; readonly payload: string };

/** The words a person reads, for transcripts and summaries. */
export function textOfOutbound(message: OutboundMessage): string {
  return 'text' in message ? message.text : message.attachment.payload.text;
}
