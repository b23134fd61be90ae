/** The operator listener: the desk, `/api/v1`, its description under `/docs`, `/metrics`, and `/codec` for Temporal's UI. */

import fastifyCookie from '@fastify/cookie';
import fastifyHelmet from '@fastify/helmet';
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { webPageRoutes } from '../../web-page.ts';
import { metricsRoute } from '../metrics-route.ts';
import { createAuthentication } from './access/authenticate.ts';
import { callerOf } from './access/caller.ts';
import { checkHost, checkOrigin } from './access/guard.ts';
import { isForwarded, isLocalPeer } from './access/peer.ts';
import { codecRoutes, type CodecOptions } from './codec.ts';
import { handleErrors, handleUnknownAddresses, toProblem } from './error-handler.ts';
import { describeRoutes } from './openapi.ts';
import type { OperatorDeps } from './operator-deps.ts';
import { Problem, replyProblem } from './problem.ts';
import { administrationRoutes } from './routes/administration.ts';
import { answerRoutes } from './routes/answers.ts';
import { broadcastRoutes } from './routes/broadcasts.ts';
import { conversationSequenceRoutes } from './routes/conversation-sequences.ts';
import { conversationRoutes } from './routes/conversation.ts';
import { conversationListRoutes } from './routes/conversations.ts';
import { healthRoutes } from './routes/health.ts';
import { leadRoutes } from './routes/leads.ts';
import { liveRoutes } from './routes/live.ts';
import { noteRoutes } from './routes/notes.ts';
import { operatorRoutes } from './routes/operators.ts';
import { personRoutes } from './routes/person.ts';
import { personalDataRoutes } from './routes/personal-data.ts';
import { presenceRoutes } from './routes/presence.ts';
import { reportRoutes } from './routes/reports.ts';
import { savedReplyRoutes } from './routes/saved-replies.ts';
import { sequenceRoutes } from './routes/sequences.ts';
import { sessionRoutes } from './routes/session.ts';
import { snoozeRoutes } from './routes/snooze.ts';
import { topicRoutes } from './routes/topics.ts';
import { traceRoutes } from './routes/trace.ts';
import { uploadRoutes } from './routes/uploads.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import { logWrites } from './writes.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Set for an unsafe method that changes nothing of a conversation: it is not in the operator log. */
    readonly isNoWrite?: boolean;
    /** Set for a write that is recognised where it is carried out, so that it may be sent again while the first is in progress. */
    readonly isRepeatable?: boolean;
    /** Set for a route whose body is a file, not JSON. */
    readonly takesFile?: boolean;
    /** Fields of the body that are secrets: nothing is stored of them, and they do not tell requests apart. */
    readonly secretFields?: readonly string[];
    /** Set for a route whose answer is a secret: it is not stored, so that a repeated request runs again. */
    readonly answersSecret?: boolean;
    /** A field of the answer that is a secret, where a repeated request must not run again: it is stored, and answered again, as null. */
    readonly tellsOnce?: string;
  }
}

/** What the listener is made of. */
export interface OperatorAppOptions extends Omit<OperatorDeps, 'log'> {
  readonly log: FastifyBaseLogger;
  /** Shows encrypted payloads to Temporal's UI. Default: nobody. */
  readonly codec?: CodecOptions | undefined;
  /** The metrics of a worker that has no `/metrics` of its own, in Prometheus' text format. Default: none. */
  readonly workerMetrics?: (() => Promise<string>) | undefined;
}

const MAX_BODY_BYTES = 256 * 1024;
/** Conversations take no deeper JSON. */
const MAX_BODY_DEPTH = 100;
const MAX_CONNECTIONS = 1024;
const HEADERS_TIMEOUT_MS = 15_000;
/** For a file of 25 MB over a slow line. */
const REQUEST_TIMEOUT_MS = 120_000;

/** Every group of routes under `/api/v1`. */
const ROUTES = [
  sessionRoutes,
  conversationListRoutes,
  conversationRoutes,
  noteRoutes,
  personRoutes,
  personalDataRoutes,
  leadRoutes,
  reportRoutes,
  traceRoutes,
  administrationRoutes,
  operatorRoutes,
  healthRoutes,
  answerRoutes,
  savedReplyRoutes,
  uploadRoutes,
  presenceRoutes,
  sequenceRoutes,
  broadcastRoutes,
  snoozeRoutes,
  conversationSequenceRoutes,
  topicRoutes,
  webhookRoutes,
  liveRoutes,
];

/** Builds the operator listener; it does not listen yet. */
export async function createOperatorApp(options: OperatorAppOptions): Promise<FastifyInstance> {
  const { log, origin, store, metrics, workerMetrics = async () => '' } = options;
  const app = Fastify({
    loggerInstance: log,
    // Addresses hold ids of people, and search words.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MAX_BODY_BYTES,
    // A connection in use is one request away from its end, and live streams go on elsewhere after their last event.
    forceCloseConnections: true,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS },
    routerOptions: { maxParamLength: 500 },
    frameworkErrors: (error, _request, reply) => void replyProblem(reply, toProblem(error)),
  });
  app.server.maxConnections = MAX_CONNECTIONS;
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  readJsonBodies(app);
  app.addHook('onRequest', async ({ url }) => refuseNul(url));
  handleErrors(app, log);
  handleUnknownAddresses(app);

  await app.register(fastifyHelmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"], frameAncestors: ["'none'"] },
    },
    xFrameOptions: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
  });
  await app.register(fastifyCookie);
  app.addHook('onRequest', async (request) => checkHost(request, origin));
  const authenticate = createAuthentication(options);

  app.get('/', { schema: { hide: true } }, async (_, reply) => reply.redirect('/desk/'));
  await app.register(async (desk) => webPageRoutes(desk, 'desk'), { prefix: '/desk' });
  await describeRoutes(app);
  await app.register(async (metricsApp) => {
    metricsApp.addHook('onRequest', async (request) => {
      if (isLocalPeer(request) && !isForwarded(request)) return;
      await authenticate(request);
      callerOf(request);
    });
    metricsRoute(metricsApp, [() => metrics.registry.metrics(), workerMetrics]);
  });
  await app.register(
    async (api) => {
      api.addHook('onRequest', async (request, reply) => {
        reply.header('cache-control', 'no-store');
        checkOrigin(request, origin);
        await authenticate(request);
      });
      handleUnknownAddresses(api);
      logWrites(api, store.operatorLog);
      for (const routes of ROUTES) await api.register(routes, options);
    },
    { prefix: '/api/v1' },
  );
  const { codec } = options;
  if (codec) await app.register(codecRoutes, { ...codec, authenticate, origin, prefix: '/codec' });
  return app;
}

/** A write may have no body, and says all the same that it is JSON. */
function readJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else
      void parse(request, body, (error, value) =>
        isDeeperThan(value, MAX_BODY_DEPTH) ? done(tooDeep()) : done(error, withoutNul(value)),
      );
  });
}

function isDeeperThan(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth === 0 || Object.values(value).some((part) => isDeeperThan(part, depth - 1));
}

function tooDeep(): Problem {
  const message = `The body is nested more than ${MAX_BODY_DEPTH} levels deep.`;
  return new Problem('request_invalid', { detail: message, errors: [{ field: 'body', message }] });
}

/** PostgreSQL stores and compares no NUL, and nobody means one. */
function refuseNul(url: string): void {
  if (!url.includes('%00')) return;
  throw new Problem('request_invalid', { errors: [{ field: 'request', message: 'The address has a NUL character.' }] });
}

function withoutNul(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('\0', '');
  if (Array.isArray(value)) return value.map(withoutNul);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutNul(inner)]));
}
