import type { FastifyError, FastifyInstance, FastifyPluginAsync } from 'fastify';
import { createGuard } from './control/guard.ts';
import { inspectionRoutes } from './control/inspection-routes.ts';
import { liveRoute } from './control/live-route.ts';
import { metaRoutes } from './control/meta-routes.ts';
import { pageRoutes } from './control/page-routes.ts';
import { personRoutes, type ControlActions } from './control/person-routes.ts';
import { recordingRoutes } from './control/recording-routes.ts';
import { stateView } from './control/state-view.ts';
import { graphRoutes } from './graph/graph-routes.ts';
import { uploadedFileRoute } from './graph/upload-route.ts';
import type { SimulatorState } from './simulator-state.ts';

/** Every route of the simulator as one Fastify plugin, for any prefix. */
export function createRoutes(state: SimulatorState, actions: ControlActions): FastifyPluginAsync {
  return async function simulatorRoutes(app) {
    // Conversations do not belong in the log, and a Graph API address may contain a token.
    app.addHook('onRoute', (route) => void (route.logLevel = 'silent'));
    app.addHook('onRequest', createGuard(state.options.host));
    app.setErrorHandler((error: FastifyError & { readonly status?: number }, _, reply) => {
      const status = error.status ?? error.statusCode ?? 500;
      if (status >= 500) state.options.log.error({ err: error }, 'the simulator failed');
      return reply.code(status).send({ error: error.message });
    });
    readBodies(app);
    graphRoutes(app, state);
    uploadedFileRoute(app, state);
    controlRoutes(app, state, actions);
    liveRoute(app, state);
    pageRoutes(app, state);
  };
}

/** The control API under `/api`: what the page reads and does; open to scripts on this machine as well. */
function controlRoutes(app: FastifyInstance, state: SimulatorState, actions: ControlActions): void {
  app.get('/api/state', () => stateView(state));
  personRoutes(app, state, actions);
  inspectionRoutes(app, state);
  recordingRoutes(app, state, actions);
  metaRoutes(app, state, actions);
}

/** Parsers of its own: the surrounding Fastify may keep bodies raw. */
function readBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_, body, done) => {
    try {
      done(null, body === '' ? {} : JSON.parse(body as string));
    } catch {
      done(Object.assign(new Error('The body is not JSON.'), { statusCode: 400 }), undefined);
    }
  });
  app.addContentTypeParser('multipart/form-data', { parseAs: 'buffer' }, (_, body, done) => done(null, body));
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(body as string)));
  });
}
