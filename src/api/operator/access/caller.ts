/** Who calls: set once per request by `authenticate`, read where a right is needed. */

import type { FastifyReply, FastifyRequest } from 'fastify';
import { conversationParts, type ConversationId } from '../../../domain/conversation-id.ts';
import {
  includesRole,
  seesPage,
  type Operator,
  type OperatorInterface,
  type OperatorRole,
} from '../../../domain/operator.ts';
import type { FoundConversation } from '../../../store/conversations/index.ts';
import type { Store } from '../../../store/index.ts';
import { Problem } from '../problem.ts';

/** An operator and how they call. */
export interface Caller {
  readonly operator: Operator;
  readonly interface: OperatorInterface;
  /** Set for a login with a password. */
  readonly sessionId?: string;
  /** Asks the store again whom the proof names: nobody once the token is revoked, the session over or the operator disabled. */
  readonly ask: () => Promise<Operator | undefined>;
}

const callers = new WeakMap<FastifyRequest, Caller>();

/** Remembers who sent the request. */
export function setCaller(request: FastifyRequest, caller: Caller): void {
  callers.set(request, caller);
}

/** Who sent the request, if that is known. */
export function findCaller(request: FastifyRequest): Caller | undefined {
  return callers.get(request);
}

/** Who sent the request. @throws `Problem` with `not_authenticated` when nobody is logged in. */
export function callerOf(request: FastifyRequest): Caller {
  const caller = callers.get(request);
  if (!caller) throw new Problem('not_authenticated');
  return caller;
}

/** The Pages to which a query is limited: those that are asked for, of those that the operator sees; `undefined`: all. */
export function pagesOf(request: FastifyRequest, asked?: string): readonly string[] | undefined {
  const { operator } = callerOf(request);
  if (asked === undefined) return operator.pages;
  return seesPage(operator, asked) ? [asked] : [];
}

/** A hook that lets only operators pass who have this role, or more. */
export function requireRole(role: OperatorRole): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  return async function checkRole(request) {
    const { operator } = callerOf(request);
    if (!includesRole(operator.role, role))
      throw new Problem('role_missing', { detail: `This needs the role ${role}, and you are ${operator.role}.` });
  };
}

/**
 * The conversation, if the store has it and its Page is one of the operator's. @throws `Problem` with `not_found`, or with
 * `person_being_erased`.
 */
export async function requireConversation(
  request: FastifyRequest,
  { conversations, erasures }: Pick<Store, 'conversations' | 'erasures'>,
  id: string,
): Promise<FoundConversation> {
  const parts = conversationParts(id);
  const { operator } = callerOf(request);
  const found = parts && seesPage(operator, parts.pageId) ? await conversations.find(id as ConversationId) : undefined;
  if (found) await requireNotErased(erasures, found.contact.conversation);
  // A foreign Page gets the same answer as an unknown person.
  if (!found) throw new Problem('not_found', { detail: 'There is no such conversation on your Pages.' });
  return found;
}

/** Nobody acts for a person who is about to be gone. @throws `Problem` with `person_being_erased`. */
export async function requireNotErased(
  erasures: Pick<Store['erasures'], 'isUnderWay'>,
  conversation: ConversationId,
): Promise<void> {
  if (await erasures.isUnderWay(conversation)) throw new Problem('person_being_erased');
}

/** A hook that lets only operators pass who see all Pages: what they ask for is of all of them. */
export async function requireAllPages(request: FastifyRequest): Promise<void> {
  if (callerOf(request).operator.pages === undefined) return;
  throw new Problem('role_missing', { detail: 'This is about all Pages, and you see only some.' });
}
