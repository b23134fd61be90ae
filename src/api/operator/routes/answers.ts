/** Operators answer: their messages, take over, give back, assign. All of it goes through the conversation's workflow. */

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { conversationParts } from '../../../domain/conversation-id.ts';
import { includesRole, seesPage } from '../../../domain/operator.ts';
import { operatorSendId, type SendId } from '../../../domain/send-id.ts';
import { allowedAfter } from '../../../policy/verdict.ts';
import type { Ledger } from '../../../store/ledger/index.ts';
import {
  MAX_SCHEDULED_MESSAGES,
  type HeldByOther,
  type OperatorMessageResult,
} from '../../../workflows/contract/index.ts';
import { callerOf, requireConversation, requireRole } from '../access/caller.ts';
import { composeMessage } from '../compose-message.ts';
import type { OperatorDeps } from '../operator-deps.ts';
import { Problem } from '../problem.ts';
import { conversationOf, requireNotHeld } from '../requests.ts';
import {
  answererView,
  assignBody,
  cancelledMessage,
  giveBackBody,
  messageBody,
  scheduledPath,
  sentMessage,
  takeOverBody,
  type SentMessage,
} from '../schemas/answers.ts';
import { conversationPath, writeHeaders, writeProblems } from '../schemas/common.ts';
import { requestKeyOf } from '../writes.ts';

/** Messages, take over, give back, assign. */
export const answerRoutes: FastifyPluginAsyncZod<OperatorDeps> = async (app, { store, workflows, clock }) => {
  const common = {
    preValidation: requireRole('agent'),
    config: { isRepeatable: true },
  };
  const shared = { tags: ['conversations'], params: conversationPath, headers: writeHeaders };

  app.post(
    '/conversations/:id/messages',
    {
      ...common,
      schema: {
        ...shared,
        operationId: 'sendMessage',
        summary: "Send an operator's own words; takes the conversation over if nobody has it.",
        body: messageBody,
        response: { 201: sentMessage, 202: sentMessage, ...writeProblems },
      },
    },
    async (request, reply) => {
      const { contact } = await requireConversation(request, store, request.params.id);
      const { conversation } = contact;
      const { name } = callerOf(request).operator;
      const message = await composeMessage(store, request.body, { contact, operator: name });
      const asked = { key: requestKeyOf(request), operator: { name }, message };
      const { at } = request.body;
      if (at !== undefined) {
        const sendAt = requireAhead(at, clock.now(conversation));
        const { status } = await workflows.scheduleMessage(conversation, { ...asked, at: sendAt });
        // It may still turn out that there is no room: the same request may be repeated.
        if (status === 'pending') throw new Problem('conversation_busy', { retryAfterS: 5 });
        if (status === 'full')
          throw new Problem('too_many_scheduled', { detail: `${MAX_SCHEDULED_MESSAGES} messages wait already.` });
        const id = operatorSendId(conversation, asked.key);
        return reply.code(202).send({ id, status: 'scheduled', messageId: null, reason: null });
      }
      const result = requireNotHeld<OperatorMessageResult>(await workflows.sendMessage(conversation, asked));
      const attachmentId = request.body.attachment?.attachmentId;
      // The next upload of the same file gets a new id.
      if (attachmentId !== undefined && result.status === 'failed' && result.code === 'attachment_expired')
        await store.attachments.forget(contact.pageId, attachmentId);
      const sent = await toSentMessage(result, store.ledger);
      return reply.code(sent.status === 'pending' ? 202 : 201).send(sent);
    },
  );

  app.delete(
    '/conversations/:id/scheduled/:message',
    {
      ...common,
      schema: {
        ...shared,
        operationId: 'cancelScheduledMessage',
        summary: 'Cancel a message that was to go out later, whoever wrote it.',
        params: scheduledPath,
        response: { 200: cancelledMessage, ...writeProblems },
      },
    },
    async (request) => {
      const conversation = await conversationOf(request, store, request.params.id);
      const sendId = request.params.message as SendId;
      const { status } = await workflows.cancelScheduled(conversation, { key: requestKeyOf(request), sendId });
      if (status === 'pending') throw new Problem('conversation_busy', { retryAfterS: 5 });
      if (status === 'cancelled') return { status };
      throw new Problem('not_found', { detail: 'No message of that id waits: it has gone out, or was cancelled.' });
    },
  );

  app.post(
    '/conversations/:id/take-over',
    {
      ...common,
      schema: {
        ...shared,
        operationId: 'takeOver',
        summary: 'Answer instead of the bot, from now on.',
        body: takeOverBody,
        response: { 200: answererView, ...writeProblems },
      },
    },
    async (request) => {
      const { operator } = callerOf(request);
      const { reason = 'an operator took over', forMinutes, force = false } = request.body ?? {};
      if (force && !includesRole(operator.role, 'admin')) {
        throw new Problem('role_missing', { detail: `\`force\` needs the role admin, and you are ${operator.role}.` });
      }
      const conversation = await conversationOf(request, store, request.params.id);
      requireNotHeld(
        await workflows.takeOver(conversation, {
          reason,
          operator: { name: operator.name },
          force,
          ...(forMinutes !== undefined && { forMs: forMinutes * MINUTE_MS }),
        }),
      );
      return { state: 'operator' as const, heldBy: operator.name };
    },
  );

  app.post(
    '/conversations/:id/give-back',
    {
      ...common,
      schema: {
        ...shared,
        operationId: 'giveBack',
        summary: 'Let the bot answer again, perhaps with a note for it.',
        body: giveBackBody,
        response: { 200: answererView, ...writeProblems },
      },
    },
    async (request) => {
      const { name, role } = callerOf(request).operator;
      const conversation = await conversationOf(request, store, request.params.id);
      const { note } = request.body ?? {};
      const force = includesRole(role, 'admin');
      requireNotHeld(
        await workflows.giveBack(conversation, { operator: { name }, force, ...(note !== undefined && { note }) }),
      );
      return { state: 'bot' as const, heldBy: null };
    },
  );

  app.post(
    '/conversations/:id/assign',
    {
      ...common,
      preValidation: requireRole('admin'),
      schema: {
        ...shared,
        operationId: 'assign',
        summary: 'Let another operator answer from now on.',
        body: assignBody,
        response: { 200: answererView, ...writeProblems },
      },
    },
    async (request) => {
      const conversation = await conversationOf(request, store, request.params.id);
      const operator = await store.operators.find(request.body.operator);
      const { pageId = '' } = conversationParts(conversation) ?? {};
      if (!operator || !includesRole(operator.role, 'agent') || !seesPage(operator, pageId)) {
        throw new Problem('not_found', { detail: 'No operator of that name can answer on this Page.' });
      }
      const { name } = operator;
      await workflows.takeOver(conversation, { reason: 'assigned', operator: { name }, force: true });
      return { state: 'operator' as const, heldBy: name };
    },
  );
};

