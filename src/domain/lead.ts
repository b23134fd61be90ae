import type { ConversationId } from './conversation-id.ts';

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
