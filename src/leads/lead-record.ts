import { conversationParts } from '../domain/conversation-id.ts';
import type { Lead } from '../domain/lead.ts';

/** A lead as the webhook and `everthread leads --format json` give it. Times are ISO 8601, in UTC. */
export interface LeadRecord {
  /** The idempotency key of the lead. */
  readonly id: string;
  readonly form: string;
  readonly at: string;
  readonly channel: string;
  readonly pageId: string;
  readonly psid: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly consent?: { readonly text: string; readonly at: string; readonly given: 'told' | 'agreed' };
}

/** The record of a lead. */
export function toLeadRecord({ leadId, conversation, form, fields, consent, at }: Lead): LeadRecord {
  const { channel, pageId, psid } = conversationParts(conversation) ?? { channel: '', pageId: '', psid: '' };
  return {
    id: leadId,
    form,
    at: new Date(at).toISOString(),
    channel,
    pageId,
    psid,
    fields,
    ...(consent && { consent: { ...consent, at: new Date(consent.at).toISOString() } }),
  };
}
