import type { ConversationId } from './conversation-id.ts';

/** The time of each person, epoch ms: real time, except where the time machine moved it. */
export interface Clock {
  now(conversation: ConversationId): number;
}
