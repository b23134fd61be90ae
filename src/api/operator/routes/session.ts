import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { DEMO_OPERATORS, type Operator } from '../../../domain/operator.ts';
import { MAX_SESSION_MS } from '../../../store/operators/sessions.ts';
import { SESSION_COOKIE } from '../access/authenticate.ts';
import { callerOf, findCaller } from '../access/caller.ts';
import { createLogin } from '../access/login.ts';
import { isForwarded, isLocalBrowser, isLocalPeer } from '../access/peer.ts';
import type { OperatorDeps } from '../operator-deps.ts';
import { Problem } from '../problem.ts';
import { problems, writeProblems } from '../schemas/common.ts';
import { demoBody, demoOffer, loginBody, sessionView, type SessionView } from '../schemas/session.ts';

const tags = ['session'];

/** Login, who is logged in, and logout. */
export const sessionRoutes: FastifyPluginAsyncZod<OperatorDeps> = async (app, deps) => {
  const { store, metrics } = deps;
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
      return startSession(request, reply, operator);
    },
  );

  app.get(
    '/session/demo',
    {
      schema: {
        operationId: 'getDemo',
        summary: 'Say whether you may log in without a password.',
        description: 'Only with `everthread dev`, from the same machine, without a reverse proxy.',
        tags,
        security: [],
        response: { 200: demoOffer, ...problems },
      },
    },
    async (request) => {
      const offered = isDemoOffered(request, deps);
      return { offered, names: offered ? [...DEMO_OPERATORS] : [] };
    },
  );

  app.post(
    '/session/demo',
    {
      config: { isNoWrite: true },
      schema: {
        operationId: 'logInToDemo',
        summary: 'Log in without a password, as an admin of the store of `everthread dev`.',
        tags,
        security: [],
        body: demoBody,
        response: { 200: sessionView, ...writeProblems },
      },
    },
    async (request, reply) => {
      if (!isDemoOffered(request, deps)) throw new Problem('not_found', { detail: NO_DEMO });
      const { name = 'Demo' } = request.body ?? {};
      const operator = await store.operators.openDemo(name, Date.now());
      if (!operator)
        throw new Problem('operator_exists', { detail: `"${name}" is an operator with a password or tokens.` });
      return startSession(request, reply, operator);
    },
  );

  async function startSession(request: FastifyRequest, reply: FastifyReply, operator: Operator): Promise<SessionView> {
    const sessionId = await store.operators.startSession(operator, Date.now());
    // A session from before ends: the cookie is replaced.
    const before = findCaller(request)?.sessionId;
    if (before !== undefined) await store.operators.endSession(before);
    setCookie(request, reply, sessionId);
    return toView(operator);
  }

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

const NO_DEMO =
  'A login without a password is there with `everthread dev` alone, for browsers of the same machine that call it by localhost, without a reverse proxy.';

/** Whatever looks as if somebody else might be at the other end gets nothing: the operator is an admin. */
function isDemoOffered(
  request: FastifyRequest,
  { offersDemo = false, origin, proxy }: Pick<OperatorDeps, 'offersDemo' | 'origin' | 'proxy'>,
): boolean {
  const isBehindProxy = origin !== undefined || proxy !== undefined || isForwarded(request);
  return offersDemo && !isBehindProxy && isLocalPeer(request) && isLocalBrowser(request);
}

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
