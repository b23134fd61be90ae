/** What the person sees of an operator beside messages: that they type, and that they have read. And what other operators see. */

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ConversationId } from '../../../domain/conversation-id.ts';
import { markSeen, typingOff, typingOn, type SenderAction } from '../../../messenger/outbound/sender-action.ts';
import { createSenderActions } from '../../../sender-actions.ts';
import { createAttemptLimit } from '../access/attempt-limit.ts';
import { callerOf, requireConversation, requireRole } from '../access/caller.ts';
import type { OperatorDeps } from '../operator-deps.ts';
import { requireNotOfOther } from '../requests.ts';
import { conversationPath, writeHeaders, writeProblems } from '../schemas/common.ts';
import { seenBody } from '../schemas/conversation.ts';
import { presenceBody, presenceView, shownAction, typingBody } from '../schemas/presence.ts';
import { toPresentViews } from '../views/presence.ts';

const tags = ['conversations'];
/** Meta shows typing for 20 seconds: an operator who types for long asks again now and then. */
const MAX_ACTIONS = 6;
/** Of one operator: each is a call of the Page, of which Meta allows a number. */
const MAX_ACTIONS_PER_OPERATOR = 30;
/** Of one operator, who may have several windows. */
const MAX_LOOKS = 60;
const ACTION_PERIOD_MS = 20_000;

/** Typing and seen: best effort, one attempt, nothing recorded. Presence. */
export const presenceRoutes: FastifyPluginAsyncZod<OperatorDeps> = async (app, deps) => {
  const { store, clock, policy } = deps;
  const tryAction = createSenderActions({ ...deps, appId: policy.appId });
  const perConversation = createAttemptLimit({ maxAttempts: MAX_ACTIONS, periodMs: ACTION_PERIOD_MS });
  const perOperator = createAttemptLimit({ maxAttempts: MAX_ACTIONS_PER_OPERATOR, periodMs: ACTION_PERIOD_MS });

  const looks = createAttemptLimit({ maxAttempts: MAX_LOOKS, periodMs: ACTION_PERIOD_MS });

  /** Resolves to the reason why it is not shown, in words. */
  async function show(
    operator: string,
    conversation: ConversationId,
    action: SenderAction,
  ): Promise<string | undefined> {
    if (perConversation.waitMs(conversation) > 0 || perOperator.waitMs(operator) > 0) return 'too often';
    perConversation.count(conversation);
    perOperator.count(operator);
    return tryAction(conversation, action);
  }

  app.post(
    '/conversations/:id/typing',
    {
      preValidation: requireRole('agent'),
      config: { isNoWrite: true },
      schema: {
        operationId: 'showTyping',
        summary: 'Show the person that you type, for 20 seconds or until your message.',
        description:
          'Best effort: one attempt, which no log has. Not shown outside the window, nor more than 6 times in 20 seconds, 30 times for all people.',
        tags,
        params: conversationPath,
        body: typingBody,
        response: { 200: shownAction, ...writeProblems },
      },
    },
    async (request) => {
      const { contact, handoff } = await requireConversation(request, store, request.params.id);
      const { name } = callerOf(request).operator;
      requireNotOfOther(handoff, name);
      const { on } = request.body;
      const reason = await show(name, contact.conversation, on ? typingOn() : typingOff());
      return { shown: reason === undefined, reason: reason ?? null };
    },
  );

  app.post(
    '/conversations/:id/presence',
    {
      preValidation: requireRole('viewer'),
      config: { isNoWrite: true },
      schema: {
        operationId: 'showPresence',
        summary: 'Show other operators that you look at the conversation, or type in it; the person sees nothing.',
        description: 'No log has it. More than 60 times in 20 seconds it is not told to others.',
        tags,
        params: conversationPath,
        body: presenceBody,
        response: { 200: presenceView, ...writeProblems },
      },
    },
    async (request) => {
      const { contact } = await requireConversation(request, store, request.params.id);
      const { conversation } = contact;
      const { name } = callerOf(request).operator;
      const { state } = request.body;
      const now = Date.now();
      if (looks.waitMs(name) === 0) {
        looks.count(name);
        if (state === 'gone') await store.presence.end(conversation, name);
        else await store.presence.show({ conversation, operator: name, state }, now);
      }
      return { operators: toPresentViews(await store.presence.list([conversation], now)) };
    },
  );

  app.post(
    '/conversations/:id/seen',
    {
      preValidation: requireRole('agent'),
      schema: {
        operationId: 'markSeen',
        summary: 'Mark a conversation as read by operators, and show the person that it is.',
        description:
          'The person sees it in the window only, and only when everything is read: best effort, without a second attempt.',
        tags,
        params: conversationPath,
        headers: writeHeaders,
        body: seenBody,
        response: { 204: z.null().describe('It is marked.'), ...writeProblems },
      },
    },
    async (request, reply) => {
      const { contact } = await requireConversation(request, store, request.params.id);
      const { conversation, windowOpenedAt = 0 } = contact;
      const asked = request.body?.until;
      // Never beyond now: a message of tomorrow would count as read.
      const latest = Math.max(clock.now(conversation), windowOpenedAt);
      const until = asked === undefined ? latest : Math.min(Date.parse(asked), latest);
      await store.handoffs.markSeen(conversation, until);
      // Meta's mark is for everything, whatever the time.
      if (until >= windowOpenedAt) await show(callerOf(request).operator.name, conversation, markSeen());
      return reply.code(204).send(null);
    },
  );
};