const MINUTE_MS = 60_000;

const MAX_AHEAD_MS = 30 * 86_400_000;

/** A time, epoch ms. @throws `Problem` for one that is not ahead, or too far. */
function requireAhead(time: string, now: number): number {
  const at = Date.parse(time);
  if (at > now && at <= now + MAX_AHEAD_MS) return at;
  const message = 'It must be ahead, and at most 30 days.';
  throw new Problem('request_invalid', { errors: [{ field: 'body.at', message }] });
}

/** @throws `Problem` when the message certainly does not reach the person. */
async function toSentMessage(
  result: Exclude<OperatorMessageResult, HeldByOther>,
  ledger: Pick<Ledger, 'find'>,
): Promise<SentMessage> {
  const { sendId: id, status } = result;
  switch (result.status) {
    case 'refused':
      throw new Problem('message_refused', {
        detail: `The message is refused: ${result.reason}. It is allowed after ${allowedAfter(result.reason)}.`,
        members: { reason: result.reason, allowedAfter: allowedAfter(result.reason) },
      });
    case 'failed':
      throw new Problem('message_failed', {
        detail: `The message failed: ${result.code}.`,
        members: { reason: result.code },
      });
    case 'sent':
      return { id, status: 'sent', messageId: result.messageId, reason: null };
    default: {
      const reason = status === 'pending' ? ((await ledger.find(id))?.code ?? null) : null;
      return { id, status: result.status, messageId: null, reason };
    }
  }
}
