import { ApplicationFailure } from '@temporalio/common';
import { conversationParts, type ConversationParts } from '../../domain/conversation-id.ts';
import type { SendFailure } from '../../domain/error-codes.ts';
import type { SendRequest } from '../../workflows/contract/index.ts';

/**
 * Channel, Page and person of a send.
 *
 * @throws when the id has another form: no retry can help.
 */
export function conversationPartsOf({ conversation }: Pick<SendRequest, 'conversation'>): ConversationParts {
  const parts = conversationParts(conversation);
  if (parts) return parts;
  const code: SendFailure = 'conversation_unknown';
  throw ApplicationFailure.nonRetryable(`"${String(conversation)}" is not a conversation id`, code);
}
