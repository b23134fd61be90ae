/** What every request of an operator to a conversation has: for which conversation, and whether another operator has it. */

import type { FastifyRequest } from 'fastify';
import type { ConversationId } from '../../domain/conversation-id.ts';
import type { Handoff } from '../../domain/handoff.ts';
import type { Store } from '../../store/index.ts';
import type { HeldByOther } from '../../workflows/contract/index.ts';
import { requireConversation } from './access/caller.ts';
import { Problem } from './problem.ts';
import { isoTime, isoTimeOrNull } from './views/conversation.ts';

/** The conversation of a request, after its Page was checked. @throws `Problem` with `not_found`. */
export async function conversationOf(
  request: FastifyRequest,
  store: Pick<Store, 'conversations' | 'erasures'>,
  id: string,
): Promise<ConversationId> {
  const { contact } = await requireConversation(request, store, id);
  return contact.conversation;
}

/** The result, unless another operator has the conversation. @throws `Problem` with `conversation_held`. */
export function requireNotHeld<Result extends { readonly status: string }>(
  result: Result | HeldByOther,
): Exclude<Result, HeldByOther> {
  if (result.status !== 'held') return result as Exclude<Result, HeldByOther>;
  const { operator, since } = result as HeldByOther;
  throw heldBy(operator, since);
}

/** Refuses while another operator answers, as the store has it. @throws `Problem` with `conversation_held`. */
export function requireNotOfOther(handoff: Handoff | undefined, operator: string): void {
  const { state, heldBy: holder } = handoff ?? {};
  if (state === 'operator' && holder !== undefined && holder !== operator) throw heldBy(holder);
}

function heldBy(operator: string, since?: number): Problem {
  const when = since === undefined ? '' : ` since ${isoTime(since)}`;
  return new Problem('conversation_held', {
    detail: `${operator} has the conversation${when}.`,
    members: { heldBy: operator, since: isoTimeOrNull(since) },
  });
}
