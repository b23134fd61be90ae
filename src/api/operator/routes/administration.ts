import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { pagesOf, requireAllPages, requireRole } from '../access/caller.ts';
import { fromCursor, toCursor } from '../cursor.ts';
import type { OperatorDeps } from '../operator-deps.ts';
import {
  deadEventList,
  deadEventsBody,
  deadEventsChanged,
  deadEventsQuery,
  operatorLogList,
  operatorLogQuery,
} from '../schemas/administration.ts';
import { problems, writeHeaders, writeProblems } from '../schemas/common.ts';
import { isoTime } from '../views/conversation.ts';

const tags = ['administration'];
const PLACE = z.number().int();

/** Dead events, and the operator log. */
export const administrationRoutes: FastifyPluginAsyncZod<OperatorDeps> = async (app, { store }) => {
  app.get(
    '/dead-events',
    {
      preValidation: requireRole('viewer'),
      schema: {
        operationId: 'listDeadEvents',
        summary: 'List events that Temporal rejected for good.',
        tags,
        querystring: deadEventsQuery,
        response: { 200: deadEventList, ...problems },
      },
    },
    async (request) => {
      const { cursor, limit, page } = request.query;
      const options = { after: fromCursor(PLACE, cursor), limit: limit + 1, pages: pagesOf(request, page) };
      const events = await store.deadEvents.page(options);
      const last = events.length > limit ? events[limit - 1] : undefined;
      return {
        items: events.slice(0, limit).map(({ inboxId: id, at, receivedAt, ...event }) => ({
          ...event,
          id,
          at: isoTime(at),
          receivedAt: isoTime(receivedAt),
        })),
        nextCursor: last ? toCursor(last.inboxId) : null,
      };
    },
  );

  for (const { change, operationId, summary } of CHANGES) {
    app.post(
      `/dead-events/${change}`,
      {
        preValidation: requireRole('admin'),
        schema: {
          operationId,
          summary,
          tags,
          headers: writeHeaders,
          body: deadEventsBody,
          response: { 200: deadEventsChanged, ...writeProblems },
        },
      },
      async (request) => {
        const changed = await store.deadEvents[change](request.body.ids, pagesOf(request));
        return { changed };
      },
    );
  }

  app.get(
    '/operator-log',
    {
      preValidation: [requireRole('admin'), requireAllPages],
      schema: {
        operationId: 'listOperatorLog',
        summary: 'Read what operators did, newest first.',
        description: 'Only for an admin of all Pages.',
        tags,
        querystring: operatorLogQuery,
        response: { 200: operatorLogList, ...problems },
      },
    },
    async (request) => {
      const { cursor, limit } = request.query;
      const lines = await store.operatorLog.page({ before: fromCursor(PLACE, cursor), limit: limit + 1 });
      const last = lines.length > limit ? lines[limit - 1] : undefined;
      return {
        items: lines.slice(0, limit).map(({ conversation = null, status = null, at, ...line }) => ({
          ...line,
          conversation,
          status,
          at: isoTime(at),
        })),
        nextCursor: last ? toCursor(last.id) : null,
      };
    },
  );
};

const CHANGES = [
  {
    change: 'retry',
    operationId: 'retryDeadEvents',
    summary: 'Deliver dead events again: they become pending, and a dispatcher finds them.',
  },
  {
    change: 'drop',
    operationId: 'dropDeadEvents',
    summary: 'Give dead events up for good: no conversation gets them, and their rows stay.',
  },
] as const;
