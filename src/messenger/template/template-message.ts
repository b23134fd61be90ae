import type { QuickReply } from '../outbound/quick-reply.ts';

/** A message with one of Meta's templates; `payload.template_type` says which. */
export interface TemplateMessage<Payload> {
  readonly attachment: { readonly type: 'template'; readonly payload: Payload };
  readonly quick_replies?: readonly QuickReply[];
}

/** Wraps the payload of a template as a message. */
export function templateMessage<Payload>(payload: Payload): TemplateMessage<Payload> {
  return { attachment: { type: 'template', payload } };
}
