import type { QuickReply } from '../outbound/quick-reply.ts';

/** A message in one of Meta's forms; which one is in `template_type`. */
export interface TemplateMessage<Payload> {
  readonly attachment: { readonly type: 'template'; readonly payload: Payload };
  readonly quick_replies?: readonly QuickReply[];
}

export function templateMessage<Payload>(payload: Payload): TemplateMessage<Payload> {
  return { attachment: { type: 'template', payload } };
}
