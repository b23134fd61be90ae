import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { seesPage } from '../../../domain/operator.ts';
import { callerOf, requireRole } from '../access/caller.ts';
import type { OperatorDeps } from '../operator-deps.ts';
import { Problem } from '../problem.ts';
import { findTraced, readTrace } from '../read-trace.ts';
import { problems } from '../schemas/common.ts';
import { tracePath, traceView } from '../schemas/trace.ts';

/** The trace of one message. */
export const traceRoutes: FastifyPluginAsyncZod<OperatorDeps> = async (app, deps) => {
  app.get(
    '/trace/:id',
    {
      preValidation: requireRole('viewer'),
      schema: {
        operationId: 'readTrace',
        summary: 'Read everything known of one message, step by step in the order of cause.',
        tags: ['reports'],
        params: tracePath,
        response: { 200: traceView, ...problems },
      },
    },
    async (request) => {
      const { id } = request.params;
      const traced = await findTraced(deps.store, id);
      // A foreign Page gets the same answer as an unknown id.
      if (!traced || !seesPage(callerOf(request).operator, traced.pageId))
        throw new Problem('not_found', {
          detail: 'No message, send or event on your Pages has this id.',
        });
      return readTrace(deps, id, traced);
    },
  );
};
