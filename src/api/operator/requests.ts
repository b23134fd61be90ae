/** What every request of an operator to a conversation has: who asks, for which conversation, under which key. */

import { createHash, randomUUID } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { ConversationId } from '../../domain/conversation-id.ts';
import type { Store } from '../../store/index.ts';
import type { HeldByOther } from '../../workflows/contract/index.ts';
import { callerOf, requireConversation } from './access/caller.ts';
import { Problem } from './problem.ts';
import { isoTimeOrNull } from './views/conversation.ts';
import { keyOf } from './writes.ts';

/** The conversation of a request, after its Page was checked. @throws `Problem` with `not_found`. */
export async function conversationOf(
  request: FastifyRequest,
  store: Pick<Store, 'conversations'>,
  id: string,
): Promise<ConversationId> {
  const { contact } = await requireConversation(request, store, id);
  return contact.conversation;
}

/**
 * Names the request to the workflow, the same when it is repeated with its idempotency key; a request without one is never
 * the same again. Two operators may choose the same key.
 */
export function requestKeyOf(request: FastifyRequest): string {
  const key = keyOf(request);
  if (key === undefined) return randomUUID();
  const { operator } = callerOf(request);
  return createHash('sha256')
    .update(JSON.stringify([operator.name, request.url, key]))
    .digest('hex')
    .slice(0, 40);
}

/** The result, unless another operator has the conversation. @throws `Problem` with `conversation_held`. */
export function requireNotHeld<Result extends { readonly status: string }>(
  result: Result | HeldByOther,
): Exclude<Result, HeldByOther> {
  if (result.status !== 'held') return result as Exclude<Result, HeldByOther>;
  const { operator, since } = result as HeldByOther;
  const when = since === undefined ? '' : ` since ${new Date(since).toISOString()}`;
  throw new Problem('conversation_held', {
    detail: `${operator} has the conversation${when}.`,
    members: { heldBy: operator, since: isoTimeOrNull(since) },
  });
}
