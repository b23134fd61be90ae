import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { callerOf, pagesOf, requireAllPages, requireRole } from '../access/caller.ts';
import { fromCursor, toCursor } from '../cursor.ts';
import type { OperatorDeps } from '../operator-deps.ts';
import { listQuarantined, seesWorkflow } from '../quarantined.ts';
import {
  deadEventList,
  deadEventsDropped,
  deadEventsQuery,
  deadEventsRetried,
  dropBody,
  operatorLogList,
  operatorLogQuery,
  retryBody,
} from '../schemas/administration.ts';
import { problems, writeHeaders, writeProblems } from '../schemas/common.ts';
import { isoTime } from '../views/conversation.ts';

const tags = ['administration'];
const PLACE = z.number().int();

/** Dead events, quarantined workflows, and the operator log. */
export const administrationRoutes: FastifyPluginAsyncZod<OperatorDeps> = async (app, { store }) => {
  app.get(
    '/dead-events',
    {
      preValidation: requireRole('viewer'),
      schema: {
        operationId: 'listDeadEvents',
        summary: 'List events that Temporal rejected for good, and quarantined workflows.',
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
        workflows:
          cursor === undefined ? await listQuarantined(store.quarantine, callerOf(request).operator, page) : [],
        nextCursor: last ? toCursor(last.inboxId) : null,
      };
    },
  );

  app.post(
    '/dead-events/retry',
    {
      preValidation: requireRole('admin'),
      schema: {
        operationId: 'retryDeadEvents',
        summary: 'Deliver dead events again, and let workers run quarantined workflows again.',
        description: 'Events become pending, and a dispatcher finds them.',
        tags,
        headers: writeHeaders,
        body: retryBody,
        response: { 200: deadEventsRetried, ...writeProblems },
      },
    },
    async (request) => {
      const { ids = [], workflows = [] } = request.body;
      const { operator } = callerOf(request);
      const seen = workflows.filter((id) => seesWorkflow(operator, id));
      return {
        changed: await store.deadEvents.retry(ids, pagesOf(request)),
        released: await store.quarantine.release(seen),
      };
    },
  );

  app.post(
    '/dead-events/drop',
    {
      preValidation: requireRole('admin'),
      schema: {
        operationId: 'dropDeadEvents',
        summary: 'Give dead events up for good: no conversation gets them, and their rows stay.',
        description:
          'The events of a quarantined workflow are not dead, because Temporal has them. Mend the bot and deploy it, or terminate the workflow in Temporal.',
        tags,
        headers: writeHeaders,
        body: dropBody,
        response: { 200: deadEventsDropped, ...writeProblems },
      },
    },
    async (request) => ({ changed: await store.deadEvents.drop(request.body.ids, pagesOf(request)) }),
  );

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
