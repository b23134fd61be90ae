import { conversationParts } from '../domain/conversation-id.ts';
import type { StoredLead } from '../store/leads.ts';

/** A lead as the webhook and `everthread leads --format json` give it; moments as ISO 8601. */
export interface LeadRecord {
  /** The same for the same lead, always. */
  readonly id: string;
  readonly form: string;
  readonly at: string;
  readonly channel: string;
  readonly pageId: string;
  readonly psid: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly consent?: { readonly text: string; readonly at: string; readonly given: 'told' | 'agreed' };
}

export function toLeadRecord({ leadId, conversation, form, fields, consent, at }: StoredLead): LeadRecord {
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
