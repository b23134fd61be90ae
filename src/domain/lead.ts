import { conversationParts, type ConversationId } from './conversation-id.ts';

/** The answers of one person to one form, for the business. */
export interface Lead {
  /** Made by {@link leadId}: saving the same lead again changes nothing. */
  readonly leadId: string;
  readonly conversation: ConversationId;
  /** The form's name. */
  readonly form: string;
  /** Answers, by the field's name. */
  readonly fields: Readonly<Record<string, string>>;
  /** Missing when the form asks for none. */
  readonly consent?: Consent;
  /** Epoch ms. */
  readonly at: number;
}

/** The text about the use of their answers that a person was shown or agreed to. */
export interface Consent {
  /** The text as the person saw it. */
  readonly text: string;
  /** Epoch ms. */
  readonly at: number;
  /** `told`: the text was only shown; `agreed`: the person said yes. */
  readonly given: 'told' | 'agreed';
}

/** Builds a lead id: `{conversation}/{cause}/{form}`, and `/{ordinal}` after it for further leads of the form in one turn. */
export function leadId(conversation: ConversationId, causeId: string, form: string, ordinal: number): string {
  return `${conversation}/${causeId}/${form}${ordinal === 0 ? '' : `/${ordinal}`}`;
}

/** A lead as other systems and `everthread leads --format json` get it. Times are ISO 8601, in UTC. */
export interface LeadRecord {
  /** Made by {@link leadId}. */
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
export function toLeadRecord({ leadId: id, conversation, form, fields, consent, at }: Lead): LeadRecord {
  const { channel, pageId, psid } = conversationParts(conversation) ?? { channel: '', pageId: '', psid: '' };
  return {
    id,
    form,
    at: new Date(at).toISOString(),
    channel,
    pageId,
    psid,
    fields,
    ...(consent && { consent: { ...consent, at: new Date(consent.at).toISOString() } }),
  };
}
