/** The bot's sequences over all people: which there are, and who runs them. */

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { pagesOf, requireRole } from '../access/caller.ts';
import { fromCursor, toCursor } from '../cursor.ts';
import type { OperatorDeps } from '../operator-deps.ts';
import { Problem } from '../problem.ts';
import { problems } from '../schemas/common.ts';
import {
  sequenceList,
  sequenceNamePath,
  sequenceRuns,
  sequenceRunsQuery,
  sequencesQuery,
} from '../schemas/sequences.ts';
import { isoTime, nameOf } from '../views/conversation.ts';

const tags = ['sequences'];
const PLACE = z.tuple([
  z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{9}Z$/)
    .refine((text) => !Number.isNaN(Date.parse(text))),
  z.array(z.string().max(100)).max(20),
]);

/** Sequences by name. */
export const sequenceRoutes: FastifyPluginAsyncZod<OperatorDeps> = async (app, { store, runs }) => {
  app.get(
    '/sequences',
    {
      preValidation: requireRole('viewer'),
      schema: {
        operationId: 'listSequences',
        summary: 'List the sequences of the bot, and how many people run each.',
        tags,
        querystring: sequencesQuery,
        response: { 200: sequenceList, ...problems },
      },
    },
    async (request) => {
      const pages = pagesOf(request, request.query.page);
      const { sequences = [] } = (await store.botFacts.find()) ?? {};
      const items = sequences.map(async (name) => ({ name, running: await runs.countSequence({ name, pages }) }));
      return { items: await Promise.all(items) };
    },
  );

  app.get(
    '/sequences/:name',
    {
      preValidation: requireRole('viewer'),
      schema: {
        operationId: 'listSequenceRuns',
        summary: 'List the people who run a sequence.',
        tags,
        params: sequenceNamePath,
        querystring: sequenceRunsQuery,
        response: { 200: sequenceRuns, ...problems },
      },
    },
    async (request) => {
      const { name } = request.params;
      const { cursor, limit, page } = request.query;
      const { sequences = [] } = (await store.botFacts.find()) ?? {};
      // Only a known name is part of a query.
      if (!sequences.includes(name))
        throw new Problem('sequence_unknown', { detail: `The bot has no sequence "${name.slice(0, 60)}".` });
      const query = { name, pages: pagesOf(request, page) };
      const place = fromCursor(PLACE, cursor);
      const after = place && { startedUntil: place[0], seen: place[1] };
      const [running, listed] = await Promise.all([
        runs.countSequence(query),
        runs.listSequence(query, { limit, after }),
      ]);
      const items = listed.runs.map(async ({ conversation, startedAt }) => {
        const contact = await store.contacts.find(conversation);
        return { conversation, name: contact ? nameOf(contact) : null, startedAt: isoTime(startedAt) };
      });
      return {
        running,
        items: await Promise.all(items),
        nextCursor: listed.next ? toCursor([listed.next.startedUntil, listed.next.seen]) : null,
      };
    },
  );
};
