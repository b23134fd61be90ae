import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { requireConversation, requireRole } from '../access/caller.ts';
import type { OperatorDeps } from '../operator-deps.ts';
import { Problem } from '../problem.ts';
import { conversationPath, writeHeaders, writeProblems } from '../schemas/common.ts';
import { MAX_SNOOZE_MINUTES, snoozeBody, snoozeView } from '../schemas/snooze.ts';
import { isoTime } from '../views/conversation.ts';

const MINUTE_MS = 60_000;

/** Snoozes a conversation that waits, until a time or until the person does something. */
export const snoozeRoutes: FastifyPluginAsyncZod<OperatorDeps> = async (app, { store }) => {
  const common = { tags: ['conversations'], params: conversationPath, headers: writeHeaders };

  app.post(
    '/conversations/:id/snooze',
    {
      preValidation: requireRole('agent'),
      schema: {
        ...common,
        operationId: 'snooze',
        summary: 'Snooze a conversation that waits: until a time, or until the person writes or taps.',
        description: 'For all operators. A change of who answers ends it as well.',
        body: snoozeBody,
        response: { 200: snoozeView, ...writeProblems },
      },
    },
    async (request) => {
      const { contact } = await requireConversation(request, store, request.params.id);
      const { until: asked, forMinutes = 0 } = request.body;
      const now = Date.now();
      const until = asked === undefined ? now + forMinutes * MINUTE_MS : Date.parse(asked);
      if (until <= now || until > now + MAX_SNOOZE_MINUTES * MINUTE_MS) {
        const message = 'Name a time from now on, at most 30 days ahead.';
        throw new Problem('request_invalid', { detail: message, errors: [{ field: 'body.until', message }] });
      }
      // What is stored after this was read ends it: nobody has seen that.
      const after = contact.windowOpenedAt ?? 0;
      if (!(await store.handoffs.snooze(contact.conversation, { until, after })))
        throw new Problem('conversation_not_waiting');
      return { snoozedUntil: isoTime(until) };
    },
  );

  app.delete(
    '/conversations/:id/snooze',
    {
      preValidation: requireRole('agent'),
      schema: {
        ...common,
        operationId: 'unsnooze',
        summary: 'End the snooze of a conversation.',
        response: { 204: z.null().describe('It is not snoozed.'), ...writeProblems },
      },
    },
    async (request, reply) => {
      const { contact } = await requireConversation(request, store, request.params.id);
      await store.handoffs.endSnooze(contact.conversation);
      return reply.code(204).send(null);
    },
  );
};
