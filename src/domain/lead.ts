import type { ConversationId } from './conversation-id.ts';

/** The answers of one person to one form. */
export interface Lead {
  /** Made by {@link leadId}: saving the same lead again changes nothing. */
  readonly leadId: string;
  readonly conversation: ConversationId;
  /** The form's name. */
  readonly form: string;
  /** Answers by the field's name. */
  readonly fields: Readonly<Record<string, string>>;
  readonly consent?: Consent;
  /** Epoch ms. */
  readonly at: number;
}

/** The text about the use of their answers that a person was shown or agreed to. */
export interface Consent {
  readonly text: string;
  /** Epoch ms. */
  readonly at: number;
  readonly given: 'told' | 'agreed';
}

/** `{conversation}/{cause}/{form}` for the first lead of a form in a turn, with `/{ordinal}` behind it for each further one. */
export function leadId(conversation: ConversationId, causeId: string, form: string, ordinal: number): string {
  return `${conversation}/${causeId}/${form}${ordinal === 0 ? '' : `/${ordinal}`}`;
}
