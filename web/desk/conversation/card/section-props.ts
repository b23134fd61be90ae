import type { Conversation } from '../../desk-context.ts';

/** What a part of the card is made of. */
export interface SectionProps {
  readonly conversation: Conversation;
  readonly mayChange: boolean;
  /** Called after a change. */
  readonly onChange: () => void;
}
