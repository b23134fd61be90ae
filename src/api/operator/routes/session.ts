import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Operator } from '../../../domain/operator.ts';
import { MAX_SESSION_MS } from '../../../store/operators/sessions.ts';
import { SESSION_COOKIE } from '../access/authenticate.ts';
import { callerOf, findCaller } from '../access/caller.ts';
import { createLogin } from '../access/login.ts';
import { isLocalBrowser } from '../access/peer.ts';
import type { OperatorDeps } from '../operator-deps.ts';
import { problems, writeProblems } from '../schemas/common.ts';
import { loginBody, sessionView, type SessionView } from '../schemas/session.ts';

const tags = ['session'];

/** Login, who is logged in, and logout. */
export const sessionRoutes: FastifyPluginAsyncZod<OperatorDeps> = async (app, { store, metrics }) => {
  const login = createLogin({ store, metrics });

  app.post(
    '/session',
    {
      config: { isNoWrite: true },
      schema: {
        operationId: 'logIn',
        summary: 'Log in with name and password.',
        description: 'Sets a cookie. Machines use a token instead.',
        tags,
        security: [],
        body: loginBody,
        response: { 200: sessionView, ...writeProblems },
      },
    },
    async (request, reply) => {
      const operator = await login(request, request.body.name, request.body.password);
      const sessionId = await store.operators.startSession(operator, Date.now());
      // A session from before ends: the cookie is replaced.
      const before = findCaller(request)?.sessionId;
      if (before !== undefined) await store.operators.endSession(before);
      setCookie(request, reply, sessionId);
      return toView(operator);
    },
  );

  app.get(
    '/session',
    {
      schema: {
        operationId: 'getSession',
        summary: 'Say who is logged in.',
        tags,
        response: { 200: sessionView, ...problems },
      },
    },
    async (request) => toView(callerOf(request).operator),
  );

  app.delete(
    '/session',
    {
      config: { isNoWrite: true },
      schema: {
        operationId: 'logOut',
        summary: 'Log out: end the session of the cookie.',
        tags,
        response: { 204: z.null().describe('Logged out.'), ...writeProblems },
      },
    },
    async (request, reply) => {
      const { sessionId } = callerOf(request);
      if (sessionId !== undefined) await store.operators.endSession(sessionId);
      reply.clearCookie(SESSION_COOKIE, { path: '/' });
      return reply.code(204).send(null);
    },
  );
};

function setCookie(request: FastifyRequest, reply: FastifyReply, sessionId: string): void {
  reply.setCookie(SESSION_COOKIE, sessionId, {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure: !isLocalBrowser(request),
    maxAge: MAX_SESSION_MS / 1000,
  });
}

function toView({ name, role, pages }: Operator): SessionView {
  return { name, role, pages: pages === undefined ? null : [...pages] };
}
