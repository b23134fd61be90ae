/** The sequences of one person: which are running and what they wait for, start, stop. */

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { requireRole } from '../access/caller.ts';
import { readRunningSequences } from '../conversation-now.ts';
import type { OperatorDeps } from '../operator-deps.ts';
import { Problem } from '../problem.ts';
import { conversationOf } from '../requests.ts';
import {
  runningSequences,
  sequencePath,
  sequenceStart,
  sequenceStop,
  startSequenceBody,
  stopSequenceBody,
} from '../schemas/answers.ts';
import { conversationPath, problems, writeHeaders, writeProblems } from '../schemas/common.ts';
import { requestKeyOf } from '../writes.ts';

/** Sequences of one person. */
export const conversationSequenceRoutes: FastifyPluginAsyncZod<OperatorDeps> = async (app, { store, workflows }) => {
  app.get(
    '/conversations/:id/sequences',
    {
      preValidation: requireRole('viewer'),
      schema: {
        operationId: 'listSequencesOfConversation',
        summary: 'List the running sequences of one person and what they wait for.',
        tags: ['sequences'],
        params: conversationPath,
        response: { 200: runningSequences, ...problems },
      },
    },
    async (request) => {
      const conversation = await conversationOf(request, store, request.params.id);
      return { items: [...(await readRunningSequences({ store, workflows }, conversation))] };
    },
  );

  app.post(
    '/conversations/:id/sequences/:name/start',
    {
      preValidation: requireRole('agent'),
      config: { isRepeatable: true },
      schema: {
        operationId: 'startSequence',
        summary: 'Start a sequence for one person, as its `runs` allows.',
        tags: ['sequences'],
        params: sequencePath,
        headers: writeHeaders,
        body: startSequenceBody,
        response: { 200: sequenceStart, 202: sequenceStart, ...writeProblems },
      },
    },
    async (request, reply) => {
      const { id, name } = request.params;
      const { data } = request.body ?? {};
      const conversation = await conversationOf(request, store, id);
      const asked = { key: requestKeyOf(request), name, ...(data !== undefined && { data }) };
      const { status } = await workflows.startSequence(conversation, asked);
      if (status === 'unknown_sequence') {
        throw new Problem('sequence_unknown', { detail: `The bot has no sequence "${name}".` });
      }
      return reply.code(status === 'pending' ? 202 : 200).send({ status });
    },
  );

  app.post(
    '/conversations/:id/sequences/:name/stop',
    {
      preValidation: requireRole('agent'),
      config: { isRepeatable: true },
      schema: {
        operationId: 'stopSequence',
        summary: 'Stop a sequence of one person.',
        tags: ['sequences'],
        params: sequencePath,
        headers: writeHeaders,
        body: stopSequenceBody,
        response: { 200: sequenceStop, ...writeProblems },
      },
    },
    async (request) => {
      const { id, name } = request.params;
      const conversation = await conversationOf(request, store, id);
      const { reason = 'an operator' } = request.body ?? {};
      if (await workflows.stopSequence(conversation, name, reason)) return { status: 'stopping' as const };
      throw new Problem('sequence_not_running', { detail: `"${name}" is not running for this person.` });
    },
  );
};
