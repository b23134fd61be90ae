/** Operators: who there is, and for admins of all Pages who may come in. */

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { nameKey } from '../../../domain/name-key.ts';
import { includesRole, seesPage, type Operator } from '../../../domain/operator.ts';
import type { ListedOperator } from '../../../store/operators/index.ts';
import { callerOf, requireAllPages, requireRole } from '../access/caller.ts';
import type { OperatorDeps } from '../operator-deps.ts';
import { Problem } from '../problem.ts';
import { problems, writeHeaders, writeProblems } from '../schemas/common.ts';
import {
  operatorBody,
  operatorList,
  operatorPath,
  operatorsQuery,
  operatorToken,
  operatorTokenList,
  operatorTokenPath,
  operatorView,
  type OperatorView,
} from '../schemas/operators.ts';
import { isoTime, isoTimeOrNull } from '../views/conversation.ts';

const tags = ['operators'];

/** Operators, as the command `operators` changes them. */
export const operatorRoutes: FastifyPluginAsyncZod<OperatorDeps> = async (
  app,
  { store: { operators }, offersDemo = false },
) => {
  const forAdmins = { preValidation: [requireRole('admin'), requireAllPages] };
  const ofOperator = { tags, params: operatorPath, headers: writeHeaders };

  app.get(
    '/operators',
    {
      preValidation: requireRole('viewer'),
      schema: {
        operationId: 'listOperators',
        summary: 'List the operators who share a Page with you.',
        tags,
        querystring: operatorsQuery,
        response: { 200: operatorList, ...problems },
      },
    },
    async (request) => {
      const { operator } = callerOf(request);
      const { page } = request.query;
      if (page !== undefined && !seesPage(operator, page)) return { items: [] };
      const all = (await operators.list()).filter(({ isDemo = false }) => offersDemo || !isDemo);
      const seen = all.filter((other) => sharePage(operator, other) && (page === undefined || seesPage(other, page)));
      return { items: seen.map((other) => toView(other, operator)) };
    },
  );

  app.post(
    '/operators',
    {
      ...forAdmins,
      config: { secretFields: ['password'] },
      schema: {
        operationId: 'addOperator',
        summary: 'Add an operator.',
        tags,
        headers: writeHeaders,
        body: operatorBody,
        response: { 201: operatorView, ...writeProblems },
      },
    },
    async (request, reply) => {
      const { name } = await operators.add(request.body, Date.now());
      return reply.code(201).send(await readBack(name, callerOf(request).operator));
    },
  );

  app.post(
    '/operators/:name/disable',
    {
      ...forAdmins,
      schema: {
        ...ofOperator,
        operationId: 'disableOperator',
        summary: 'End the sessions of an operator, and refuse their tokens.',
        response: { 200: operatorView, ...writeProblems },
      },
    },
    async (request) => {
      const { operator } = callerOf(request);
      const { name } = request.params;
      if (nameKey(name) === nameKey(operator.name))
        throw new Problem('operator_needed', { detail: 'You cannot disable yourself: nobody might let you in again.' });
      await operators.disable(name, Date.now(), { keepsAdmin: true });
      return readBack(name, operator);
    },
  );

  app.post(
    '/operators/:name/enable',
    {
      ...forAdmins,
      schema: {
        ...ofOperator,
        operationId: 'enableOperator',
        summary: 'Let a disabled operator in again; their tokens work again.',
        response: { 200: operatorView, ...writeProblems },
      },
    },
    async (request) => {
      const { name } = request.params;
      await operators.enable(name);
      return readBack(name, callerOf(request).operator);
    },
  );

  app.get(
    '/operators/:name/tokens',
    {
      ...forAdmins,
      schema: {
        operationId: 'listOperatorTokens',
        summary: 'List the tokens of an operator, by their first characters.',
        tags,
        params: operatorPath,
        response: { 200: operatorTokenList, ...problems },
      },
    },
    async (request) => {
      const tokens = await operators.listTokens(request.params.name);
      return {
        items: tokens.map(({ prefix, createdAt, lastUsedOn }) => ({
          prefix,
          createdAt: isoTime(createdAt),
          lastUsedOn: isoTimeOrNull(lastUsedOn),
        })),
      };
    },
  );

  app.post(
    '/operators/:name/tokens',
    {
      ...forAdmins,
      config: { answersSecret: true },
      schema: {
        ...ofOperator,
        operationId: 'createOperatorToken',
        summary: 'Make a token with which a program calls as an operator.',
        description: 'A repeat with the same idempotency key makes another token, because nobody can read one again.',
        response: { 201: operatorToken, ...writeProblems },
      },
    },
    async (request, reply) =>
      reply.code(201).send({ token: await operators.createToken(request.params.name, Date.now()) }),
  );

  app.delete(
    '/operators/:name/tokens/:prefix',
    {
      ...forAdmins,
      schema: {
        ...ofOperator,
        operationId: 'revokeOperatorToken',
        summary: 'End a token.',
        params: operatorTokenPath,
        response: { 204: z.null().describe('It is refused from now on.'), ...writeProblems },
      },
    },
    async (request, reply) => {
      const { name, prefix } = request.params;
      if (await operators.revokeToken(name, prefix)) return reply.code(204).send(null);
      throw new Problem('operator_token_unknown', { detail: `"${name}" has no token that begins with "${prefix}".` });
    },
  );

  async function readBack(name: string, caller: Operator): Promise<OperatorView> {
    const found = (await operators.list()).find((other) => nameKey(other.name) === nameKey(name));
    if (!found) throw new Problem('operator_unknown');
    return toView(found, caller);
  }
};

function sharePage({ pages: own }: Operator, other: Operator): boolean {
  return own === undefined || own.some((page) => seesPage(other, page));
}

function toView({ name, role, disabledAt, ...other }: ListedOperator, caller: Operator): OperatorView {
  const isAllowed = includesRole(caller.role, 'admin') && caller.pages === undefined;
  return {
    name,
    role,
    disabled: disabledAt !== undefined,
    account: isAllowed
      ? {
          pages: other.pages ? [...other.pages] : null,
          createdAt: isoTime(other.createdAt),
          disabledAt: isoTimeOrNull(disabledAt),
          lastSeenAt: isoTimeOrNull(other.lastSeenAt),
          hasPassword: other.hasPassword,
        }
      : null,
  };
}
