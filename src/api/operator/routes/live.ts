import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { callerOf, requireRole } from '../access/caller.ts';
import { createLiveFeed } from '../live/feed.ts';
import { createLiveStreams } from '../live/streams.ts';
import type { OperatorDeps } from '../operator-deps.ts';
import { problems } from '../schemas/common.ts';
import { liveHeaders, liveResponse } from '../schemas/live.ts';

/** How often the part of the change log that nobody asks for any more is deleted. */
const PRUNE_MS = 60_000;

/** Live updates. */
export const liveRoutes: FastifyPluginAsyncZod<OperatorDeps> = async (app, { store, metrics, log, live }) => {
  const streams = createLiveStreams(createLiveFeed(store, log), metrics, live);
  // A failure is repeated, and the write probe reports it.
  const pruning = setInterval(() => void store.changes.prune().catch(() => {}), PRUNE_MS).unref();
  app.addHook('preClose', async () => {
    clearInterval(pruning);
    await streams.close();
  });

  app.get(
    '/live',
    {
      // A HEAD would hold a stream open and read nothing.
      exposeHeadRoute: false,
      preValidation: requireRole('viewer'),
      schema: {
        operationId: 'listenLive',
        summary: 'Hear of changes as they happen: server-sent events.',
        description:
          'Begins with `reset`, unless `Last-Event-ID` names an event that is not long past: then with what has changed since, also at another api process. Ends when the caller may not read any more.',
        tags: ['live'],
        headers: liveHeaders,
        response: { 200: liveResponse, ...problems },
      },
    },
    async (request, reply) => {
      const { body } = await streams.open(callerOf(request), request.headers['last-event-id']);
      reply.type('text/event-stream; charset=utf-8').header('x-accel-buffering', 'no');
      // The schema describes the events, and the body is their text.
      return reply.send(body as never);
    },
  );
};
